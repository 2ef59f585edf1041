import { memoryStore } from '@valetkey/store-contract';
import { describeLives } from './describe-lives.ts';

describeLives('two nodes in memory, in every interleaving', {
  makePlace: async () => {
    const store = memoryStore();
    return { open: async () => store };
  },
  durable: false,
  runs: 40,
});
