/** What rules on files once said wrongly of honest repositories, each beside its neighbour that has to be told. */
import { describe, expect, it } from '@jest/globals';
import { judgeFiles } from '../../src/judge-files.ts';
import { pathsOf } from '../../src/model/repository-paths.ts';
import { parsePolicy } from '../../src/policy/parse.ts';
import { repositoryRules } from '../../src/repository-rules/index.ts';
import { stateRules } from '../../src/repository-rules/states.ts';

const policy = parsePolicy('{"extends": "recommended"}', 'p', repositoryRules);

function findings(files: Readonly<Record<string, string>>) {
  const input = { now: new Map(Object.entries(files)), paths: pathsOf(Object.keys(files)) };
  return judgeFiles({ rules: repositoryRules, files: input, policy, now: Date.UTC(2026, 10, 23) }).fileFindings;
}

/** `file:line` of what one rule sees. */
function seen(rule: string, files: Readonly<Record<string, string>>): string[] {
  return findings(files).flatMap(({ ruleId, subject }) =>
    ruleId === rule && subject.kind === 'file' ? [`${subject.file}:${subject.line ?? ''}`] : [],
  );
}

const workflow = (on: string, ...steps: string[]) => ({
  '.github/workflows/ci.yml': [`on: ${on}`, 'jobs:', '  a:', ...steps].join('\n'),
});
const run = (...lines: string[]) => workflow('push', '    steps:', '      - run: |', ...lines.map((line) => `          ${line}`));
const npm = { 'package.json': '{}', 'package-lock.json': '{}' };
const locked = (...entries: [string, string][]) =>
  entries.map(([name, host]) => `"${name}@^1.0.0":\n  resolved "https://${host}/${name}/-/${name.replace(/.*\//, '')}-1.0.0.tgz"\n`).join('');
const many = (host: string, count: number): [string, string][] => Array.from({ length: count }, (_, at) => [`p${host.length}${at}`, host]);

describe('scope-without-registry', () => {
  const manifest = { 'package.json': '{"dependencies": {"@acme/ui": "^1.0.0"}}' };
  const of = (...rest: [string, string][]) =>
    seen('scope-without-registry', { ...manifest, 'yarn.lock': locked(['@acme/ui', 'npm.acme.example'], ...rest) });

  it('a host that has the scope alone', () => expect(of(...many('registry.example', 9))).toEqual(['package.json:1']));
  it('not a mirror that has other packages too', () => expect(of(...many('registry.example', 9), ['left-pad', 'npm.acme.example'])).toEqual([]));
  it('not a host that has of another scope what the usual one has too', () =>
    expect(of(...many('registry.example', 9), ['@tool/a', 'npm.acme.example'], ['@tool/b', 'registry.example'])).toEqual([]));
  it('not a registry of this machine', () =>
    expect(
      seen('scope-without-registry', { ...manifest, 'yarn.lock': locked(['@acme/ui', 'localhost:4873'], ...many('registry.example', 9)) }),
    ).toEqual([]));
});

describe('literal-credential', () => {
  const at = (url: string) => seen('literal-credential', workflow('push', '    env:', `      A: ${url}`));

  it.each(['https://build:7f3c9a512b44@npm.acme.example/', 'git+ssh://git:7f3c9a512b44@git.acme.example/a.git'])('%s', (url) =>
    expect(at(url)).toEqual(['.github/workflows/ci.yml:5']),
  );
  it.each(['postgres://mmuser:7f3c9a512b44@postgres:5432/test', 'mongodb://root:7f3c9a512b44@mongo/', 'https://user:pass@registry.example/'])(
    'not %s',
    (url) => expect(at(url)).toEqual([]),
  );
  it('not what printf puts in', () => expect(seen('literal-credential', run(`printf 'https://x-access-token:%s@git.example' "$T"`))).toEqual([]));
});

