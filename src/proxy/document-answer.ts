/** What a registry says to a question for a document, from an answer by whichever client read it. */
import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { statusTrouble, troubleOf, UpstreamTrouble } from './trouble.ts';

export type DocumentAnswer =
  | { readonly kind: 'document'; readonly bytes: Buffer; readonly etag: string | undefined; readonly type: string }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'missing'; readonly status: 404 | 410 };

export type DocumentHeader = 'etag' | 'content-type' | 'content-encoding' | 'retry-after';

const gunzipped = promisify(gunzip);

/** Reads the answer: its body, unpacked, where it has one, of at most so many bytes. */
export async function documentIn(
  status: number,
  header: (name: DocumentHeader) => string | undefined,
  body: () => Buffer | Promise<Buffer>,
  { etag, most }: { readonly etag: string | undefined; readonly most: number },
): Promise<DocumentAnswer> {
  if (status === 200) {
    const sent = await body();
    const bytes = header('content-encoding') === 'gzip' ? await unpacked(sent, most) : sent;
    return { kind: 'document', bytes, etag: header('etag'), type: header('content-type') ?? 'application/json' };
  }
  if (status === 304 && etag) return { kind: 'unchanged' };
  if (status === 404 || status === 410) return { kind: 'missing', status };
  throw statusTrouble(status, header('retry-after'));
}

/** The whole body of a response, as it was sent. */
export async function bodyOf(response: IncomingMessage, most: number, until: number): Promise<Buffer> {
  const parts = await partsOf(response, most, until);
  const bytes = parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
  if (!response.complete) throw new UpstreamTrouble(502, 'the registry broke off in the middle of its answer');
  return bytes;
}

async function unpacked(bytes: Buffer, most: number): Promise<Buffer> {
  try {
    return await gunzipped(bytes, { maxOutputLength: most });
  } catch {
    throw new UpstreamTrouble(502, 'the registry sent damaged or too large gzip');
  }
}

function partsOf(response: IncomingMessage, most: number, until: number): Promise<Buffer[]> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let size = 0;
    const late = setTimeout(() => response.destroy(new UpstreamTrouble(504, 'the registry takes too long')), until - performance.now());
    response.on('data', (part: Buffer) => {
      size += part.length;
      parts.push(part);
      if (size > most) response.destroy(new UpstreamTrouble(502, `the registry's answer is larger than ${most} bytes`));
    });
    response.on('error', (error) => {
      clearTimeout(late);
      reject(troubleOf(error));
    });
    // Also after half an answer: whoever asked looks whether it is whole.
    response.on('close', () => {
      clearTimeout(late);
      resolve(parts);
    });
  });
}
