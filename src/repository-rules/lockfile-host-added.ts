/**
 * Where a lockfile fetches from is decided once and rarely changes. A change that sends some packages to a new host is either a
 * migration, and then it is many at once, or somebody's own server.
 */
import { baseName, defineRepositoryRule, type FileObservation } from '../model/repository-rule.ts';
import { listText, printable } from '../model/text.ts';
import { plural } from '../model/time.ts';

const lockfiles = new Set(['package-lock.json', 'npm-shrinkwrap.json', 'yarn.lock', 'pnpm-lock.yaml', 'bun.lock']);

export default defineRepositoryRule({
  meta: {
    id: 'lockfile-host-added',
    family: 'source',
    severity: 'high',
    summary: 'The change makes the lockfile fetch packages from a host it did not fetch from before.',
    why: 'Package managers fetch what the lockfile says. One entry among thousands that points to another host brings in whatever lies there; a whole lockfile that moves from a private registry to a public one opens it to everybody who can publish there.',
    remedy: 'Find out who runs the new host and why the change needs it. For a wanted move, list the host with the option "hosts".',
    references: ['lockfile injection (Liran Tal, 2019)', 'Dependency Confusion (Alex Birsan, 2021)'],
    falsePositives: 'A move to another registry or mirror: one finding for the whole lockfile.',
    since: '0.1.0',
  },
  kind: 'change',
  options: {
    hosts: { type: 'strings', default: [], about: 'hosts that lockfiles may fetch from' },
  },
  reads: (path) => lockfiles.has(baseName(path)) && !path.includes('node_modules/'),
  check({ now, before = new Map() }, { options }) {
    return [...now].flatMap(([file, text]): FileObservation[] => {
      const earlier = before.get(file);
      if (earlier === undefined || earlier === text) return [];
      // Nearly every change brings no host: that is told before anything is counted.
      if (
        holdsAll(
          earlier,
          [...hostNames(text)].filter((host) => !options.hosts.includes(host)),
        )
      )
        return [];
      const fetches = hostsIn(text);
      const asked = [...fetches].filter(([host]) => !options.hosts.includes(host));
      const held = hostsIn(earlier);
      const found = asked.filter(([host]) => !knownTo(held, host));
      if (found.length === 0) return [];
      const gone = [...held.keys()].filter((host) => !fetches.has(host));
      const count = found.reduce((sum, [, places]) => sum + places.count, 0);
      const names = listText(found.map(([host]) => printable(host, 80)));
      const moved = gone.length > 0 && count >= 10;
      return [
        {
          file,
          line: Math.min(...found.map(([, places]) => places.line)),
          message: moved
            ? `${plural(count, 'package')} moved from ${listText(gone.map((host) => printable(host, 80)))} to ${names}`
            : `${plural(count, 'package')} now ${count === 1 ? 'comes' : 'come'} from ${names}`,
          confidence: moved ? 'medium' : 'high',
          facts: {
            new: found.map(([host, places]) => `${printable(host, 80)} (${places.count})`),
            before: [...held.keys()].slice(0, 10).map((host) => printable(host, 80)),
          },
          signal: moved ? 'lockfile-host-added:moved' : 'lockfile-host-added',
        },
      ];
    });
  },
  examples: [
    {
      title: 'one package from a server of somebody',
      before: { 'yarn.lock': 'left@^1:\n  version "1.0.0"\n  resolved "https://registry.example/left/-/left-1.0.0.tgz"\n' },
      now: { 'yarn.lock': 'left@^1:\n  version "1.0.1"\n  resolved "https://files.example/left.tgz"\n' },
      flagged: true,
    },
    {
      title: 'an update from the same host',
      before: { 'yarn.lock': 'left@^1:\n  version "1.0.0"\n  resolved "https://registry.example/left/-/left-1.0.0.tgz"\n' },
      now: { 'yarn.lock': 'left@^1:\n  version "1.0.1"\n  resolved "https://registry.example/left/-/left-1.0.1.tgz"\n' },
      flagged: false,
    },
  ],
});

/** Known itself, or as the parent of a known one: other managers write repositories by other addresses of the same host. */
function knownTo(held: ReadonlyMap<string, Places>, host: string): boolean {
  return held.has(host) || [...held.keys()].some((known) => known.endsWith(`.${host}`));
}

interface Places {
  count: number;
  readonly line: number;
}

