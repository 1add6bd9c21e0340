import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { validateAction, validateWorkflow } from '@action-validator/core';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { firstConfig, githubWorkflow, gitlabJob } from '../../src/commands/ci-templates.ts';
import { run as init } from '../../src/commands/init.ts';
import { toolVersion } from '../../src/package-root.ts';
import { parsePolicy } from '../../src/policy/parse.ts';
import { anIo } from '../helpers/an-io.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'depward-init-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const read = (file: string) => readFileSync(join(folder, file), 'utf8');
const action = readFileSync(fileURLToPath(new URL('../../action.yml', import.meta.url)), 'utf8');

describe('init', () => {
  it('shows everything and writes nothing without a yes', async () => {
    mkdirSync(join(folder, '.git'));
    const { io, out } = anIo({ cwd: folder });
    expect(await init({}, io)).toBe(0);
    expect(out()).toContain(firstConfig);
    expect(out()).toContain(githubWorkflow(toolVersion()));
    expect(existsSync(join(folder, 'depward.config.json'))).toBe(false);
  });

  it('writes what is not there yet, and never over what is', async () => {
    mkdirSync(join(folder, '.git'));
    writeFileSync(join(folder, 'depward.config.json'), '{"extends": "strict"}');
    const { io, out } = anIo({ cwd: folder });
    await init({ yes: true }, io);
    expect(read('depward.config.json')).toBe('{"extends": "strict"}');
    expect(out()).toContain('depward.config.json is there already');
    expect(read('.github/workflows/depward.yml')).toBe(githubWorkflow(toolVersion()));
  });

  it('does not write through a dangling link', async () => {
    symlinkSync(join(folder, 'elsewhere'), join(folder, 'depward.config.json'));
    await init({ yes: true }, anIo({ cwd: folder }).io);
    expect(existsSync(join(folder, 'elsewhere'))).toBe(false);
  });

  it('says that it shows no CI job where no repository begins, and what is in the way of a file', async () => {
    const { io, out } = anIo({ cwd: folder });
    await init({}, io);
    expect(out()).toContain('No CI job: this folder is not the root of a git repository');
    writeFileSync(join(folder, '.github'), '');
    await expect(init({ ci: 'github', yes: true }, anIo({ cwd: folder }).io)).rejects.toThrow('.github/workflows/depward.yml could not be written');
  });

  it('takes GitLab where the repository does, and says how to include the job', async () => {
    writeFileSync(join(folder, '.gitlab-ci.yml'), '');
    const { io, out } = anIo({ cwd: folder });
    await init({ yes: true }, io);
    expect(read('.gitlab/depward.yml')).toBe(gitlabJob(toolVersion()));
    expect(out()).toContain('include:');
    await expect(init({ ci: 'jenkins' }, io)).rejects.toThrow('there is no CI "jenkins"');
  });
});

describe('what stands in for CI', () => {
  it('the configuration is one', () => {
    expect(parsePolicy(firstConfig, 'c', []).rules.size).toBeGreaterThan(5);
  });

  it('the action and the workflow have GitHub’s form, and are held to it', () => {
    expect(validateAction(action).errors).toEqual([]);
    expect(validateWorkflow(githubWorkflow('1.2.3')).errors).toEqual([]);
    expect(validateAction(action.replace('description: Judges', 'descripton: Judges')).errors).not.toEqual([]);
    expect(validateWorkflow('on: pull_request\njobs: {a: {steps: []}}').errors).not.toEqual([]);
  });

  it('the GitLab job has GitLab’s form', () => {
    const text = { type: 'string' };
    const job = {
      type: 'object',
      additionalProperties: false,
      required: ['script'],
      properties: {
        stage: text,
        image: text,
        rules: { type: 'array', items: { type: 'object', additionalProperties: false, properties: { if: text } } },
        variables: { type: 'object', additionalProperties: text },
        script: { type: 'array', items: text, minItems: 1 },
        artifacts: {
          type: 'object',
          additionalProperties: false,
          properties: {
            when: { enum: ['on_success', 'on_failure', 'always'] },
            reports: { type: 'object', additionalProperties: false, properties: { codequality: text, junit: text } },
          },
        },
      },
    };
    const valid = new Ajv().compile({ type: 'object', additionalProperties: job });
    valid(parse(gitlabJob('1.2.3')));
    expect(valid.errors).toBeNull();
  });

  it('pins every part of it, and runs with a read-only token', () => {
    const workflow = githubWorkflow('1.2.3');
    expect(parse(workflow).permissions).toEqual({ contents: 'read' });
    for (const uses of workflow.matchAll(/uses: (.*)/g)) expect(uses[1]).toMatch(/@[0-9a-f]{40} # v\d/);
    expect(workflow).toContain('depward@1.2.3');
    expect(gitlabJob('1.2.3')).toContain('depward@1.2.3');
    expect(parse(action).inputs.version.default).toBe(toolVersion());
    // A value of an event between ${{ }} in a script is how workflows are taken over.
    for (const step of [...parse(action).runs.steps, ...parse(workflow).jobs.depward.steps]) expect(step.run ?? '').not.toContain('${{');
  });
});
