/**
 * Large buffers in pages of their own, which go back to the machine with them. What malloc had once given back in one large piece it
 * takes from its heaps from then on, up to that size: they grow by tens of megabytes, and nobody ever gets those back.
 */

const large = 2 ** 18;

/** Room for so many bytes, all zero where it is large. */
export function ownPages(bytes: number): Buffer {
  // A buffer that may change its size is never on a heap.
  return bytes < large ? Buffer.allocUnsafeSlow(bytes) : Buffer.from(new ArrayBuffer(bytes, { maxByteLength: bytes }), 0, bytes);
}

/** The pieces in one. */
export function inOne(pieces: readonly Buffer[], length = pieces.reduce((sum, piece) => sum + piece.length, 0)): Buffer {
  if (length < large) return Buffer.concat(pieces, length);
  const all = ownPages(length);
  let at = 0;
  for (const piece of pieces) at += piece.copy(all, at);
  return all;
}