describe('token-in-reach-of-forks', () => {
  const steps = [
    '    steps:',
    '      - uses: actions/checkout@v4',
    '        with:',
    '          ref: ${{ github.event.pull_request.head.sha }}',
    '      - run: npm ci',
  ];
  const at = (...lines: string[]) => seen('token-in-reach-of-forks', { ...npm, ...workflow('pull_request_target', ...lines) });

  it('for everybody', () => expect(at(...steps)).toEqual(['.github/workflows/ci.yml:5']));
  it('under a condition that says nothing of people', () => expect(at("    if: github.event.action == 'opened'", ...steps)).toHaveLength(1));
  it.each([
    'github.event.pull_request.head.repo.full_name != github.repository',
    'github.event.pull_request.head.repo.fork',
    "github.actor == 'dependabot[bot]'",
    "github.actor != 'dependabot[bot]'",
    "github.event.pull_request.author_association == 'MEMBER' || github.event.action == 'opened'",
    "needs.b.outputs.is_member != 'true'",
  ])('nor under one that lets strangers in: %s', (condition) => expect(at(`    if: ${condition}`, ...steps)).toHaveLength(1));
  it.each([
    "github.event.pull_request.author_association == 'MEMBER'",
    'github.event.pull_request.head.repo.full_name == github.repository',
    '${{ !github.event.pull_request.head.repo.fork }}',
    `contains(fromJSON('["OWNER", "MEMBER"]'), github.event.pull_request.author_association)`,
    "needs.b.outputs.is_member == 'true' || github.event.pull_request.head.repo.full_name == github.repository",
  ])('not where the job asks who it is: %s', (condition) => expect(at(`    if: ${condition}`, ...steps)).toEqual([]));
  it('not where the job before it asks', () => {
    const before = ['    needs: member', ...steps, '  member:', "    if: github.actor == 'maintainer'", '    steps:', '      - run: echo'];
    expect(at(...before)).toEqual([]);
  });
  const approval = (environment: string, condition: string) => [
    '  approve:',
    `    if: ${condition}`,
    `    environment: ${environment}`,
    '    steps:',
    '      - run: echo',
  ];
  const isFork = 'github.event.pull_request.head.repo.fork';
  it.each([
    ['forks need somebody', ['    needs: approve', ...steps, ...approval('preview', isFork)]],
    ['the environment depends on it', ['    needs: approve', ...steps, ...approval(`\${{ ${isFork} && 'external' || 'internal' }}`, 'true')]],
    ['at the second remove', ['    needs: [b]', ...steps, '  b:', '    needs: approve', '    steps: []', ...approval('preview', isFork)]],
  ])('not where a job waited for has an environment for forks: %s', (_title, lines) => expect(at(...lines)).toEqual([]));
  it('where the environment is anybody’s, or nobody waits for it', () => {
    expect(at('    needs: approve', ...steps, ...approval('preview', 'always()'))).toHaveLength(1);
    expect(at(...steps, ...approval('preview', isFork))).toHaveLength(1);
  });
  it('says that reviewers cannot be seen where an environment alone stands before it', () => {
    const unseen = (...lines: string[]) => seen('reviewers-not-visible', { ...npm, ...workflow('pull_request_target', ...lines) });
    const waiting = ['    needs: approve', ...steps, ...approval('preview', isFork)];
    expect(unseen(...waiting)).toHaveLength(1);
    expect(unseen("    if: github.actor == 'maintainer'", ...waiting)).toEqual([]);
    expect(unseen(...steps)).toEqual([]);
    expect(unseen('    needs: approve', '    steps:', '      - run: echo', ...approval('preview', isFork))).toEqual([]);
    expect(unseen('    needs: approve', ...steps, ...approval('preview', 'always()'))).toEqual([]);
  });
  it('jobs that wait for each other end', () =>
    expect(at('    needs: b', ...steps, '  b:', '    needs: [a, b, none]', '    steps: []')).toHaveLength(1));
  it('not where a step before looks and stops, with a secret too; cached neither', () => {
    const looks = ['      - uses: actions/github-script@v7', '        with:', '          script: |'];
    const script = (...lines: string[]) => [...looks, ...lines.map((line) => `            ${line}`)];
    const rest = [
      ...steps.slice(1),
      '      - uses: actions/setup-node@v4',
      '        with: { cache: npm }',
      '        env: { NPM_TOKEN: "${{ secrets.NPM_TOKEN }}" }',
    ];
    const files = (...lines: string[]) => ({ ...npm, ...workflow('issue_comment', '    steps:', ...script(...lines), ...rest) });
    const both = (...lines: string[]) => ['token-in-reach-of-forks', 'cache-shared-with-untrusted'].map((rule) => seen(rule, files(...lines)).length);
    expect(both('if (pr.data.head.repo.full_name !== name) {', '  core.setFailed("forks are not taken")', '}')).toEqual([0, 0]);
    expect(both('core.info(pr.data.head.repo.full_name)')).toEqual([1, 1]);
    expect(both('core.setFailed("a")')).toEqual([1, 1]);
  });
  it('a secret beside the code of a fork is told all the same', () =>
    expect(at("    if: github.actor == 'a'", '    env:', '      NPM_TOKEN: ${{ secrets.NPM_TOKEN }}', ...steps)).toHaveLength(1));
  it('says so in words that hold nothing to hide', () =>
    expect(
      findings({ ...npm, ...workflow('pull_request_target', ...steps) })
        .map(({ message }) => message)
        .join(),
    ).not.toContain('‹'));
});

