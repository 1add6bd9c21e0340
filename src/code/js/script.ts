/** One script: parsed if it parses, read as tokens if not, code inside it looked into. */

import type { CapabilityKind } from '../../model/contents.ts';
import { once } from '../../model/once.ts';
import { encodedBlob, type HidingSign, invisibleText, isMinified, lookalike, offScreen, shortestBlob } from '../hiding.ts';
import { type FileFlow, mayGive } from './hand-over.ts';
import type { Hold } from './held-trees.ts';
import { type IsOwn, type Liveness, liveness } from './liveness.ts';
import { ModuleExports } from './module-exports.ts';
import type { Spots, Spotted } from './notes.ts';
import { obfuscationTraits, type Trait, textTraits } from './obfuscation.ts';
import { isOwnSpecifier, type OwnRef, ownTexts } from './own-ref.ts';
import { type Language, parseScript } from './parse.ts';
import { type Scan, scan } from './scan.ts';
import { spot } from './spot.ts';
import { spotTokens } from './tokens.ts';
import { Evaluator } from './value.ts';

export interface ScriptFacts {
  readonly spotted: readonly Spotted[];
  readonly hiding: readonly HidingSign[];
  readonly requires: readonly string[];
  readonly files: readonly string[];
  /** What goes from it to other files of the package, or from them through it to a host. */
  readonly flow?: FileFlow;
  /** Why it could not be parsed, if it could not. */
  readonly notParsed?: string;
}

/** Larger scripts are read as tokens: a syntax tree takes some thirty times the memory of its text. */
export const largestParsed = 5 * 2 ** 20;
const deepestInner = 3;
const mostInner = 12;

/** Reads a script. `parses` is false for what is to be read as tokens alone. */
export function readScript(source: string, how: Language & { readonly parses: boolean }, depth = 0): ScriptFacts {
  const tree = treeOf(source, how);
  const seen = tree.scan && spot(tree.scan);
  // Code that keeps its reader busy on purpose is read as tokens as well.
  const spots = !seen ? spotTokens(source) : seen.exhausted ? both(seen, spotTokens(source)) : seen;
  const live = seen && !seen.exhausted && spots.spotted.some(weighs) ? seen.liveness?.() : undefined;
  const waits = (at: number): boolean => live?.waits(at) ?? false;
  const why = tree.why ?? (seen?.exhausted ? 'more to follow than is followed' : undefined);
  const inner =
    depth < deepestInner
      ? spots.inner
          .slice(0, mostInner)
          .map(({ code, at, readAs }) => ({ at, readAs, facts: readScript(code, { module: false, parses: true }, depth + 1) }))
      : [];
  const spotted = [
    ...spots.spotted.map((found) => (waits(found.at) ? { ...found, waits: true } : found)),
    ...inner.flatMap(({ at, readAs, facts }) =>
      facts.spotted.map((found) => ({
        ...found,
        at,
        readAs: readAs === 'written' ? found.readAs : readAs,
        waits: (found.waits ?? false) || waits(at),
      })),
    ),
  ];
  return {
    spotted,
    hiding: [
      ...hidingOf(source, tree.scan, spots),
      ...inner.flatMap(({ at, facts }) => facts.hiding.filter((sign) => sign.kind !== 'minified').map((sign) => ({ ...sign, at }))),
    ],
    requires: [...new Set([...spots.requires, ...inner.flatMap(({ facts }) => facts.requires)])],
    files: [...new Set([...spots.files, ...inner.flatMap(({ facts }) => facts.files)])],
    ...(depth === 0 && seen && !seen.exhausted && flowOf(source, seen, waits)),
    ...(why !== undefined && depth === 0 && { notParsed: why }),
  };
}

function flowOf(source: string, seen: Spots, waits: (at: number) => boolean): { readonly flow?: FileFlow } {
  const takes = mayGive(source, new Set(seen.spotted.map(({ kind }) => kind)));
  const outgoing = (seen.outgoing ?? []).map((one) => (waits(one.at) ? { ...one, waits: true } : one));
  if (!takes && outgoing.length === 0 && seen.sends === undefined) return {};
  return { flow: { outgoing, ...(takes && { takes }), ...(seen.sends !== undefined && { sends: seen.sends }) } };
}

/** Of these it matters whether they run by loading. */
function weighs({ kind, detail }: Spotted): boolean {
  return !mild.has(kind) && !detail.startsWith('module ');
}

