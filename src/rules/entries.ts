/** The rules that need nothing but the entry of a lockfile: what can be told of one that nothing happens to, without asking a registry. */
import type { AnyRule } from '../model/rule.ts';
import integrityMissing from './integrity-missing.ts';
import remoteSource from './remote-source.ts';
import resolvedMismatch from './resolved-mismatch.ts';

/** Without `insecure-transport`: what a lockfile fetches over plain http is told by `registry-over-http`, host by host. */
export const entryRules: readonly AnyRule[] = [resolvedMismatch, integrityMissing, remoteSource];