describe('token-printed', () => {
  it('not where a file is', () =>
    expect(seen('token-printed', run('$rootNpmrc = Join-Path "a" ".npmrc"', 'Write-Host "Using $rootNpmrc"'))).toEqual([]));
  it('what a variable of the CI holds', () => expect(seen('token-printed', run('echo "$NPMRC"'))).toEqual(['.github/workflows/ci.yml:6']));
});

describe('unfrozen-install', () => {
  const at = (files: Readonly<Record<string, string>>) => seen('unfrozen-install', { ...npm, '.dockerignore': 'node_modules\n.npmrc\n', ...files });

  it('not the branch for folders without a lockfile', () =>
    expect(at(run('if [ -e package-lock.json ]; then', '  npm ci', 'else', '  npm i', 'fi'))).toEqual([]));
  it('an install that asks for the lockfile and does not hold to it', () =>
    expect(at(run('if [ -e package-lock.json ]; then', '  npm install', 'fi'))).toEqual(['.github/workflows/ci.yml:7']));
  it('not one behind another that is frozen, in the same script', () => expect(at(run('npm ci', 'rm -rf node_modules', 'npm install'))).toEqual([]));
  it('one behind it, when packages were added, elsewhere, or by another step', () => {
    const web = { 'web/package.json': '{}', 'web/package-lock.json': '{}' };
    expect(at(run('npm ci', 'npm install left', 'npm install'))).toEqual(['.github/workflows/ci.yml:8']);
    expect(at({ ...web, ...run('npm ci', 'cd web', 'npm install') })).toEqual(['.github/workflows/ci.yml:8']);
    expect(at(workflow('push', '    steps:', '      - run: npm ci', '      - run: npm install'))).toEqual(['.github/workflows/ci.yml:6']);
  });
  it.each([
    ['Set-Location fetched; npm install', 0],
    ['sl web; npm install', 1],
    ['Push-Location fetched; Pop-Location; npm install', 1],
  ])('where PowerShell goes: %s', (script, times) => {
    const web = { 'web/package.json': '{}', 'web/package-lock.json': '{}' };
    expect(at({ ...web, ...run(`powershell -NoProfile -Command "${script}"`) })).toHaveLength(times);
  });
  it('not in an image without any lockfile, which another rule tells', () => {
    const files = { Dockerfile: 'FROM node:22\nCOPY package.json ./\nRUN npm install\nRUN npm install\n' };
    expect([at(files), seen('image-without-lockfile', { ...npm, ...files })]).toEqual([[], ['Dockerfile:3']]);
  });
  it('not in a pipeline the repository hands out', () =>
    expect(at({ 'share/build.gitlab-ci.yml': 'a:\n  script:\n    - npm install\n' })).toEqual([]));
  it('in a part of its own pipeline', () =>
    expect(at({ '.gitlab-ci.yml': 'include: ci/build.gitlab-ci.yml\n', 'ci/build.gitlab-ci.yml': 'a:\n  script:\n    - npm install\n' })).toEqual([
      'ci/build.gitlab-ci.yml:3',
    ]));
});

describe('corrections of unfrozen installs', () => {
  const fixed = (files: Readonly<Record<string, string>>) => {
    const input = { now: new Map(Object.entries(files)), paths: pathsOf(Object.keys(files)) };
    const judged = judgeFiles({ rules: repositoryRules, files: input, policy, now: 0 });
    const told = judged.fileFindings.filter(({ ruleId }) => ruleId === 'unfrozen-install').length;
    return [told, judged.fixes.filter(({ finding }) => finding.ruleId === 'unfrozen-install').map(({ fix }) => fix.kind === 'replace' && fix.to)];
  };

  it('where the lockfile holds what is asked for', () => expect(fixed({ ...npm, ...run('npm install') })).toEqual([1, ['          npm ci']]));
  it('not where a frozen install would stop', () =>
    expect(
      fixed({ ...npm, 'package.json': '{"dependencies": {"a": "1.0.0"}}', 'package-lock.json': '{"packages": {"": {}}}', ...run('npm install') }),
    ).toEqual([1, []]));
  it('not the second install of an image, which often is of what the build made', () => {
    const files = { ...npm, Dockerfile: 'FROM node:22\nCOPY . .\nRUN npm install\nWORKDIR /app/dist\nRUN npm install\n' };
    expect(fixed(files)).toEqual([2, ['RUN npm ci']]);
  });
  it('not where the job has added packages', () => expect(fixed({ ...npm, ...run('npm install playwright', 'npm install') })).toEqual([1, []]));
});