const mild: ReadonlySet<CapabilityKind> = new Set<CapabilityKind>(['gated', 'credential-env', 'native-load', 'dynamic-code', 'embedded-secret']);

/** What of its own package a script calls while it is loaded, and later, and hands on as it is. */
export interface OwnCalls extends Pick<Liveness, 'calls' | 'later'> {
  passes(reach: string): readonly OwnRef[];
}

/** Reads what a script calls of its own package and of packages that lie within it. `hold` decides how long its tree is held. */
export function ownCalls(text: () => string, { module, typed }: Language, hold: Hold = once, isBundled: IsOwn = () => false): OwnCalls {
  const tree = hold(() => {
    const source = text();
    const parsed = source.length > largestParsed ? undefined : parseScript(source, module, typed);
    if (!parsed?.ok) return {};
    const evaluator = new Evaluator(scan(parsed.program));
    return { evaluator, exported: once(() => new ModuleExports(parsed.program, evaluator)) };
  });
  const { evaluator } = tree();
  if (!evaluator) return { calls: [], later: [], passes: () => [] };
  const { calls, later } = liveness(evaluator.scan, evaluator, (specifier) => isOwnSpecifier(specifier) || isBundled(specifier));
  return { calls: calls.map(ownTexts), later: later.map(ownTexts), passes: (reach) => tree().exported?.().of(reach).refs ?? [] };
}

function both(a: Spots, b: Spots): Spots {
  return {
    spotted: [...a.spotted, ...b.spotted],
    disguised: [...a.disguised, ...b.disguised],
    requires: [...a.requires, ...b.requires],
    files: [...a.files, ...b.files],
    inner: [...a.inner, ...b.inner],
    exhausted: true,
  };
}

function treeOf(source: string, how: Language & { readonly parses: boolean }): { readonly scan?: Scan; readonly why?: string } {
  if (!how.parses) return { why: 'not JavaScript' };
  if (source.length > largestParsed) return { why: `larger than ${largestParsed} bytes` };
  const parsed = parseScript(source, how.module, how.typed);
  return parsed.ok ? { scan: scan(parsed.program) } : { why: parsed.why };
}

function hidingOf(source: string, tree: Scan | undefined, spots: Spots): readonly HidingSign[] {
  const signs: HidingSign[] = [...invisibleText(source)];
  const away = offScreen(source, (offset) => textRanges(tree)(offset));
  if (away) signs.push(away);
  for (const { detail, at, computed } of spots.disguised.slice(0, 20))
    signs.push({ kind: computed ? 'computed-name' : 'disguised-name', detail, at, strength: computed ? 0.4 : 0.6 });
  if (isMinified(source)) signs.push({ kind: 'minified', detail: '', at: 0, strength: 0.1 });
  signs.push(...obfuscated(tree ? obfuscationTraits(tree, source) : textTraits(source)));
  if (tree) signs.push(...treeSigns(tree, source));
  return signs;
}

/** What the traits say together. */
function obfuscated(traits: readonly Trait[]): readonly HidingSign[] {
  const strength = Math.min(
    1,
    traits.reduce((sum, trait) => sum + trait.weight, 0),
  );
  const [heaviest] = [...traits].sort((a, b) => b.weight - a.weight);
  if (!heaviest || strength < 0.35) return [];
  return [{ kind: 'obfuscated', detail: traits.map((trait) => trait.name).join(', '), at: heaviest.at, strength }];
}

function treeSigns(tree: Scan, source: string): readonly HidingSign[] {
  const signs: HidingSign[] = [];
  // A name beyond ASCII is written as it is or as an escape.
  for (const name of /[^\x00-\x7f]|\\u/.test(source) ? tree.identifiers : []) {
    if (lookalike(name)) signs.push({ kind: 'lookalike-identifier', detail: name, at: Math.max(0, source.indexOf(name)), strength: 0.7 });
  }
  for (const node of tree.strings) {
    const blob = node.value.length >= shortestBlob ? encodedBlob(node.value, node.start ?? 0) : undefined;
    if (blob) signs.push(blob);
  }
  return signs.slice(0, 60);
}

/** Tells whether an offset lies within a long text literal. */
function textRanges(tree: Scan | undefined): (offset: number) => boolean {
  if (!tree) return () => false;
  const long = [...tree.strings, ...tree.templates].filter((node) => (node.end ?? 0) - (node.start ?? 0) >= 30);
  return (offset) => long.some((node) => offset > (node.start ?? 0) && offset < (node.end ?? 0));
}
