/** The recipes of a Makefile that a call of `make` runs, as lines of a shell. Pure. */

const mostTargets = 100;

/** `given` is what stands behind `make`: targets, `-f FILE`, `-C FOLDER`, settings. */
export function recipesOf(given: readonly string[], readFile: (path: string) => string | undefined): string {
  const value = (flag: string): string | undefined => given[given.indexOf(flag) + 1 || given.length];
  const folder = value('-C') ?? '';
  const files = value('-f') ?? '';
  const names = files === '' ? ['GNUmakefile', 'makefile', 'Makefile'] : [files];
  const source = names.map((name) => readFile(folder === '' ? name : `${folder.replace(/\/$/, '')}/${name}`)).find((text) => text !== undefined);
  if (source === undefined) return '';
  const rules = rulesOf(source);
  const targets = given.filter((word, at) => !word.startsWith('-') && !word.includes('=') && !/^-[fC]$/.test(given[at - 1] ?? ''));
  const wanted = new Set(targets.length > 0 ? targets : [...rules.keys()].filter((name) => !name.startsWith('.')).slice(0, 1));
  for (const name of wanted) if (wanted.size < mostTargets) for (const needed of rules.get(name)?.needs ?? []) wanted.add(needed);
  return [...wanted].flatMap((name) => rules.get(name)?.recipe ?? []).join('\n');
}

interface MakeRule {
  readonly needs: string[];
  readonly recipe: string[];
}

function rulesOf(source: string): ReadonlyMap<string, MakeRule> {
  const rules = new Map<string, MakeRule>();
  let current: readonly MakeRule[] = [];
  for (const line of source.replace(/\\\r?\n/g, ' ').split(/\r?\n/, 5000)) {
    if (line.startsWith('\t')) {
      for (const rule of current) rule.recipe.push(shellOf(line));
      continue;
    }
    const head = /^([^\s#:=][^#:=]*?)\s*::?(?!=)\s*([^;#]*)(?:;(.*))?$/.exec(line);
    if (!head) continue;
    const [, names = '', needs = '', recipe] = head;
    current = names
      .split(/\s+/)
      .slice(0, 50)
      .map((name) => {
        const rule = rules.get(name) ?? { needs: [], recipe: [] };
        rules.set(name, rule);
        rule.needs.push(...needs.split(/\s+/).filter(Boolean).slice(0, 50));
        if (recipe !== undefined) rule.recipe.push(shellOf(recipe));
        return rule;
      });
  }
  return rules;
}

/** Without what is only for make: `@`, `-`, and `$` written twice. */
function shellOf(line: string): string {
  return line.replace(/^\s*[@+-]*/, '').replaceAll('$$', () => '$');
}
