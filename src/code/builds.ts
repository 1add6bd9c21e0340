/** Capabilities that only one of the builds for `require` and `import` has. Pure. */
import type { Capability, CapabilityKind, TarballFacts } from '../model/contents.ts';

const telling: ReadonlySet<CapabilityKind> = new Set<CapabilityKind>([
  'process',
  'exfiltration',
  'remote-code',
  'decode-execute',
  'credential-file',
  'wallet-hook',
  'page-hook',
  'browser-data',
  'wallet-file',
  'self-publish',
  'persistence',
]);

/** New capabilities of one of two builds that are otherwise alike. */
export function oneBuildOnly(
  facts: Pick<TarballFacts, 'files' | 'capabilities'>,
  before: { readonly capabilities: readonly Pick<Capability, 'kind'>[] } | undefined,
): readonly string[] {
  const builds = ['cjs', 'esm'].map((build) =>
    facts.files.filter((file) => file.reach === 'import' && buildOf(file.path) === build).map((file) => file.path),
  );
  const [cjs = [], esm = []] = builds;
  if (cjs.length === 0 || esm.length === 0) return [];
  const kindsOf = (paths: readonly string[]): ReadonlySet<string> => {
    const files = new Set(paths);
    return new Set(facts.capabilities.filter((found) => telling.has(found.kind) && files.has(found.file)).map((found) => found.kind));
  };
  const a = kindsOf(cjs);
  const b = kindsOf(esm);
  const differing = [...a].filter((kind) => !b.has(kind)).concat([...b].filter((kind) => !a.has(kind)));
  return differing.filter((kind) => !before?.capabilities.some((old) => old.kind === kind));
}

function buildOf(path: string): 'cjs' | 'esm' | undefined {
  if (/\.cjs$|(^|[/.-])(cjs|commonjs|umd)([/.-])/.test(path)) return 'cjs';
  return /\.mjs$|(^|[/.-])(esm?|module)([/.-])/.test(path) ? 'esm' : undefined;
}
