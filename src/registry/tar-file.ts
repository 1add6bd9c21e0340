/** A file of an archive and its hash. */
import { hash as hashOnce } from 'node:crypto';
import type { PackedFile } from '../model/archive.ts';

/** 132 bits: nobody finds two files with one hash. */
const hashLength = 22;

/** A file whose hash is made when it is asked for; a class for that alone. */
export class HeldFile implements PackedFile {
  readonly path: string;
  readonly size: number;
  readonly executable: boolean;
  readonly bytes: Uint8Array;
  readonly whole: boolean;
  #hash: string | undefined;

  constructor({ path, size, executable, bytes, whole }: Omit<PackedFile, 'hash'>, hash: string | undefined) {
    this.path = path;
    this.size = size;
    this.executable = executable;
    this.bytes = bytes;
    this.whole = whole;
    this.#hash = hash;
  }

  get hash(): string {
    this.#hash ??= sha256(this.bytes);
    return this.#hash;
  }
}

/** In one call: for small files making the object costs more than the hash. */
export function sha256(bytes: Uint8Array): string {
  return shortened(hashOnce('sha256', bytes, 'base64'));
}

/** As much of a digest as is kept. */
export function shortened(digest: string): string {
  return digest.slice(0, hashLength);
}
