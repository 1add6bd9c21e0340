/** How long a registry may take, and how much it may send. */
export interface Limits {
  readonly connectMs: number;
  /** Until the answer begins. */
  readonly answerMs: number;
  /** Between two pieces of a body. */
  readonly idleMs: number;
  /** For a whole document. */
  readonly totalMs: number;
  readonly documentBytes: number;
  readonly tarballBytes: number;
}

export const defaultLimits: Limits = {
  connectMs: 10_000,
  answerMs: 30_000,
  idleMs: 30_000,
  totalMs: 120_000,
  documentBytes: 100_000_000,
  tarballBytes: 1_000_000_000,
};
