/** Actions that install: what they run, as if it were written in the step. */
import { textOf } from './ci-file.ts';
import { commandsIn, type ScriptCommand } from './script.ts';
import { at, type Value } from './value.ts';

/** The commands an action runs by what it is given; nothing for one that is not known, or installs as it should. */
export function commandsOfAction(uses: string | undefined, inputs: Value | undefined): readonly ScriptCommand[] {
  const [action] = (uses ?? '').toLowerCase().split('@');
  const input = (name: string) => at(inputs, name);
  switch (action) {
    case 'bahmutov/npm-install':
      return run(input('install-command') ?? input('useLockFile'), (said) => (said === 'false' ? 'npm install' : said === 'true' ? undefined : said));
    case 'borales/actions-yarn':
      return run(input('cmd'), (said) => `yarn ${said}`);
    case 'cypress-io/github-action':
      return run(input('install-command'), (said) => (said === 'false' ? undefined : said));
    case 'pnpm/action-setup':
      return run(input('run_install'), (said) => (said.includes('--no-frozen-lockfile') ? 'pnpm install --no-frozen-lockfile' : undefined));
    default:
      return [];
  }
}

function run(value: Value | undefined, script: (said: string) => string | undefined): readonly ScriptCommand[] {
  const said = textOf(value);
  const text = said === undefined ? undefined : script(said);
  return value === undefined || text === undefined ? [] : commandsIn([{ text, line: value.place.line }]);
}
