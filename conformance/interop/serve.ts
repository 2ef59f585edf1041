import { inProcess } from '../targets/in-process.ts';
import { openPort } from '../targets/port.ts';
import type { Target, TargetOptions } from '../targets/target.ts';

/** The server as a library meets it: over HTTP, on a port of this machine whose URL is the issuer. */
export async function serve(config: TargetOptions['config'] = {}): Promise<Target> {
  const port = await openPort();
  const target = await inProcess({ config: { ...config, issuer: port.url } });
  port.answerWith(target.fetch);
  return {
    ...target,
    fetch: (request) => fetch(request),
    stop: async () => {
      await port.close();
      await target.stop();
    },
  };
}
