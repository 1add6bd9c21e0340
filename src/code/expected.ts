/**
 * How much of the release before must be read to tell what is new in this one: until all this one does and hides is found there too.
 * Most releases do nothing remarkable, and of most others all is found in the first files. Pure.
 */
import type { Capability, Hiding, Reach, TarballFacts } from '../model/contents.ts';
import { oneBuildOnly } from './builds.ts';
import { type HiddenIn, newHiding } from './new-hiding.ts';
import { beforeOf, type Compared, fromLeast, nearnessOf, noveltyOf } from './novelty.ts';

/** What a release does and hides, as far as the release before can take away from its being new. Plain data: it crosses threads. */
export interface Expected {
  readonly capabilities: readonly Compared[];
  readonly hiding: readonly Hiding[];
  /** Files of which not all could be read. */
  readonly unread: readonly string[];
  readonly notReadAtAll: boolean;
  /** Kinds of capabilities of one of its builds. */
  readonly builds: readonly string[];
}

/** What was found so far in the release before. */
export interface FoundSoFar extends HiddenIn {
  readonly capabilities: readonly Capability[];
  readonly notParsed: TarballFacts['notParsed'];
  readonly notRead: TarballFacts['notRead'];
  /** True where the package has commands. */
  readonly hasCommands: boolean;
}

/** What to look for; undefined where everything the release before did counts: what was sent before can make it worse as well. */
export function expectedOf(facts: TarballFacts): Expected | undefined {
  const { capabilities, hiding, notParsed, notRead } = facts;
  if (capabilities.some(({ kind }) => kind === 'credential-sent')) return undefined;
  return {
    capabilities: [...new Map(capabilities.map((one) => [`${one.kind} ${one.reach} ${nearnessOf(one)} ${one.detail}`, comparedOf(one)])).values()],
    hiding: hiding.map((sign) => ({ ...sign, line: 0, snippet: '' })),
    unread: [...notRead, ...notParsed.map(({ file }) => file)],
    notReadAtAll: notRead.length > 0,
    builds: oneBuildOnly(facts, undefined),
  };
}

/** True when nothing that may still be found there changes what is new. */
export function isExplained(expected: Expected, found: FoundSoFar): boolean {
  const known = new Set([...found.notRead, ...found.notParsed.map(({ file }) => file)]);
  return (
    expected.unread.every((file) => known.has(file)) &&
    (!expected.notReadAtAll || found.notRead.length > 0) &&
    areOld(expected, found) &&
    newHiding(expected, found).length === 0
  );
}

function comparedOf({ kind, detail, reach, waits }: Capability): Compared {
  return { kind, detail, reach, ...(waits && { waits }) };
}

/** Known in word and reach. What a moved entry point gains is told by how far each kind reached. */
function areOld({ capabilities, builds }: Expected, { capabilities: found, hasCommands }: FoundSoFar): boolean {
  const before = beforeOf(found);
  const reached = new Map<string, number>();
  for (const one of found) reached.set(one.kind, Math.max(reached.get(one.kind) ?? -1, fromLeast.indexOf(leastOf(one, hasCommands))));
  return (
    capabilities.every((one) => noveltyOf(one, before) === 'old' && (reached.get(one.kind) ?? -1) >= fromLeast.indexOf(one.reach)) &&
    builds.every((kind) => found.some((one) => one.kind === kind))
  );
}

/** Only when all is read shows whether nothing but commands calls what waits, which makes it theirs. */
function leastOf({ reach, waits }: Capability, hasCommands: boolean): Reach {
  return hasCommands && waits && reach === 'import' ? 'bin' : reach;
}

/** Asks whether all is explained whenever more was found; a class because it remembers how much there was. */
export class Explaining {
  readonly #expected: Expected;
  readonly #package: Pick<FoundSoFar, 'files' | 'hasCommands'>;
  #held = -1;
  #left = mostQuestions;
  #done = false;

  constructor(expected: Expected, of: Pick<FoundSoFar, 'files' | 'hasCommands'>) {
    this.#expected = expected;
    this.#package = of;
  }

  isDone({ capabilities, hiding, notParsed, notRead }: Omit<FoundSoFar, 'files' | 'hasCommands'>): boolean {
    const held = capabilities.length + hiding.length + notParsed.length + notRead.length;
    if (this.#done || held === this.#held || this.#left === 0) return this.#done;
    this.#held = held;
    this.#left--;
    this.#done = isExplained(this.#expected, { capabilities, hiding, notParsed, notRead, ...this.#package });
    return this.#done;
  }
}

/** Beyond this the rest is read: packages with so much in so many files could make the asking the most of the work. */
const mostQuestions = 100;