describe('commands that only ask', () => {
  it('where a client is', () =>
    expect(
      seen('unfrozen-install', { 'package.json': '{}', 'yarn.lock': '# yarn lockfile v1\n', ...run('command -v yarn', 'x=$(command -v yarn)') }),
    ).toEqual([]));
  it('popd leads back', () =>
    expect(seen('unfrozen-install', { 'web/package.json': '{}', 'web/package-lock.json': '{}', ...run('pushd web', 'popd', 'npm install') })).toEqual(
      [],
    ));
});

describe('long-lived-publish-token', () => {
  const at = (...lines: string[]) =>
    seen(
      'long-lived-publish-token',
      workflow('push', '    env:', ...lines, '      NPM_TOKEN: ${{ secrets.NPM_TOKEN }}', '    steps:', '      - run: npm publish'),
    );
  it('at the public registry', () => expect(at()).toHaveLength(1));
  it('not at a mirror, which has no trusted publishing', () => expect(at('      NPM_REGISTRY: https://acme.example/api/npm/local/')).toEqual([]));
});

describe('install-checks-waived', () => {
  it('not where nothing is installed', () => expect(seen('install-checks-waived', run('npm ci --legacy-peer-deps --dry-run'))).toEqual([]));
});

describe('dockerignore-incomplete', () => {
  const at = (text: string) => seen('dockerignore-incomplete', { ...npm, 'tool/Dockerfile': text });

  it('not where nothing tells what the image is built from', () => expect(at('FROM golang:1\nCOPY . .\nRUN go install ./...\n')).toEqual([]));
  it('the root, where packages are installed', () => expect(at('FROM node:22\nCOPY . .\nRUN npm ci\n')).toEqual(['tool/Dockerfile:2']));
});

describe('unpinned-tool', () => {
  const lock = (version: string) => ({
    'package.json': '{}',
    'package-lock.json': `{"packages": {"": {}, "node_modules/semver": {\n  "version": "${version}"}}}`,
  });

  it('not the version that is locked', () => expect(seen('unpinned-tool', { ...lock('7.6.3'), ...run('npx semver@7 -i minor 1.0.0') })).toEqual([]));
  it('another version than that', () => expect(seen('unpinned-tool', { ...lock('6.3.1'), ...run('npx semver@7 -i minor 1.0.0') })).toHaveLength(1));
  it('not the locked one of a longer number', () => expect(seen('unpinned-tool', { ...lock('71.0.0'), ...run('npx semver@7 x') })).toHaveLength(1));
  it('not a version that only the run tells', () =>
    expect(seen('unpinned-tool', { ...lock('7.6.3'), ...run("npm i -g 'npm@${{ steps.versions.outputs.npm }}'") })).toEqual([]));
  it('not in a folder that the job fetched', () =>
    expect(seen('unpinned-tool', { ...lock('7.6.3'), ...run('cd fetched', 'npx mocha out.js') })).toEqual([]));
  it('not what the project installs where it is called, tests though it be', () =>
    expect(
      seen('unpinned-tool', {
        'package.json': '{}',
        'e2e/package.json': '{"devDependencies": {"cypress": "13.0.0"}}',
        ...run('cd e2e', 'npx cypress install'),
      }),
    ).toEqual([]));
  it('what tests install, called elsewhere', () =>
    expect(
      seen('unpinned-tool', {
        'package.json': '{}',
        'e2e/package.json': '{"devDependencies": {"cypress": "13.0.0"}}',
        ...run('npx --yes cypress install'),
      }),
    ).toHaveLength(1));
});

describe('what is told once of many projects', () => {
  it('is told at the uppermost', () => {
    const files = { 'a/package.json': '{}', 'a/package-lock.json': '{}', ...npm };
    expect(seen('cooldown-missing', files)).toEqual(['package-lock.json:']);
  });
});

