import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type DoctorOptions, run } from '../../src/commands/doctor.ts';
import { tell } from '../../src/commands/trouble.ts';
import { DepwardError } from '../../src/model/errors.ts';
import type { Report } from '../../src/model/report.ts';
import { formats } from '../../src/reporters/index.ts';
import { listFiles } from '../../src/repository/list.ts';
import { readFiles } from '../../src/repository/read.ts';
import { anIo } from '../helpers/an-io.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'depward-doctor-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(files: Readonly<Record<string, string | Uint8Array>>) {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

function git(...args: string[]) {
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.example', ...args], { cwd: folder });
}

async function doctor(options: DoctorOptions = {}) {
  const { io, out, err } = anIo({ cwd: folder });
  const code = await run(undefined, options, io);
  return { code, out: out(), err: err() };
}

async function report(): Promise<Report & { code: number }> {
  const { code, out } = await doctor({ format: ['json'] });
  return { ...(JSON.parse(out) as Report), code };
}

const workflow = (...steps: string[]) => `on: push\njobs:\n  a:\n    steps:\n${steps.map((step) => `      - ${step}\n`).join('')}`;
const clean = {
  'package.json': '{"private": true, "packageManager": "npm@12.0.0"}',
  'package-lock.json': '{"lockfileVersion": 3, "packages": {"": {}}}',
  '.npmrc': 'min-release-age=3\n',
};

describe('doctor', () => {
  it('says nothing of a tidy repository', async () => {
    put({ ...clean, '.github/workflows/ci.yml': workflow('run: npm ci') });
    expect(await doctor()).toMatchObject({ code: 0, out: expect.stringContaining('repository judged, nothing to object to') });
  });

  it('finds what is wrong, at its line', async () => {
    put({ ...clean, '.github/workflows/ci.yml': workflow('run: |\n          cd .\n          npm install') });
    expect((await report()).findings).toMatchObject([
      { ruleId: 'unfrozen-install', subject: { file: '.github/workflows/ci.yml', line: 7 }, action: 'warn' },
    ]);
  });

  it('looks at what git tracks and at nothing else', async () => {
    put({ ...clean, '.npmrc': '//registry.example/:_authToken=7f3c9a51-2b44-4a0e-9d6f-0c2f6a1b8e77\n' });
    git('init', '-q');
    git('add', 'package.json', 'package-lock.json');
    expect((await report()).findings.map(({ ruleId }) => ruleId)).not.toContain('literal-credential');
    git('add', '.npmrc');
    expect(await report()).toMatchObject({ code: 1, findings: [{ ruleId: 'literal-credential' }, {}] });
  });

  it('binds a waiver to the secret, not to the file', async () => {
    const line = (token: string) => `//registry.example/:_authToken=${token}\nmin-release-age=3\n`;
    put({ ...clean, '.npmrc': line('7f3c9a51-2b44-4a0e-9d6f-0c2f6a1b8e77') });
    const { findings } = await report();
    const fingerprint = findings[0]?.subject.kind === 'file' ? findings[0].subject.fingerprint : undefined;
    const waiver = { rule: 'literal-credential', file: '.npmrc', fingerprint, owner: 'a', reason: 'revoked', expires: '2027-01-01' };
    put({ 'depward.config.json': JSON.stringify({ waivers: [waiver] }) });
    expect(await report()).toMatchObject({ code: 0, waived: [{ owner: 'a' }], findings: [] });
    put({ '.npmrc': line('11111111-2b44-4a0e-9d6f-0c2f6a1b8e77') });
    expect((await report()).code).toBe(1);
  });

  it('says so when there was nothing to judge', async () => {
    put({ 'src/a.c': 'int a;' });
    expect((await doctor()).err).toContain('no file here decides how packages are installed');
    put(clean);
    expect((await doctor()).err).not.toContain('no file here');
  });

  it('takes no failure of git for a folder without git', async () => {
    put(clean);
    git('init', '-q');
    git('add', '.');
    writeFileSync(join(folder, '.git/index'), 'DIRC nonsense');
    await expect(doctor()).resolves.toMatchObject({ err: expect.stringContaining('git names no tracked file here') });
    const aborted = anIo({ cwd: folder, signal: AbortSignal.abort(new Error('interrupted')) });
    await expect(run(undefined, {}, aborted.io)).rejects.toThrow('interrupted');
  });

  it('refuses a folder that is not there', async () => {
    await expect(run('nowhere', {}, anIo({ cwd: folder }).io)).rejects.toThrow('there is no folder nowhere');
  });
});

/** Base 62 of the CRC-32, in six characters. */
function checksum(body: string): string {
  const letters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
  let left = crc32(body);
  let text = '';
  for (let at = 0; at < 6; at += 1) {
    text = letters[left % 62] + text;
    left = Math.floor(left / 62);
  }
  return text;
}

function crc32(text: string): number {
  let sum = 0xffffffff;
  for (const byte of Buffer.from(text)) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return (sum ^ 0xffffffff) >>> 0;
}

describe('no secret in any output', () => {
  const canary = 'Canary0Canary1Canary2Canary3Canary4x';
  const token = `npm_${canary}`;
  const files = {
    '.npmrc': [
      `//registry.example/:_authToken=${canary}`,
      `//other.example/:_password="${canary}1"`,
      `_auth=${canary}2`,
      `registry=http://me:${canary}3@registry.example/`,
      `//registry.example/:tokenHelper=/bin/echo ${canary}`,
      `key="-----BEGIN PRIVATE KEY-----${canary}"`,
      'strict-ssl=false',
    ].join('\n'),
    '.yarnrc.yml': `npmAuthToken: ${canary}4\nnpmRegistryServer: "http://x:${canary}@registry.example"\n`,
    'bunfig.toml': `[install]\nregistry = { url = "http://registry.example", token = "${canary}5" }\n`,
    'package.json': JSON.stringify({
      private: true,
      publishConfig: { '//registry.example/:_authToken': `${canary}6` },
      scripts: {
        setup: `npm install --token=${canary} && npx other-tool --token ${token}`,
        postinstall: `NPM_TOKEN=${canary} npx some-tool --token ${token}`,
        prepare: `curl https://u:${canary}@x.example | sh`,
      },
      dependencies: { a: `git+https://me:${canary}@git.example/a.git`, b: `http://me:${canary}@b.example/b.tgz` },
    }),
    'yarn.lock': `"a@^1.0.0":\n  resolved "http://me:${canary}@registry.example/a/-/a-1.0.0.tgz"\n`,
    'package-lock.json': `{"packages": {"": {}}, "x": {"resolved": "https://me:${canary}@registry.example/a.tgz"}}`,
    '.github/workflows/ci.yml': workflow(
      `run: NPM_TOKEN=${canary} npm install`,
      `run: npm install --//registry.example/:_authToken=${canary}`,
      `run: npx some-tool --registry http://me:${canary}@registry.example/`,
      `run: npm token create --otp ${token}`,
      `run: echo ${token} $NPM_TOKEN`,
      `run: npm config set //registry.example/:_authToken ${canary}`,
      `run: make deps TOKEN=${canary} && sh ./run.sh ${canary} && task deps && npm run setup`,
    ).replace('on: push\n', `on: push\nenv:\n  NPM_TOKEN: ${token}\n`),
    '.gitlab-ci.yml': `a: [${canary}: {\n`,
    'azure-pipelines.yml': `steps:\n- script: npm install && echo ${canary}\n  env:\n    NODE_TLS_REJECT_UNAUTHORIZED: 0\n`,
    Jenkinsfile: `sh 'npm install --token=${canary}'\n`,
    Dockerfile: `FROM node:22\nARG NPM_TOKEN=${canary}\nENV NODE_AUTH_TOKEN ${canary}\nCOPY . .\nRUN echo "//registry.example/:_authToken=${canary}" > .npmrc && npm install\n`,
    Makefile: `deps:\n\tNPM_TOKEN=${canary} npm install --//registry.example/:_authToken=${canary}\n\tnpx made-tool --token ${token}\n`,
    'run.sh': `npm install --token=${canary}\nnpx shell-tool --password ${canary}\n`,
    'Taskfile.yml': `tasks:\n  deps:\n    - npx task-tool --auth=${canary}\n`,
    '.nsprc': `{"${canary}": tru`,
    'renovate.json': `{"minimumReleaseAge": "${canary}"`,
  };

  it.each(formats.map((format) => [format]))('as %s', async (format) => {
    put(files);
    const { out, err, code } = await doctor({ format: [format], verbose: true });
    expect(code).toBe(1);
    expect(out.length).toBeGreaterThan(1000);
    if (format === 'json') for (const tool of ['made-tool', 'shell-tool', 'task-tool', 'other-tool']) expect(out).toContain(tool);
    expect(out + err).not.toMatch(/canary/i);
  });

  it.each(formats.map((format) => [format]))('of names of files, folders and keys, as %s', async (format) => {
    const link = `${token}.dockerfile`;
    put({
      ...clean,
      [`.github/workflows/${token}.yml`]: 'on: push\njobs:\n  a:\n    steps:\n      - run: npm install\n',
      '.github/workflows/bad.yml': `on: push\njobs:\n  ${token}: [\n    ${token}: }\n`,
      [`${token}/Dockerfile`]: `FROM node:22\nARG NPM_TOKEN=${token}\nRUN npm install --prefix ${token}\n`,
      '.npmrc': `//registry.example/${token}/:_authToken=${canary}\n@${token}:registry=http://r.example/${token}/\n`,
      '.yarnrc.yml': `npmScopes:\n  ${token}:\n    npmAuthToken: ${canary}\n`,
      'bunfig.toml': `[install.scopes]\n"${token}" = { token = "${canary}" }\n`,
      'a/package.json': JSON.stringify({ dependencies: { [token]: `git+https://u:${canary}@x.example/a.git` } }),
    });
    symlinkSync(`/nowhere/${token}`, join(folder, link));
    writeFileSync(join(folder, `${token}.Dockerfile`), Buffer.from([0xff, 0xfe]));
    for (const options of [{ format: [format], verbose: true }, { fix: true }]) {
      const { out, err } = await doctor(options);
      expect(out).toContain('‹hidden›');
      expect(out + err).not.toMatch(/canary/i);
    }
  });

  it('in the difference --fix shows', async () => {
    // A lockfile that holds what is asked for: otherwise nothing would be frozen.
    const { dependencies } = JSON.parse(files['package.json']);
    put({ ...files, 'package-lock.json': JSON.stringify({ packages: { '': { dependencies } } }) });
    const { out, err } = await doctor({ fix: true });
    expect(out).toContain('npm ci');
    expect(out + err).not.toMatch(/canary/i);
  });

  it('in the fingerprint a waiver is bound to, and in what is waived', async () => {
    put({ '.npmrc': `//registry.example/:_authToken=${token}\n`, 'package.json': '{}' });
    const { findings } = await report();
    const [{ subject }] = findings as unknown as [{ subject: { fingerprint: string } }];
    expect(subject.fingerprint).toMatch(/^[0-9a-f]{8}$/);
    const waiver = { rule: 'literal-credential', file: '.npmrc', fingerprint: subject.fingerprint, owner: 'a', reason: 'b', expires: '2027-01-01' };
    put({ 'depward.config.json': JSON.stringify({ waivers: [waiver] }) });
    for (const format of formats) expect((await doctor({ format: [format], verbose: true })).out).not.toMatch(/canary/i);
  });

  it('in what goes to a terminal, with colours and in narrow lines', async () => {
    put(files);
    const { io, out, err } = anIo({ cwd: folder, stdoutIsTTY: true, stderrIsTTY: true, columns: 24 });
    await run(undefined, { verbose: true }, io);
    expect(out() + err()).not.toMatch(/canary/i);
  });

  // The last six characters are the checksum that npm and GitHub put there.
  it.each([['npm_q7Rk2Lm9Xz4Tn6Vb1Wc8Yd3Fg5Hj0P'], ['ghp_q7Rk2Lm9Xz4Tn6Vb1Wc8Yd3Fg5Hj0P']])('with a checksum: %s', async (body) => {
    const whole = body + checksum(body.slice(4));
    put({ ...clean, 'test/fixtures/.npmrc': `//registry.example/:_authToken=${whole}\n`, 'pkg/.npmrc': `# was ${whole}\n` });
    for (const format of formats) {
      const { out, code } = await doctor({ format: [format], verbose: true });
      expect({ code, shows: out.includes(body) }).toEqual({ code: 1, shows: false });
    }
    expect((await report()).findings.filter(({ ruleId }) => ruleId === 'literal-credential').map(({ confidence }) => confidence)).toEqual([
      'high',
      'high',
    ]);
  });

  it.each([
    ['a mistake of ours', new Error(`unexpected "//registry.example/:_authToken=${canary}" near ${token}`)],
    ['trouble with a hint', new DepwardError('input', `NPM_TOKEN=${canary}`, { hint: `https://me:${canary}@registry.example/` })],
  ])('in a crash, with the stack asked for: %s', (_title, error) => {
    const { io, err } = anIo({ env: { DEPWARD_DEBUG: '1' } });
    tell(error, io);
    expect(err()).toContain('doctor.test');
    expect(err()).not.toMatch(/canary/i);
  });

  it('in errors: a configuration that quotes one', async () => {
    put({ ...files, 'depward.config.json': `{"waivers": "${token}"}` });
    const thrown = await doctor().catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(Error);
    expect(String(thrown)).not.toMatch(/canary/i);
  });
});

describe('bad input ends in a gap, never in silence', () => {
  const gaps = async () => {
    const { gaps: found, code, complete } = await report();
    expect({ code, complete }).toEqual({ code: 2, complete: false });
    return found.map((gap) => [gap.subject.kind === 'file' ? gap.subject.file : '', gap.reason]);
  };
  const path = '.github/workflows/ci.yml';

  it.each([
    [
      'aliases that explode',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghi'.replace(/./g, (name, at: number) => `${name}: &${name} [${`*${'abcdefghi'[at]},`.repeat(9)}]\n`)}on: push\n`,
    ],
    ['brackets without end', `on: ${'['.repeat(50_000)}`],
    ['half a document', 'on: {push: [\n'],
  ])('%s', async (_title, text) => {
    put({ ...clean, [path]: text });
    expect(await gaps()).toEqual([[path, expect.stringMatching(/^it /)]]);
  });

  it('a workflow of 50 MB', async () => {
    put({ ...clean, [path]: Buffer.alloc(50_000_000, '# a\n') });
    expect(await gaps()).toEqual([[path, 'it is larger than 30 MB']]);
  });

  it('invalid UTF-8', async () => {
    put({ ...clean, Dockerfile: Buffer.from([0x46, 0x52, 0xff, 0xfe, 0xfa]) });
    expect(await gaps()).toEqual([['Dockerfile', 'it is not UTF-8 text']]);
  });

  it('a name that is no UTF-8', async () => {
    put({ ...clean, '.github/workflows/a.yml': 'on: push\n' });
    writeFileSync(Buffer.concat([Buffer.from(join(folder, '.github/workflows/')), Buffer.from([0xff]), Buffer.from('.yml')]), 'on: push\n');
    git('init', '-q');
    git('add', '.');
    expect(await gaps()).toEqual([['.github/workflows/\ufffd.yml', 'its name is not UTF-8']]);
  });

  it('links that leave, loop or lead nowhere; a link within is no gap', async () => {
    put({ ...clean, 'image/Dockerfile': 'FROM node:22\n' });
    symlinkSync('/etc/hostname', join(folder, 'a.dockerfile'));
    symlinkSync('b.dockerfile', join(folder, 'b.dockerfile'));
    symlinkSync('nowhere', join(folder, 'c.dockerfile'));
    symlinkSync('image/Dockerfile', join(folder, 'Dockerfile'));
    symlinkSync('.', join(folder, 'loop'));
    expect(await gaps()).toEqual([
      ['a.dockerfile', 'it is a link that leads out of the repository'],
      ['b.dockerfile', 'it is a link that leads back to itself'],
      ['c.dockerfile', 'it is a link that leads nowhere'],
    ]);
  });

  (process.getuid?.() === 0 ? it.skip : it)('a file that may not be read', async () => {
    put({ ...clean, Dockerfile: 'FROM node:22\n' });
    chmodSync(join(folder, 'Dockerfile'), 0);
    expect(await gaps()).toEqual([['Dockerfile', 'it may not be read']]);
  });

  // Whoever runs as root may read everything: another user for a moment.
  (process.getuid?.() === 0 ? it : it.skip)('a file that root alone may read', () => {
    put({ ...clean, Dockerfile: 'FROM node:22\n' });
    chmodSync(folder, 0o755);
    chmodSync(join(folder, 'Dockerfile'), 0o600);
    const wanted = ['.npmrc', 'Dockerfile'];
    process.seteuid?.(65534);
    const read = (() => {
      try {
        return readFiles(folder, wanted);
      } finally {
        process.seteuid?.(0);
      }
    })();
    expect([...read.texts.keys()]).toEqual(['.npmrc']);
    expect(read.untold).toEqual([{ file: 'Dockerfile', untold: 'it may not be read' }]);
  });

  // This one nobody can.
  (existsSync('/proc/self/mem') ? it : it.skip)('a file that fails while it is read', () => {
    expect(readFiles('/proc/self', ['mem']).untold).toEqual([
      { file: 'mem', untold: expect.stringMatching(/^it (?:cannot be read \(EIO\)|may not be read)$/) },
    ]);
  });

  it('a folder under a name of a file', async () => {
    put({ ...clean });
    execFileSync('mkfifo', [join(folder, 'Dockerfile')]);
    expect(await gaps()).toEqual([['Dockerfile', 'it is no regular file']]);
  });

  it('a file that git tracks and the folder lacks is no gap', async () => {
    put({ ...clean, Dockerfile: 'FROM node:22\n' });
    git('init', '-q');
    git('add', '.');
    rmSync(join(folder, 'Dockerfile'));
    expect(await report()).toMatchObject({ code: 0, complete: true, gaps: [] });
  });

  it('a file in conflict is read once', async () => {
    put({ ...clean, Dockerfile: 'FROM node:22\n' });
    git('init', '-q');
    git('add', '.');
    const blob = execFileSync('git', ['hash-object', '-w', 'Dockerfile'], { cwd: folder, encoding: 'utf8' }).trim();
    const sides = [1, 2, 3].map((stage) => `100644 ${blob} ${stage}\tDockerfile\n`).join('');
    execFileSync('git', ['update-index', '--index-info'], { cwd: folder, input: `0 ${'0'.repeat(40)}\tDockerfile\n${sides}` });
    const { all } = await listFiles(folder, new AbortController().signal);
    expect([...all()].sort()).toEqual(['.npmrc', 'Dockerfile', 'package-lock.json', 'package.json']);
  });

  it('without git every file of the folder counts, and that is said', async () => {
    put({ ...clean, '.npmrc': '//registry.example/:_authToken=7f3c9a51-2b44-4a0e-9d6f-0c2f6a1b8e77\n' });
    const { PATH } = process.env;
    process.env['PATH'] = join(folder, 'nothing');
    try {
      const { code, out, err } = await doctor();
      expect({ code, out, err }).toMatchObject({
        code: 1,
        out: expect.stringContaining('literal-credential'),
        err: expect.stringContaining('every file of the folder counts'),
      });
    } finally {
      process.env['PATH'] = PATH;
    }
  });

  it('submodules are said', async () => {
    put(clean);
    git('init', '-q');
    git('add', '.');
    git('update-index', '--add', '--cacheinfo', '160000,1234567890123456789012345678901234567890,lib');
    expect((await doctor()).err).toContain('1 submodule not looked into');
  });
});

describe('doctor --fix', () => {
  const files = {
    'package.json': '{"private": true, "packageManager": "npm@11.12.0"}',
    'package-lock.json': '{"lockfileVersion": 3, "packages": {"": {}}}',
    '.github/workflows/ci.yml':
      '# ours\r\non:   push\r\njobs:\r\n  a:\r\n    steps:\r\n      - run: npm i --no-audit  # fast\r\n      - run: "cd . && npm install"\r\n',
    Dockerfile: 'FROM node:22\nCOPY . .\nRUN npm install --omit=dev \\\n && npm run build\n',
    '.npmrc': 'save-exact=true',
  };

  it('shows a difference that git can apply, and writes nothing', async () => {
    put(files);
    const { out } = await doctor({ fix: true });
    expect(out).toContain('-      - run: npm i --no-audit  # fast\n+      - run: npm ci --no-audit  # fast\n');
    expect(out).toContain('--- /dev/null\n+++ b/.dockerignore\n@@ -0,0 +1 @@\n+node_modules\n');
    expect(readFileSync(join(folder, '.npmrc'), 'utf8')).toBe('save-exact=true');
    expect(existsSync(join(folder, '.dockerignore'))).toBe(false);
  });

  it('writes with --write, keeps line ends, comments and modes, and then has nothing left to do', async () => {
    put(files);
    chmodSync(join(folder, 'Dockerfile'), 0o640);
    await doctor({ fix: true, write: true });
    expect(readFileSync(join(folder, '.github/workflows/ci.yml'), 'utf8')).toBe(
      '# ours\r\non:   push\r\njobs:\r\n  a:\r\n    steps:\r\n      - run: npm ci --no-audit  # fast\r\n      - run: "cd . && npm ci"\r\n',
    );
    expect(readFileSync(join(folder, 'Dockerfile'), 'utf8')).toBe('FROM node:22\nCOPY . .\nRUN npm ci --omit=dev \\\n && npm run build\n');
    expect(readFileSync(join(folder, '.npmrc'), 'utf8')).toBe('save-exact=true\nmin-release-age=3\n');
    expect(statSync(join(folder, 'Dockerfile')).mode & 0o777).toBe(0o640);
    expect(await doctor({ fix: true, write: true })).toMatchObject({ out: '', err: expect.stringContaining('0 files corrected') });
  });

  it('leaves alone what it does not understand', async () => {
    const odd = {
      ...files,
      '.github/workflows/ci.yml': workflow('run: eval "npm $COMMAND"', 'run: npm install left', 'run: $(echo npm) install'),
      Dockerfile: 'FROM node:22\nCOPY . .\nRUN npm install ${PACKAGES}\n',
    };
    put(odd);
    await doctor({ fix: true, write: true });
    expect(readFileSync(join(folder, '.github/workflows/ci.yml'), 'utf8')).toBe(odd['.github/workflows/ci.yml']);
    expect(readFileSync(join(folder, 'Dockerfile'), 'utf8')).toBe(odd.Dockerfile);
  });

  it('--write alone is a slip', async () => {
    await expect(doctor({ write: true })).rejects.toThrow('--write makes the corrections of --fix');
  });
});
