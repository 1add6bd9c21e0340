/** Whether a job on the word of strangers runs for some people alone: by a condition, an approval, or a step that looks first. */
import { type CiFile, type CiJob, type CiStep, textOf } from './ci-file.ts';
import { textsOf } from './job-secrets.ts';
import { at } from './value.ts';

const people = [
  /(?<!!\s*)\bcontains\s*\(.*author_association|author_association\s*==/i,
  /\bhead(?:\.repo|_repository)\.(?:full_name|owner\.login)\s*==|!\s*[\w.]*head\.repo\.fork\b|head\.repo\.fork\s*==\s*false/i,
  // Whoever pushes last is the actor: a robot's own branch can be that of a stranger.
  /\bgithub\.(?:actor|triggering_actor)\s*==\s*'[^'[]*'|\b(?:user|sender)\.login\s*==/i,
  /(?<!!\s*)\bneeds\.[\w-]+\.outputs\.\w*(?:member|allow|permit|permission|trust|authori[sz]|approv|collaborator|maintainer|safe)\w*(?!\w*\s*!=)/i,
];

/** Whether the job, or one it waits for, runs for some people alone, whichever side of an "or" holds, or waits for somebody. */
export function asksWho(job: CiJob, ci: CiFile): boolean {
  return namesWho(job, ci) || approvalOf(job, ci) !== undefined;
}

/** The same where the file itself names the people. */
export function namesWho(job: CiJob, ci: CiFile): boolean {
  return waitedFor(job, ci).some((each) => (each === job || directly(job, each)) && conditionOf(each).split('||').every(namesPeople));
}

const namesPeople = (side: string) => people.some((form) => form.test(side));
const conditionOf = (job: CiJob) => textOf(at(job.definition, 'if')) ?? '';
const directly = (job: CiJob, other: CiJob) => textsOf(at(job.definition, 'needs')).includes(other.name);

/** The job and all that have to end before it begins. */
function waitedFor(job: CiJob, ci: CiFile): readonly CiJob[] {
  const byName = new Map(ci.jobs.map((each) => [each.name, each]));
  const found = new Set([job]);
  for (const each of found) {
    for (const name of textsOf(at(each.definition, 'needs'))) {
      const before = byName.get(name);
      if (before) found.add(before);
    }
  }
  return [...found];
}

/** An environment of the job or of one it waits for. */
export interface Approval {
  readonly name: string;
  readonly line: number;
}

/** An environment that depends on whether it is a fork has no other use than somebody who approves; whether anybody must is set elsewhere. */
export function approvalOf(job: CiJob, ci: CiFile): Approval | undefined {
  for (const each of waitedFor(job, ci)) {
    const environment = at(each.definition, 'environment');
    const name = textOf(environment) ?? textOf(at(environment, 'name'));
    if (environment && name !== undefined && /\bhead\.repo\b|\bhead_repository\b|author_association/.test(`${name} ${conditionOf(each)}`))
      return { name, line: environment.place.line };
  }
  return undefined;
}

/** Whether a step before the checkout looks where the code comes from and stops when it is a fork. */
export function refusesForks(job: CiJob, checkout: CiStep | undefined): boolean {
  const before = checkout === undefined ? [] : job.steps.slice(0, job.steps.indexOf(checkout));
  return before.some((step) => {
    const text = [textOf(at(step.inputs, 'script')) ?? '', ...step.commands.map((command) => command.text)].join('\n');
    const looks = /\bhead\.repo\.(?:full_name|fork|owner)\b|\bisCrossRepository\b/.test(text);
    return looks && /\bsetFailed\b|\bthrow\b|\bexit\s+1\b/.test(text);
  });
}
