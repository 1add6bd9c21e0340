/** What npm runs by itself when a package is installed: what its commands do, and the files and code they lead to. */
import { binFile } from './bin-file.ts';
import type { Gathering } from './gathering.ts';
import { type FollowedStep, fetchesMachineCode } from './install-steps.ts';
import type { PackedPackage } from './packed-package.ts';
import { hostOf, isLocalHost } from './places.ts';
import type { Reading } from './reading.ts';
import type { Trail } from './trail.ts';

/** A package that is being read. */
export interface Work {
  readonly packed: PackedPackage;
  readonly found: Gathering;
  readonly trail: Trail;
  readonly reading: Reading;
}

/** Follows the steps of an install. */
export function followSteps(steps: readonly FollowedStep[], { packed, found, trail, reading }: Work): void {
  if (steps.some(fetchesMachineCode)) machineCode(packed, found);
  for (const { step, facts, file } of steps) {
    const source = packed.source(file);
    const at = Math.max(0, source.text.indexOf(JSON.stringify(step.command).slice(1, 60)));
    for (const fact of facts) {
      for (const { kind, detail } of fact.doings) found.capability({ kind, detail, at, readAs: 'written' }, source, 'install', step.command);
      for (const path of fact.files) trail.toAll(path, 'install');
      for (const { language, code } of fact.inline) reading.inline(language, code, source, at, 'install');
      // A tool may be a bin of this very package.
      for (const tool of fact.tools) trail.toAll(binFile(packed.manifest, tool), 'install');
    }
  }
}

/** What anybody on the way can put other bytes into is as good as anybody's program. */
function machineCode(packed: PackedPackage, found: Gathering): void {
  const written = packed.manifest.binaryHost ?? '';
  const host = hostOf(written);
  if (host === undefined || isLocalHost(host)) return;
  const source = packed.source('package.json');
  const at = Math.max(0, source.text.indexOf('"binary"'));
  found.capability({ kind: 'network', detail: host, at, readAs: 'written' }, source, 'install');
  if (/^http:/i.test(written))
    found.capability({ kind: 'download-execute', detail: `machine code of ${host}, not encrypted`, at, readAs: 'written' }, source, 'install');
}