// The fields that are fetched, in all formats; addresses of home pages and sponsors are not.
const fetched =
  /(?:"resolved":\s*"|^\s+resolved "|tarball: '?|repo: '?|__archiveUrl=|^\s+resolution: "[^"\s]*?@|^\s+"[^"]+": \["[^"]*@?(?:", ")?)(?:git\+)?(?:https?|ssh|git)(?::\/\/|%3A%2F%2F)(?:[^/@"'\s%]*@)?([^/"'\s,})%:#]+)/;

/** True as soon as each of these hosts was seen: of most lockfiles the first rows tell. */
function holdsAll(text: string, hosts: readonly string[]): boolean {
  const missing = new Set(hosts);
  if (missing.size === 0) return true;
  for (const { host } of hostRows(text)) if (missing.delete(host) && missing.size === 0) return true;
  return false;
}

/** The hosts alone: a pattern goes over all rows that begin as others did. */
function hostNames(text: string): ReadonlySet<string> {
  const hosts = new Set<string>();
  const told = new Map<string, string>();
  let other = otherRow(told);
  for (let found = other.exec(text); found; found = other.exec(text)) {
    const start = text.lastIndexOf('\n', found.index) + 1;
    const end = endOfRow(text, found.index);
    const before = told.size;
    const host = end - start > longestRow ? undefined : hostOf(text, start, end, told);
    if (host !== undefined) hosts.add(host);
    if (told.size > before && told.size <= mostBeginnings) other = otherRow(told);
    other.lastIndex = end;
  }
  return hosts;
}

/** A pattern for each host is made anew: a handful is what honest lockfiles have. */
const mostBeginnings = 5;

/** The next address that does not stand in a row of npm's own whose beginning is told. */
function otherRow(told: ReadonlyMap<string, string>): RegExp {
  const known = [...told.keys()].map((beginning) => /"resolved": "(https?):\/\/(.*)$/.exec(beginning)).filter((each) => each !== null);
  const free = known.map(([, scheme, rest]) => `(?!(?<=^[ \\t]*"resolved": "${scheme}:\\/\\/)${escaped(rest ?? '')})`);
  return new RegExp(`:\\/\\/${free.join('')}|%3A%2F%2F`, 'gm');
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

function endOfRow(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

/** Longer rows are nobody's lockfile. */
const longestRow = 4000;

function* hostRows(text: string): Generator<{ readonly host: string; readonly start: number }> {
  const told = new Map<string, string>();
  for (const { start, end } of rowsWithAddresses(text)) {
    if (end - start > longestRow) continue;
    const host = hostOf(text, start, end, told);
    if (host !== undefined) yield { host, start };
  }
}

/** The beginning of a row of npm's that tells its host whatever follows. */
const plainRow = /^\s*"resolved": "https?:\/\/[\w.-]+(?::\d+)?\/$/;

/** Thousands of rows begin alike: what is `told` by such a beginning is not looked for again. */
function hostOf(text: string, start: number, end: number, told: Map<string, string>): string | undefined {
  const address = text.indexOf('://', start);
  const slash = address < 0 || address > end ? -1 : text.indexOf('/', address + 3);
  const beginning = slash < 0 || slash > end ? '' : text.slice(start, slash + 1);
  const known = told.get(beginning);
  if (known !== undefined) return known;
  const host = fetched.exec(text.slice(start, end))?.[1]?.toLowerCase();
  if (host !== undefined && plainRow.test(beginning)) told.set(beginning, host);
  return host;
}

function hostsIn(text: string): ReadonlyMap<string, Places> {
  const hosts = new Map<string, Places>();
  let line = 1;
  let counted = 0;
  for (const { host, start } of hostRows(text)) {
    const held = hosts.get(host);
    if (held) held.count++;
    else {
      for (let at = text.indexOf('\n', counted); at >= 0 && at < start; at = text.indexOf('\n', counted)) {
        line++;
        counted = at + 1;
      }
      hosts.set(host, { count: 1, line });
    }
  }
  return hosts;
}

const marks = ['://', '%3A%2F%2F'];

/** The rows in which an address may stand: most have none, and are not even cut out. */
function* rowsWithAddresses(text: string): Generator<{ readonly start: number; readonly end: number }> {
  const next = marks.map((mark) => text.indexOf(mark));
  for (;;) {
    const at = Math.min(...next.map((place) => (place < 0 ? text.length : place)));
    if (at === text.length) return;
    const end = text.indexOf('\n', at);
    yield { start: text.lastIndexOf('\n', at) + 1, end: end < 0 ? text.length : end };
    if (end < 0) return;
    marks.forEach((mark, index) => {
      if ((next[index] ?? -1) >= 0 && (next[index] ?? 0) < end) next[index] = text.indexOf(mark, end);
    });
  }
}
