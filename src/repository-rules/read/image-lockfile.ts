/** Whether an image has a lockfile when it installs. */
import { type ClientCall, clientCalls } from './client.ts';
import type { Instruction, Stage } from './docker.ts';
import { lockfileManagers } from './paths.ts';

/** The first install of a stage into which a package.json was copied and no lockfile. */
export function installBeforeLockfile({ instructions }: Stage): ClientCall | undefined {
  let manifest = false;
  for (const instruction of instructions) {
    if (instruction.name === 'COPY' || instruction.name === 'ADD') {
      if (bringsLockfile(instruction)) return undefined;
      manifest ||= instruction.words.slice(0, -1).some((source) => /(?:^|\/)package\.json$/.test(source));
    }
    if (instruction.name !== 'RUN' || !manifest) continue;
    if (instruction.options.some((option) => /^--mount=/.test(option) && lockfileIn(option))) return undefined;
    const install = clientCalls(instruction.commands, '').find(({ verb, flags }) => verb === 'install' && !flags.has('--package-lock-only'));
    if (install) return install;
  }
  return undefined;
}

/** A lockfile, a pattern that takes one, or a whole folder; what comes from another stage cannot be told. */
function bringsLockfile({ words, options }: Instruction): boolean {
  if (options.some((option) => option.startsWith('--from='))) return true;
  return words.slice(0, -1).some((source) => lockfileIn(source) || /[*?$]/.test(source) || !/\.\w+$/.test(source) || source === '.');
}

function lockfileIn(text: string): boolean {
  return [...lockfileManagers.keys()].some((name) => text.includes(name)) || /type=bind(?!.*source=)/.test(text);
}
