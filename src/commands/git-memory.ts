/** What git said of commits and of what lies between them: none of it ever becomes another, and each start of git takes its time. */
import { join } from 'node:path';
import { keepChecked, readChecked } from '../registry/checked-file.ts';
import type { GitMemory } from '../resolve/git.ts';
import { digestOf } from './answers.ts';

const format = 'history-1';
/** Answers of a project, characters of all of them, and projects remembered at most. */
const mostAnswers = 8;
const longest = 512 * 1024;
const most = 64;

/** The memory of the repository at `root`, in a cache folder. */
export function openGitMemory(cache: string, root: string): GitMemory {
  let path: string | undefined;
  let held: ReadonlyMap<string, string> | undefined;
  const load = () => {
    path ??= join(cache, format, digestOf([root]).slice(0, 32));
    held ??= answersIn(readChecked(path));
    return held;
  };
  return {
    recall: (question) => load().get(question),
    keep(question, answer) {
      const known = load();
      if (known.get(question) === answer || path === undefined) return;
      const all = [[question, answer] as const, ...[...known].filter(([other]) => other !== question)].slice(0, mostAnswers);
      const text = JSON.stringify(all);
      if (text.length > longest) return;
      held = new Map(all);
      keepChecked(path, text, most);
    },
  };
}

/** Nothing but our own checksummed files gets here: a look at the outline is enough. */
function answersIn(text: string | undefined): ReadonlyMap<string, string> {
  const value: unknown = text === undefined ? [] : JSON.parse(text);
  return new Map(Array.isArray(value) ? (value as readonly (readonly [string, string])[]) : []);
}
