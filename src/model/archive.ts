/** What a tarball holds, as read without unpacking it. */

/** What is odd about an archive; honest tools do not produce any of these. */
export type AnomalyKind =
  | 'absolute-path'
  | 'backslash-path'
  | 'bad-header'
  | 'case-collision'
  | 'compression-ratio'
  | 'control-characters'
  | 'device'
  | 'duplicate-path'
  | 'file-and-folder'
  | 'hard-link'
  | 'mixed-roots'
  | 'not-compressed'
  | 'path-too-long'
  | 'path-traversal'
  | 'several-gzip-members'
  | 'symbolic-link'
  | 'trailing-data'
  | 'unknown-entry';

/** One oddity of an archive, with the path it concerns and how often it was seen. */
export interface Anomaly {
  readonly kind: AnomalyKind;
  /** The first path it was seen at, as written in the archive. */
  readonly path: string;
  readonly count: number;
}

/** A regular file of a package, its path below the package folder. */
export interface PackedFile {
  readonly path: string;
  readonly size: number;
  readonly executable: boolean;
  /** First 22 characters of the base64 sha256 of its bytes: enough that nobody finds two files with one hash. */
  readonly hash: string;
  /** The bytes; only their head when `whole` is false. */
  readonly bytes: Uint8Array;
  readonly whole: boolean;
}

/** An archive that could be read to its end. */
export interface Archive {
  /** sha512 of the packed bytes. */
  readonly integrity: string;
  readonly packedSize: number;
  readonly unpackedSize: number;
  readonly files: readonly PackedFile[];
  readonly anomalies: readonly Anomaly[];
}