describe('the words of rules', () => {
  it.each(
    stateRules.flatMap((rule) => rule.examples.filter(({ flagged }) => flagged).map((example) => [rule.meta.id, example.title, example] as const)),
  )('%s, %s: hold nothing that is taken for a credential', (id, _title, { now, options }) => {
    const rules = stateRules.filter(({ meta }) => meta.id === id);
    const files = { now: new Map(Object.entries(now)), paths: pathsOf(Object.keys(now)) };
    const strict = parsePolicy(JSON.stringify({ extends: [], rules: { [id]: ['warn', options ?? {}] } }), 'p', repositoryRules);
    const said = judgeFiles({ rules, files, policy: strict, now: Date.UTC(2040, 0) }).fileFindings.map(({ message }) => message);
    expect(said.length).toBeGreaterThan(0);
    expect(said.join('\n')).not.toContain('‹');
  });
});

describe('which client it is', () => {
  const scripts = (files: Readonly<Record<string, string>>) =>
    findings(files).flatMap(({ ruleId, message }) => (ruleId === 'install-scripts-unguarded' ? [message] : []));
  const named = { 'package.json': '{"packageManager": "yarn@1.22.22"}' };

  it('the one whose lockfile stands there, when that of the named one does not', () =>
    expect(scripts({ ...named, 'package-lock.json': '{}' })).toEqual(['npm runs the install scripts of every dependency']));
  it('the named one, when it stands there too', () =>
    expect(scripts({ ...named, 'package-lock.json': '{}', 'yarn.lock': '# yarn lockfile v1\n' })).toEqual([
      'yarn 1 runs the install scripts of every dependency',
    ]));
});

describe('lockfile-out-of-step', () => {
  const lock = (...ranges: string[]) =>
    `lockfileVersion: '9.0'\n\nimporters:\n\n  .:\n    dependencies:\n${ranges.map((range) => `      a:\n        specifier: ${range}\n        version: 1.2.0\n`).join('')}`;
  const twice = '{"dependencies": {"a": "^1.0.0"}, "devDependencies": {"a": "^1.2.0"}}';

  it('not where one of two sections that ask is answered', () =>
    expect(seen('lockfile-out-of-step', { 'package.json': twice, 'pnpm-lock.yaml': lock('^1.0.0') })).toEqual([]));
  it.each([
    ['1.2.0', 0],
    ['1.2.1', 1],
  ])('npm: a version asked for instead of a range, %s', (version, times) => {
    const asked = JSON.stringify({ dependencies: { a: version } });
    const held = { packages: { '': { dependencies: { a: '^1.0.0' } }, 'node_modules/a': { version: '1.2.0' } } };
    expect(seen('lockfile-out-of-step', { 'package.json': asked, 'package-lock.json': JSON.stringify(held) })).toHaveLength(times);
  });
  it('where neither is', () =>
    expect(seen('lockfile-out-of-step', { 'package.json': twice, 'pnpm-lock.yaml': lock('^1.1.0') })).toEqual(['package.json:1']));
});

describe('token-beside-install', () => {
  const at = (command: string) =>
    seen('token-beside-install', {
      ...npm,
      ...workflow('push', '    steps:', `      - run: ${command}`, '        env:', '          NODE_AUTH_TOKEN: ${{ secrets.NPM_TOKEN }}'),
    });

  it('not the tool that publishes', () => expect([at('npx semantic-release'), at('npx lerna publish')]).toEqual([[], []]));
  it('what is installed beside it', () => {
    expect(at('npm ci && npx semantic-release')).toEqual(['.github/workflows/ci.yml:7']);
    expect(at('npx some-tool && npm publish')).toEqual(['.github/workflows/ci.yml:7']);
  });
});

describe('dockerignore-incomplete', () => {
  const at = (Dockerfile: string) => seen('dockerignore-incomplete', { 'package.json': '{}', Dockerfile });

  it('not in an image that takes its packages from the folder', () =>
    expect(at('FROM node:22\nCOPY . /app\nENTRYPOINT ["node", "/app/index.js"]\n')).toEqual([]));
  it('where any stage installs', () => expect(at('FROM node:22 AS a\nRUN npm i -g x@1.0.0\nFROM a\nCOPY . .\n')).toEqual(['Dockerfile:4']));
});

describe('exception-without-end', () => {
  it('names what a list of nsp accepts', () => {
    const told = findings({ '.nsprc': '{\n"exceptions": ["https://advisories.example/525"]}' }).map(({ ruleId, message }) => `${ruleId} ${message}`);
    expect(told.filter((each) => each.startsWith('exception-without-end'))).toEqual([
      'exception-without-end the exception for https://advisories.example/525 has no end',
    ]);
  });
});

it('a command about tokens is quoted as it stands', () => {
  const told = findings(run('npm token create --read-only')).filter(({ ruleId }) => ruleId === 'token-without-end');
  expect(told.map(({ facts }) => facts.command)).toEqual(['npm token create --read-only']);
});
