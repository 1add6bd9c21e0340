/** The third user: somebody whose package manager asks `depward proxy`, which stands where time stood still. */
import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Bench, environmentIn, freshFolder, momentOf, type Outcome } from './doors.ts';
import type { Case } from './incident.ts';
import { fieldsOf, textOf } from './pieces.ts';

/** What came through by the recommended policy; without the age rule first, which would hide what else there is. */
export async function through(one: Case, bench: Bench): Promise<Outcome | undefined> {
  if (!bench.doors.has('proxy')) return undefined;
  const ageless = await ask(one, bench, { rules: { 'release-age': 'off' } });
  if (ageless.verdict === 'blocked' || ageless.verdict === 'broken') return ageless;
  const whole = await ask(one, bench, {});
  return whole.verdict === 'blocked' ? { ...whole, verdict: 'held' } : whole;
}

async function ask(one: Case, bench: Bench, config: object): Promise<Outcome> {
  const folder = freshFolder(bench, 'proxy');
  writeFileSync(join(folder, 'depward.config.json'), JSON.stringify(config));
  const words = ['proxy', '--listen', '127.0.0.1:0', '--upstream', bench.registry.url, '--as-of', momentOf(one)];
  const child = spawn(process.execPath, [bench.cli, ...words], { cwd: folder, env: environmentIn(folder), stdio: ['ignore', 'ignore', 'pipe'] });
  try {
    const url = await addressOf(child);
    return await outcomeAt(url, one);
  } catch (error) {
    return { verdict: 'broken', because: [error instanceof Error ? error.message : 'no answer'], warned: [] };
  } finally {
    child.kill('SIGTERM');
  }
}

/** As a client goes about it: the document, then the tarball it names. */
async function outcomeAt(url: string, { name, version }: Case): Promise<Outcome> {
  const answer = await fetch(`${url}${name.replace('/', '%2f')}`);
  const document = fieldsOf(await answer.json());
  if (fieldsOf(document['versions'])[version] !== undefined) {
    const tarball = await fetch(`${url}${name}/-/${name.replace(/^@[^/]*\//, '')}-${version}.tgz`);
    await tarball.arrayBuffer();
  }
  const why = await fetch(`${url}-/depward/why/${name}@${version}`, { headers: { accept: 'application/json' } });
  const { judgements } = fieldsOf(await why.json());
  const { action, because } = fieldsOf(Array.isArray(judgements) ? judgements[0] : undefined);
  const rules = (wanted: string) =>
    [...(Array.isArray(because) ? because : [])]
      .map(fieldsOf)
      .flatMap((reason) => (reason['action'] === wanted ? [textOf(reason['ruleId']) ?? ''] : []));
  const warned = [...new Set(rules('warn'))];
  if (action === 'block') return { verdict: 'blocked', because: [...new Set(rules('block'))], warned };
  if (action !== 'warn' && action !== 'allow') throw new Error(`the proxy answered ${answer.status} and ${why.status}`);
  return { verdict: action === 'warn' ? 'warned' : 'missed', because: warned, warned };
}

function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stderr?.on('data', (text: Buffer) => {
      said += text.toString();
      const url = / at (http:\S+) by /.exec(said)?.[1];
      if (url !== undefined) resolve(url);
    });
    child.on('close', () => reject(new Error(said.trim().split('\n')[0] ?? 'it ended')));
    child.on('error', reject);
  });
}
