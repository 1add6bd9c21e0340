/**
 * Standard output and standard error. Streams of Node take longer to open than a short report takes to make, and most runs write once or
 * never: what goes into a file, a pipe or a socket is written at once, and by a stream only what cannot be.
 */
import { fstatSync, type Stats, writeSync } from 'node:fs';

export interface Output {
  write(text: string): void;
  readonly isTTY: boolean;
  /** Of a terminal that says so. */
  readonly columns: number | undefined;
}

/** `open` is asked once at most, and for `onError` whatever goes wrong is its stream's own error. */
export function openOutput(fd: number, open: () => NodeJS.WriteStream, onError: (error: NodeJS.ErrnoException) => void): Output {
  let stats: Stats | undefined;
  let stream: NodeJS.WriteStream | undefined;
  const kind = () => {
    stats ??= fstatSync(fd);
    return stats;
  };
  const opened = () => {
    stream ??= open().on('error', onError);
    return stream;
  };
  return {
    write(text) {
      const left = stream ? text : writtenAtOnce(fd, kind, text);
      if (left.length > 0) opened().write(left);
    },
    get isTTY() {
      return mayBeTerminal(kind) && opened().isTTY === true;
    },
    get columns() {
      return mayBeTerminal(kind) ? opened().columns : undefined;
    },
  };
}

/** What is left to write: all of it where that is no place to write to at once, or not surely. */
function writtenAtOnce(fd: number, kind: () => Stats, text: string): Uint8Array {
  const bytes = Buffer.from(text);
  let at = 0;
  try {
    const place = kind();
    if (!(place.isFile() || place.isFIFO() || place.isSocket())) return bytes;
    while (at < bytes.length) at += writeSync(fd, bytes, at);
  } catch {
    // Full for now, or its reader is gone: the stream waits, or says so.
  }
  return bytes.subarray(at);
}

function mayBeTerminal(kind: () => Stats): boolean {
  try {
    return kind().isCharacterDevice();
  } catch {
    return true;
  }
}
