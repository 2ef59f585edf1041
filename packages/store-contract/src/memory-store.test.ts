import { describeStore, memoryStore } from './index.ts';

describeStore('the memory store', async () => {
  const store = memoryStore();
  return { open: async () => store, discard: async () => store.close() };
});
