import { TooLarge } from './respond.ts';

/** Bytes. */
const longestBody = 65_536;

/** The text of a body, or `undefined` when it is not UTF-8. Throws `TooLarge`. */
export async function readText(request: Request): Promise<string | undefined> {
  return decode(await readBody(request));
}

/** A body of declared length is read at once, which is cheaper; one of undeclared length only as far as it may go. */
async function readBody(request: Request): Promise<Uint8Array> {
  const declared = request.headers.get('content-length');
  if (declared === null) return readChunks(request);
  if (Number(declared) > longestBody) throw new TooLarge('body');
  const body = new Uint8Array(await request.arrayBuffer());
  if (body.length > longestBody) throw new TooLarge('body');
  return body;
}

async function readChunks(request: Request): Promise<Uint8Array> {
  const reader = request.body?.getReader();
  const chunks: Uint8Array[] = [];
  let left = longestBody;
  for (let read = await reader?.read(); read?.value !== undefined; read = await reader?.read()) {
    left -= read.value.length;
    if (left < 0) {
      // Not waited for: where someone else holds a copy of the request, this ends only when that has been read.
      reader?.cancel().catch(() => undefined);
      throw new TooLarge('body');
    }
    chunks.push(read.value);
  }
  return Buffer.concat(chunks);
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decode(body: Uint8Array): string | undefined {
  try {
    return utf8.decode(body);
  } catch {
    return undefined;
  }
}
