/** Repositories in a few lines: what the rules on files as they are see in them, and at which line; and honest neighbours that they pass. */
import { describe, expect, it } from '@jest/globals';
import { judgeFiles } from '../../src/judge-files.ts';
import { pathsOf } from '../../src/model/repository-paths.ts';
import { parsePolicy } from '../../src/policy/parse.ts';
import { planFixes } from '../../src/repository/fix.ts';
import { repositoryRules } from '../../src/repository-rules/index.ts';

const policy = parsePolicy('{"extends": "recommended"}', 'p', repositoryRules);

/** `rule file:line` of everything seen; rules on what is merely absent are left out unless asked for. */
function seen(files: Readonly<Record<string, string>>, only?: RegExp): string[] {
  const { fileFindings, fileGaps } = judgeFiles({
    rules: repositoryRules,
    files: { now: new Map(Object.entries(files)), paths: pathsOf(Object.keys(files)) },
    policy,
    now: Date.UTC(2026, 10, 23),
  });
  const found = fileFindings.map(({ ruleId, subject }) => `${ruleId} ${subject.kind === 'file' ? `${subject.file}:${subject.line ?? ''}` : ''}`);
  const told = [...found, ...fileGaps.map((gap) => `gap ${gap.reason}`)];
  return told.filter((line) => (only ? only.test(line) : !/^(?:cooldown-missing|install-scripts-unguarded|long-lived)/.test(line)));
}

/** What a rule says, each once. */
function words(rule: string, files: Readonly<Record<string, string>>): readonly string[] {
  const shown = { now: new Map(Object.entries(files)), paths: pathsOf(Object.keys(files)) };
  const { fileFindings } = judgeFiles({ rules: repositoryRules, files: shown, policy, now: Date.UTC(2026, 10, 23) });
  return [...new Set(fileFindings.flatMap(({ ruleId, message }) => (ruleId === rule ? [message] : [])))];
}

const npm = {
  'package.json': '{"private": true, "devDependencies": {"eslint": "9.0.0"}}',
  'package-lock.json': '{"packages": {"": {"devDependencies": {"eslint": "9.0.0"}}}}',
};
const yarn1 = { 'package.json': '{}', 'yarn.lock': '# yarn lockfile v1\n' };
const berry = { 'package.json': '{}', 'yarn.lock': '__metadata:\n  version: 8\n' };
const pnpm = { 'package.json': '{"packageManager": "pnpm@10.20.0"}', 'pnpm-lock.yaml': "lockfileVersion: '9.0'\n" };
const github = (...lines: string[]) => ({
  '.github/workflows/ci.yml': ['on: push', 'jobs:', '  a:', '    steps:', ...lines.map((line) => `      ${line}`)].join('\n'),
});

describe('install commands, in every CI system', () => {
  it.each<[string, Record<string, string>, string[]]>([
    ['GitHub, a block', { ...npm, ...github('- run: |', '    echo a', '    npm install') }, ['unfrozen-install .github/workflows/ci.yml:7']],
    ['GitHub, folded', { ...npm, ...github('- run: >', '    npm install', '    --no-audit') }, ['unfrozen-install .github/workflows/ci.yml:6']],
    [
      'an action of the repository',
      { ...npm, '.github/actions/setup/action.yml': 'runs:\n  using: composite\n  steps:\n    - run: npm i\n      shell: bash\n' },
      ['unfrozen-install .github/actions/setup/action.yml:4'],
    ],
    [
      'GitLab',
      { ...npm, '.gitlab-ci.yml': 'default:\n  before_script:\n    - node -v\n    - npm install\nbuild:\n  script: npm run build\n' },
      ['unfrozen-install .gitlab-ci.yml:4'],
    ],
    [
      'GitLab, a head of its own and anchors',
      {
        ...npm,
        '.gitlab-ci.yml':
          'spec:\n  inputs:\n    a:\n---\n.a: &a\n  script:\n    - npm install\nb:\n  <<: *a\n  after_script:\n    - !reference [.a, script]\n',
      },
      ['unfrozen-install .gitlab-ci.yml:7'],
    ],
    [
      'Azure, a script',
      { ...npm, 'azure-pipelines.yml': 'stages:\n- stage: a\n  jobs:\n  - job: b\n    steps:\n    - bash: npm install\n' },
      ['unfrozen-install azure-pipelines.yml:6'],
    ],
    [
      'Azure, the npm task',
      { ...npm, 'azure-pipelines.yml': "steps:\n- task: Npm@1\n  inputs:\n    command: 'install'\n" },
      ['unfrozen-install azure-pipelines.yml:4'],
    ],
    [
      'CircleCI',
      {
        ...npm,
        '.circleci/config.yml': 'jobs:\n  a:\n    steps:\n      - checkout\n      - run:\n          name: b\n          command: npm install\n',
      },
      ['unfrozen-install .circleci/config.yml:7'],
    ],
    [
      'a Jenkinsfile with empty lines above a comment, and stars in paths',
      { ...npm, Jenkinsfile: "node {\n\n\n  // it's\n  sh 'rm -rf build/*'\n  sh 'npm install'\n  sh 'cp */x .'\n}\n" },
      ['unfrozen-install Jenkinsfile:6'],
    ],
    [
      'a stage of Jenkins beside one that commits',
      {
        ...npm,
        Jenkinsfile:
          "pipeline {\n  stages {\n    stage('Build') { steps {\n      sh 'npm install'\n    } }\n    stage('Deploy') { steps {\n      sh 'git commit -am x'\n    } }\n  }\n}\n",
      },
      ['unfrozen-install Jenkinsfile:4'],
    ],
    [
      'Jenkins',
      {
        ...npm,
        Jenkinsfile: "pipeline {\n  stages { stage('a') { steps {\n    // sh 'npm install'\n    sh '''\n      npm install\n    '''\n  } } }\n}\n",
      },
      ['unfrozen-install Jenkinsfile:5'],
    ],
    [
      'an image',
      {
        ...npm,
        '.dockerignore': 'node_modules\n.npmrc\n',
        Dockerfile: 'FROM node:22\nCOPY . .\nRUN apt-get update \\\n && npm install --omit=dev\n',
      },
      ['unfrozen-install Dockerfile:4'],
    ],
    ['yarn 1', { ...yarn1, ...github('- run: yarn') }, ['unfrozen-install .github/workflows/ci.yml:5']],
    ['pnpm told not to freeze', { ...pnpm, ...github('- run: pnpm i --no-frozen-lockfile') }, ['unfrozen-install .github/workflows/ci.yml:5']],
    ['behind a condition', { ...npm, ...github('- run: if [ -f x ]; then npm install; fi') }, ['unfrozen-install .github/workflows/ci.yml:5']],
    [
      'in another folder',
      { 'web/package.json': '{}', 'web/package-lock.json': '{}', ...github('- run: npm install', '  working-directory: web') },
      ['unfrozen-install .github/workflows/ci.yml:5'],
    ],
  ])('%s', (_title, files, expected) => expect(seen(files)).toEqual(expected));

  it.each<[string, Record<string, string>]>([
    ['frozen', { ...npm, ...github('- run: npm ci', '- run: npm clean-install') }],
    ['packages named are another matter', { ...npm, ...github('- run: npm install ./packed.tgz') }],
    ['the lockfile alone', { ...npm, ...github('- run: npm install --package-lock-only') }],
    ['yarn 2+ freezes in CI', { ...berry, ...github('- run: yarn install') }],
    ['pnpm freezes in CI', { ...pnpm, ...github('- run: pnpm install') }],
    ['a job that renews the lockfile', { ...npm, ...github('- run: npm install && git commit -am x && git push') }],
    ['a folder fetched by the job', { ...npm, ...github('- run: npm install --prefix ./fetched') }],
    ['a project without a lockfile', { 'package.json': '{}', ...github('- run: npm install') }],
    ['yarn run something', { ...yarn1, ...github('- run: yarn build', '- run: yarn --version') }],
    ['text that is no command', { ...npm, ...github('- run: echo "run npm install first"') }],
    ['GitLab, frozen', { ...npm, '.gitlab-ci.yml': 'default:\n  before_script:\n    - npm ci\n' }],
    ['Azure, frozen', { ...npm, 'azure-pipelines.yml': "steps:\n- task: Npm@1\n  inputs:\n    command: 'ci'\n- bash: npm ci\n" }],
    ['CircleCI, frozen', { ...npm, '.circleci/config.yml': 'jobs:\n  a:\n    steps:\n      - checkout\n      - run: npm ci\n' }],
    [
      'Jenkins, in comments behind something',
      { ...npm, Jenkinsfile: "node {\n  sh 'npm ci' // sh 'npm install'\n  echo 'x' /* sh 'npm install' */\n}\n" },
    ],
    [
      'a stage of Jenkins that commits what it installs, with stages within',
      {
        ...npm,
        Jenkinsfile:
          "pipeline {\n  stages {\n    stage('Renew') { stages {\n      stage('a') { steps { sh 'npm install' } }\n      stage('b') { steps { sh 'git commit -am x' } }\n    } }\n  }\n}\n",
      },
    ],
    [
      'a function of a Jenkinsfile, which the stage that commits may call',
      { ...npm, Jenkinsfile: "def renew() {\n  sh 'npm install'\n}\nnode {\n  stage('Renew') {\n    renew()\n    sh 'git commit -am x'\n  }\n}\n" },
    ],
    ['Jenkins, frozen', { ...npm, Jenkinsfile: "node {\n  checkout scm\n  sh 'npm ci'\n}\n" }],
    ['a here-document', { ...npm, ...github('- run: |', '    cat > README <<EOF', '    npm install', '    EOF') }],
  ])('pass: %s', (_title, files) => expect(seen(files)).toEqual([]));

  it('a job that writes a package.json of its own installs that', () => {
    const own = ['- run: |', "    echo '{", '      "dependencies": {"a": "1.0.0"}', "    }' > package.json", '    npm install'];
    expect(seen({ ...npm, ...github(...own) })).toEqual([]);
    expect(seen({ ...npm, ...github('- run: |', "    echo 'a", "    b'", '    npm install') })).toEqual([
      'unfrozen-install .github/workflows/ci.yml:8',
    ]);
    expect(seen({ ...npm, ...github('- run: |', "    echo don't stop", '    npm install') })).toEqual([
      'unfrozen-install .github/workflows/ci.yml:7',
    ]);
  });

  it('a job that asks for other versions than the project cannot freeze them', () => {
    const yq = (expression: string, file: string) => github('- run: |', `    yq -i '${expression}' ${file}`, '    npm install');
    expect(seen({ ...npm, ...yq('.overrides = {"a": "2.0.0"}', 'package.json') })).toEqual([]);
    expect(seen({ ...npm, ...github('- run: npm pkg set overrides.a=2 && npm install') })).toEqual([]);
    for (const files of [yq('.version = "2.0.0"', 'package.json'), yq('.overrides = 1', 'chart.yaml')])
      expect(seen({ ...npm, ...files })).toHaveLength(1);
    expect(seen({ ...npm, ...github('- run: npm pkg get overrides && npm install') })).toHaveLength(1);
  });

  it('a job of GitLab has what it extends, and what all have', () => {
    const files = (...lines: string[]) => ({
      ...npm,
      'sub/x.txt': '',
      'sub/package.json': '{}',
      'sub/package-lock.json': '{}',
      '.gitlab-ci.yml': `${lines.join('\n')}\n`,
    });
    const base = ['.base:', '  before_script:', '    - cd sub', 'a:', '  extends: .base', '  script:', '    - npm install'];
    const told = (...lines: string[]) => words('unfrozen-install', files(...lines));
    expect(told(...base)).toEqual(['"npm install" may change sub/package-lock.json']);
    expect(told(...base.slice(0, 3), ...base.slice(3).map((line) => line.replace('.base', '[.base, .none]')))).toEqual(told(...base));
    expect(told(...base.slice(0, 4), '  extends: .mid', ...base.slice(5), '.mid:', '  extends: .base')).toEqual(told(...base));
    expect(told(...base.slice(0, 4), '  extends: .base', '  before_script: []', ...base.slice(5))).toEqual([
      '"npm install" may change package-lock.json',
    ]);
    expect(told('default:', '  before_script:', '    - cd sub', 'a:', '  script:', '    - npm install')).toEqual(told(...base));
    expect(told('before_script:', '  - cd sub', 'a:', '  inherit:', '    default: false', '  script:', '    - npm install')).toEqual([
      '"npm install" may change package-lock.json',
    ]);
    expect(told('.a:', '  extends: .b', '  script: [npm install]', '.b:', '  extends: .a')).toHaveLength(1);
  });

  it('jobs of GitLab that extend each other without end are told, not read', () => {
    const many = ['.long:', '  script:', ...Array.from({ length: 2000 }, (_, at) => `    - echo ${at}`)];
    const jobs = Array.from({ length: 1000 }, (_, at) => `j${at}: {extends: .long}`);
    expect(seen({ '.gitlab-ci.yml': [...many, ...jobs].join('\n') })).toEqual(['gap its jobs run more than 200000 commands']);
  });

  it('files that look like parts of pipelines and are none are no gap', () => {
    const chart = '{{- if .Values.x }}\nsteps:\n  - script: npm install\n{{- end }}\n';
    const data = 'jobs:\n  - name: writer\n';
    expect(seen({ ...npm, 'deploy/templates/a.yaml': chart, 'build/b.yml': data, 'ci/broken.yml': 'a: [' })).toEqual([]);
  });

  it('a job that has emptied the folder installs something else', () => {
    const files = { ...npm, ...github('- run: rm -rf ./*', '- run: tar xf /tmp/a.tgz', '- run: npm install') };
    expect(seen(files)).toEqual([]);
    expect(seen({ ...npm, ...github('- run: rm -rf node_modules', '- run: npm install') })).toEqual(['unfrozen-install .github/workflows/ci.yml:6']);
  });
});

describe('tools', () => {
  it.each([
    ['npx --yes some-tool'],
    ['npx some-tool@latest'],
    ['npx -p some-pkg some-bin'],
    ['npm exec -- some-tool'],
    ['pnpm dlx some-tool'],
    ['yarn dlx some-tool'],
    ['bunx some-tool'],
    ['npm install -g some-tool'],
    ['sudo npm i --global some-tool@^2'],
    ['yarn global add some-tool'],
    ['pnpm add -g some-tool'],
  ])('in whatever version: %s', (command) =>
    expect(seen({ ...npm, ...github(`- run: ${command}`) })).toEqual(['unpinned-tool .github/workflows/ci.yml:5']),
  );

  it.each([
    ['npx eslint .'],
    ['npx some-tool@1.2.3'],
    ['npx ./local'],
    ['npx --offline some-tool -V'],
    ['npm exec --offline -- some-tool --x="y"'],
    ['npx --no-install some-tool'],
    ['npx --no some-tool'],
    ['npx --no -- some-tool'],
    ['npx $TOOL'],
    ['pnpm dlx some-tool@1.2.3'],
    ['npm i -g some-tool@1.2.3'],
    ['npm i -g ./x.tgz'],
    ['corepack enable'],
  ])('pinned, known or untold: %s', (command) => expect(seen({ ...npm, ...github(`- run: ${command}`) })).toEqual([]));
});

describe('credentials', () => {
  const uuid = '7f3c9a51-2b44-4a0e-9d6f-0c2f6a1b8e77';
  it.each<[string, string, string]>([
    ['.npmrc', `a=b\n//registry.example/:_authToken = "${uuid}"\n`, ':2'],
    ['.npmrc', '//registry.example/npm/:_password=aHVudGVyMg==\n', ':1'],
    ['sub/.npmrc', `//registry.example/:_auth=${uuid}`, ':1'],
    ['.yarnrc.yml', `npmRegistries:\n  "https://registry.example":\n    npmAuthIdent: "me:${uuid}"\n`, ':3'],
    ['bunfig.toml', `[install.scopes]\nacme = { token = "${uuid}", url = "https://registry.example" }\n`, ':2'],
    ['package.json', `{\n"publishConfig": {"//registry.example/:_authToken": "${uuid}"}}`, ':2'],
    ['pnpm-lock.yaml', `packages:\n  a:\n    resolution: {tarball: https://me:${uuid}@registry.example/a.tgz}\n`, ':3'],
    ['.github/workflows/ci.yml', `on: push\nenv:\n  T: npm_${'aB3d'.repeat(9)}\n`, ':3'],
    ['auth.ini', `//registry.example/:_authToken=${uuid}\n`, ':1'],
    ['home/.config/pnpm/auth.ini', `; who\n//registry.example/:_password=${uuid}\n`, ':2'],
    ['home/.config/pnpm/rc', `//registry.example/:_authToken=${uuid}\n`, ':1'],
    ['home/.config/pnpm/config.yaml', `_auth:\n  https://registry.example/:\n    "@acme":\n      authToken: ${uuid}\n`, ':4'],
    ['home/.config/pnpm/config.yaml', `"//registry.example/:_authToken": ${uuid}\n`, ':1'],
  ])('in %s: %s', (file, text, line) => expect(seen({ [file]: text }, /^literal/)).toEqual([`literal-credential ${file}${line}`]));

  it.each<[string, string]>([
    ['.npmrc', '//registry.example/:_authToken=${NPM_TOKEN}\n//registry.example/:username=me\n'],
    ['.npmrc', '//localhost:4873/:_authToken=fake-but-needed\n'],
    ['test/fixtures/.npmrc', `//registry.example/:_authToken=${uuid}\n`],
    ['.yarnrc.yml', 'npmAuthToken: "${NPM_TOKEN:-}"\n'],
    ['package.json', '{"name": "token", "description": "password: secret", "scripts": {"token": "echo abc"}}'],
    ['yarn.lock', '"a@git+ssh://git@host.example/a.git":\n  resolved "git+ssh://git@host.example/a.git#00"\n'],
    ['.github/workflows/ci.yml', 'on: push\nenv:\n  T: ${{ secrets.NPM_TOKEN }}\n'],
    ['home/.config/pnpm/auth.ini', '//registry.example/:_authToken=${NPM_TOKEN}\n'],
    ['home/.config/pnpm/config.yaml', '_auth:\n  https://registry.example/:\n    "@":\n      authToken: ${NPM_TOKEN}\n'],
    ['app/config.yaml', `_auth:\n  https://registry.example/:\n    "@":\n      authToken: ${uuid}\n`],
  ])('none in %s: %s', (file, text) => expect(seen({ [file]: text }, /^literal|^gap/)).toEqual([]));
});

describe('tokens in CI', () => {
  const token = 'NODE_AUTH_TOKEN: ${{ secrets.NPM_TOKEN }}';
  it.each<[string, Record<string, string>, string[]]>([
    ['for a job that installs and publishes', github('- run: npm ci', '- run: npm publish'), []],
    [
      'of the whole file',
      { '.github/workflows/ci.yml': `on: push\nenv:\n  ${token}\njobs:\n  a:\n    steps:\n      - run: npm ci\n      - run: npm publish\n` },
      ['token-beside-install .github/workflows/ci.yml:3'],
    ],
    ['one step for both', github('- run: npm ci && npm publish', '  env:', `    ${token}`), ['token-beside-install .github/workflows/ci.yml:7']],
    [
      'a private registry needs it',
      github('- uses: actions/setup-node@v4', '  with:', '    registry-url: https://registry.example', '- run: npm ci', '  env:', `    ${token}`),
      [],
    ],
    ["GitHub's own", github('- run: npm ci', '  env:', '    NODE_AUTH_TOKEN: ${{ secrets.GITHUB_TOKEN }}'), []],
    ['printed', github('- run: echo $NPM_TOKEN'), ['token-printed .github/workflows/ci.yml:5']],
    [
      'handed on, not printed',
      github('- run: echo "$NPM_TOKEN" | registry-login --stdin', '- run: echo "//r.example/:_authToken=$NPM_TOKEN" >> ~/.npmrc'),
      [],
    ],
    ['the environment beside it', github('- run: printenv', '  env:', `    ${token}`), ['token-printed .github/workflows/ci.yml:5']],
    [
      'a trace switched off in time',
      github('- run: |', '    set -x', '    npm test', '    set +x', '    npm config set //r.example/:_authToken "$NPM_TOKEN"'),
      [],
    ],
    [
      'Jenkins, printed',
      { Jenkinsfile: "withCredentials([string(credentialsId: 'a', variable: 'NPM_TOKEN')]) {\n  sh 'echo $NPM_TOKEN'\n}\n" },
      ['token-printed Jenkinsfile:2'],
    ],
    [
      'fork code with the token',
      {
        '.github/workflows/pr.yml': `on: [pull_request_target]\njobs:\n  a:\n    env:\n      ${token}\n    steps:\n      - uses: actions/checkout@v4\n        with: { ref: "\${{ github.event.pull_request.head.sha }}" }\n      - run: npm test\n`,
      },
      ['token-in-reach-of-forks .github/workflows/pr.yml:5'],
    ],
    [
      'pull_request_target without token',
      { '.github/workflows/pr.yml': 'on: pull_request_target\njobs:\n  a:\n    steps:\n      - uses: actions/labeler@v5\n' },
      [],
    ],
    ['an endless token', { '.gitlab-ci.yml': 'a:\n  script:\n    - npm token create\n' }, ['token-without-end .gitlab-ci.yml:3']],
  ])('%s', (_title, files, expected) => expect(seen(files)).toEqual(expected));
});

it('names the variable of a stored token in words that hide no name', () => {
  const files = github('- run: npm publish', '  env:', '    NODE_AUTH_TOKEN: ${{ secrets.NPM_TOKEN }}');
  const { fileFindings } = judgeFiles({
    rules: repositoryRules,
    files: { now: new Map(Object.entries(files)), paths: pathsOf(Object.keys(files)) },
    policy,
    now: Date.UTC(2026, 10, 23),
  });
  const [found] = fileFindings.filter(({ ruleId }) => ruleId === 'long-lived-publish-token');
  expect(found?.message).toMatch(/uses (?:NODE_AUTH|NPM)_TOKEN, a stored credential/);
});

describe('images', () => {
  const base = { ...npm, '.dockerignore': 'node_modules\n.npmrc\n' };
  it.each<[string, string, string[]]>([
    ['ENV in the old form', 'FROM node:22\nENV NPM_TOKEN abc\nCOPY . .\n', ['token-in-image-layer Dockerfile:2']],
    ['written by RUN', 'FROM node:22\nRUN npm config set //r.example/:_authToken $T\n', ['token-in-image-layer Dockerfile:2']],
    ['copied', 'FROM node:22\nCOPY --chown=node .npmrc package*.json ./\nRUN npm ci\n', ['npmrc-in-image Dockerfile:2']],
    ['package.json alone', 'FROM node:22\nWORKDIR /a\nCOPY package.json ./\nRUN npm ci\n', ['image-without-lockfile Dockerfile:4']],
  ])('%s', (_title, text, expected) => expect(seen({ ...base, Dockerfile: text })).toEqual(expected));

  it.each<[string, string]>([
    ['a secret mount', 'FROM node:22\nRUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci\n'],
    ['a path to one', 'FROM node:22\nENV NPM_CONFIG_USERCONFIG=/run/secrets/npmrc\n'],
    ['from another stage', 'FROM node:22 AS a\nCOPY . .\nRUN npm ci\nFROM node:22\nCOPY --from=a /app/.npmrc .\nCOPY --from=a /app .\n'],
    [
      'mounted files',
      'FROM node:22\nRUN --mount=type=bind,source=package.json,target=package.json --mount=type=bind,source=package-lock.json,target=package-lock.json npm ci\n',
    ],
  ])('pass: %s', (_title, text) => expect(seen({ ...base, Dockerfile: text })).toEqual([]));

  it('a token handed to the build by CI', () => {
    const step = '- run: docker build -t a --build-arg NPM_TOKEN=${{ secrets.NPM_TOKEN }} .';
    expect(seen({ ...npm, ...github(step) })).toEqual(['token-in-image-layer .github/workflows/ci.yml:5']);
    expect(seen({ ...npm, ...github('- run: docker build -t a --build-arg VERSION=1 --secret id=npmrc,src=.npmrc .') })).toEqual([]);
  });

  it('built from the root, from a folder below it: the ignore file of the root is the one that counts', () => {
    const files = { ...npm, 'apps/a/package.json': '{}', 'apps/a/nginx.conf': '', 'apps/a/.dockerignore': 'node_modules\n' };
    const Dockerfile = 'FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\nCOPY apps/a/nginx.conf /etc/\n';
    expect(seen({ ...files, 'apps/a/Dockerfile': Dockerfile, '.dockerignore': 'node_modules\n.npmrc\n' })).toEqual([]);
    expect(seen({ ...files, 'apps/a/Dockerfile': Dockerfile.replace('apps/a/', '') })).toEqual(['dockerignore-incomplete apps/a/Dockerfile:3']);
  });

  it('an install in what was fetched or unpacked is not one of the project', () => {
    const at = (run: string) => seen({ ...base, Dockerfile: `FROM node:22\nWORKDIR /app\nCOPY . .\nRUN ${run}\n` });
    expect(at('mkdir /opt/tool && cd /opt/tool && unzip t.zip && npm install --prefix ./server')).toEqual([]);
    expect(at('cd /app && npm install')).toEqual(['unfrozen-install Dockerfile:4']);
  });

  it('a whole folder without an ignore file, or with one that lets it in again', () => {
    const Dockerfile = 'FROM node:22\nCOPY . .\nRUN npm ci\n';
    expect(seen({ ...npm, Dockerfile })).toEqual(['dockerignore-incomplete Dockerfile:2']);
    expect(seen({ ...npm, Dockerfile, '.dockerignore': '*\n!node_modules\n!package*.json\n' })).toEqual(['dockerignore-incomplete Dockerfile:2']);
    expect(seen({ ...npm, Dockerfile, '.dockerignore': '**/node_modules/\n.npm*\n' })).toEqual([]);
  });
});

describe('policy of the client, by its version', () => {
  const client = (packageManager: string, lockfile: string, more: Record<string, string> = {}) =>
    seen(
      { 'package.json': JSON.stringify({ packageManager }), [lockfile]: lockfile === 'yarn.lock' ? '__metadata:\n' : '', ...more },
      /^(?:cooldown|install-scripts|remote)/,
    ).map((line) => line.split(' ')[0]);

  it.each<[string, string, string[]]>([
    ['npm@11.4.0', 'package-lock.json', ['install-scripts-unguarded', 'cooldown-missing']],
    ['npm@12.1.0', 'package-lock.json', ['cooldown-missing']],
    ['pnpm@9.1.0', 'pnpm-lock.yaml', ['install-scripts-unguarded', 'cooldown-missing']],
    ['pnpm@10.1.0', 'pnpm-lock.yaml', ['cooldown-missing']],
    ['pnpm@11.1.0', 'pnpm-lock.yaml', []],
    ['yarn@4.5.0', 'yarn.lock', ['install-scripts-unguarded', 'cooldown-missing']],
    ['yarn@4.18.1', 'yarn.lock', []],
    ['bun@1.4.5', 'bun.lock', ['cooldown-missing']],
  ])('%s', (manager, lockfile, expected) => expect(client(manager, lockfile)).toEqual(expected));

  it.each<[string, string, Record<string, string>, string[]]>([
    ['npm@11.4.0', 'package-lock.json', { '.npmrc': 'ignore-scripts=true\nmin-release-age=7\n' }, []],
    [
      'npm@12.0.0',
      'package-lock.json',
      { '.npmrc': 'dangerously-allow-all-scripts=true\nallow-git=all\nmin-release-age=0\n' },
      ['install-scripts-allowed-wholesale', 'remote-sources-open', 'cooldown-missing'],
    ],
    [
      'pnpm@10.20.0',
      'pnpm-lock.yaml',
      { 'pnpm-workspace.yaml': 'minimumReleaseAge: 60\nminimumReleaseAgeExclude: ["@acme/*"]\n' },
      ['cooldown-missing'],
    ],
    ['pnpm@11.0.0', 'pnpm-lock.yaml', { 'pnpm-workspace.yaml': 'minimumReleaseAge: 10080\nminimumReleaseAgeExclude: ["*"]\n' }, ['cooldown-missing']],
    ['pnpm@11.0.0', 'pnpm-lock.yaml', { 'pnpm-workspace.yaml': 'blockExoticSubdeps: false\n' }, ['remote-sources-open']],
    ['pnpm@11.0.0', 'pnpm-lock.yaml', { 'pnpm-workspace.yaml': 'blockExoticSubdeps: true\n' }, []],
    ['pnpm@10.20.0', 'pnpm-lock.yaml', { '.npmrc': 'minimum-release-age=60\n' }, ['cooldown-missing']],
    ['pnpm@10.20.0', 'pnpm-lock.yaml', { '.npmrc': 'minimum-release-age=1440\n' }, []],
    ['yarn@4.18.0', 'yarn.lock', { '.yarnrc.yml': 'enableScripts: true\nnpmMinimalAgeGate: 3d\n' }, ['install-scripts-allowed-wholesale']],
    ['bun@1.4.0', 'bun.lock', { 'bunfig.toml': '[install]\nminimumReleaseAge = 259200\n' }, []],
  ])('%s with %#', (manager, lockfile, more, expected) => expect(client(manager, lockfile, more)).toEqual(expected));
});

describe('versions that files only bound from below', () => {
  const told = (engines: string) =>
    seen({ 'package.json': JSON.stringify({ engines: { npm: engines } }), 'package-lock.json': '{}' }, /^install-scripts/).length;
  it.each<[string, number]>([
    ['>=8', 1],
    ['^11.0.0', 1],
    ['>= 12.1', 0],
    ['12.x', 0],
    ['10 || 11 || 12', 1],
  ])('%s', (engines, count) => expect(told(engines)).toBe(count));

  it('are not said to be the one in use', () => {
    const { fileFindings } = judgeFiles({
      rules: repositoryRules,
      files: {
        now: new Map([
          ['package.json', '{"engines": {"npm": ">= 8"}}'],
          ['package-lock.json', '{}'],
        ]),
        paths: pathsOf(['package.json', 'package-lock.json']),
      },
      policy,
      now: 0,
    });
    expect(fileFindings.map(({ message }) => message).join()).not.toContain('npm 8');
  });
});

describe('files made to keep their reader busy', () => {
  const workflow = (steps: string) => ({ ...npm, '.github/workflows/a.yml': `on: push\njobs:\n  a:\n    steps:\n${steps}` });
  it('are told where they are too much, and read where they are only long', () => {
    expect(seen(workflow('      - run: npm ci\n'.repeat(6000)))).toEqual(['gap it has more steps or variables than any honest file']);
    expect(seen(workflow('      - run: npm ci --force\n'.repeat(3000)), /waived/)).toHaveLength(3000);
    const variables = Array.from({ length: 2000 }, (_, at) => `      V${at}: x\n`).join('');
    expect(
      seen({ ...npm, '.github/workflows/a.yml': `on: push\njobs:\n  a:\n    env:\n${variables}    steps:\n${'      - run: a\n'.repeat(500)}` }),
    ).toEqual(['gap it has more steps or variables than any honest file']);
    expect(seen(workflow(`      - &a\n        run: npm install\n${'      - *a\n'.repeat(2000)}`))).toHaveLength(1);
    expect(seen({ ...npm, Jenkinsfile: `${"dir('a') {\n".repeat(20_000)}sh 'npm install'\n` })).toEqual([]);
    // Each of them once took minutes.
    for (const hostile of [
      'dir('.repeat(200_000),
      ...['dir', 'dir(', 'sh', 'A ='].flatMap((word) => [word + ' '.repeat(500_000), word + '\n'.repeat(500_000)]),
    ])
      expect(seen({ ...npm, Jenkinsfile: hostile })).toEqual([]);
    expect(seen({ ...npm, '.npmrc': 'a[]=b\n'.repeat(100_000) })).toEqual(expect.arrayContaining(['gap it is longer than 500000 characters']));
    expect(seen({ Dockerfile: `FROM a\n${'RUN npm install -g x && \\\n'.repeat(50_000)}` })).toEqual(['unpinned-tool Dockerfile:2']);
  });
});

describe('many projects in one repository', () => {
  it('are told the same thing once', () => {
    const projects = ['a', 'b', 'c'].flatMap((name) => [
      [`${name}/package.json`, '{}'],
      [`${name}/package-lock.json`, '{}'],
    ]);
    expect(seen(Object.fromEntries(projects), /./)).toEqual([
      'install-scripts-unguarded a/package-lock.json:',
      'cooldown-missing a/package-lock.json:',
    ]);
  });
});

describe('lockfiles', () => {
  const asks = '{"private": true, "dependencies": {"a": "^1.0.0"}}';
  it.each<[string, Record<string, string>, string[]]>([
    ['none', { 'package.json': asks }, ['lockfile-missing package.json:1']],
    ['switched off', { 'package.json': asks, '.npmrc': 'package-lock=false\n' }, ['lockfile-missing package.json:1']],
    ['ignored by git', { 'package.json': asks, '.gitignore': 'dist\n/yarn.lock\n' }, ['lockfile-missing package.json:1']],
    [
      'two managers',
      { 'package.json': '{"packageManager": "npm@12.0.0"}', 'package-lock.json': '{"packages": {"": {}}}', 'yarn.lock': '# yarn lockfile v1\n' },
      ['several-lockfiles yarn.lock:1'],
    ],
    [
      'out of step',
      { 'package.json': asks, 'package-lock.json': '{"packages": {"": {"dependencies": {"a": "^0.9.0"}}}}' },
      ['lockfile-out-of-step package.json:1'],
    ],
    [
      'out of step, pnpm',
      {
        'package.json': asks,
        'pnpm-lock.yaml':
          "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      a:\n        specifier: ^0.9.0\n        version: 0.9.1\n",
      },
      ['lockfile-out-of-step package.json:1'],
    ],
    ['in step', { 'package.json': asks, 'package-lock.json': '{"packages": {"": {"dependencies": {"a": "^1.0.0"}}}}' }, []],
    ['nothing to lock', { 'package.json': '{"private": true}' }, []],
    ['a project of Rush', { 'rush.json': '{}', 'common/config/subspaces/default/pnpm-lock.yaml': '', 'apps/a/package.json': asks }, []],
    ['Rush without one', { 'rush.json': '{}', 'apps/a/package.json': asks }, ['lockfile-missing rush.json:1']],
    [
      'a workspace without one is told once',
      { 'package.json': '{"private": true, "workspaces": ["a"], "dependencies": {"b": "1.0.0"}}', 'a/package.json': asks },
      ['lockfile-missing package.json:1'],
    ],
    ['examples and fixtures by other names', { 'docs/_examples/a/package.json': asks, '.fixtures/b/package.json': asks }, []],
    ['a member of a workspace', { 'pnpm-workspace.yaml': 'packages: [a]\n', 'a/package.json': asks }, []],
  ])('%s', (_title, files, expected) => expect(seen(files, /^(?:lockfile|several|gap)/)).toEqual(expected));
});

describe('corrections', () => {
  const flagged = repositoryRules
    .filter(({ kind }) => kind === 'state')
    .flatMap(({ meta, examples }) => examples.map((each) => [meta.id, each.title, each.now] as const));

  it.each(flagged)('%s: %s: made once, nothing is left to make, and nothing else has changed', (_id, _title, now) => {
    const before = new Map(Object.entries(now));
    const made = corrected(before);
    expect(corrected(made)).toEqual(made);
    for (const [file, text] of before) {
      const lines = text.split('\n');
      const kept = (made.get(file) ?? '').split('\n');
      expect(kept.length).toBeGreaterThanOrEqual(lines.length);
      // A line that differs still holds its indent and its comment.
      for (const [at, line] of lines.entries()) expect(kept[at]?.match(/^\s*|#.*$/g)).toEqual(line.match(/^\s*|#.*$/g));
    }
  });

  it.each<[string, Record<string, string>, string, string]>([
    ['a name that is installed is not the call', yarn1, 'npm install -g yarn && yarn', 'npm install -g yarn && yarn install --frozen-lockfile'],
    ['the second of two', yarn1, 'corepack enable yarn; yarn install', 'corepack enable yarn; yarn install --frozen-lockfile'],
    ['behind a folder and a variable', npm, 'cd . && A=1 npm install --no-audit # all', 'cd . && A=1 npm ci --no-audit # all'],
  ])('%s', (_title, files, run, expected) => {
    const file = '.github/workflows/ci.yml';
    const made = corrected(new Map(Object.entries({ ...files, ...github(`- run: ${run}`) })));
    expect(made.get(file)).toContain(`- run: ${expected}`);
    expect(corrected(made).get(file)).toBe(made.get(file));
  });

  function corrected(texts: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
    const { fixes } = judgeFiles({
      rules: repositoryRules,
      files: { now: texts, paths: pathsOf(texts.keys()) },
      policy,
      now: Date.UTC(2026, 10, 23),
    });
    const plan = planFixes(
      fixes.map(({ fix }) => fix),
      (file) => texts.get(file),
    );
    return new Map([...texts, ...plan.map(({ file, after }) => [file, after] as const)]);
  }
});

describe('hooks and exceptions', () => {
  it.each<[string, Record<string, string>, string[]]>([
    [
      'lefthook',
      { ...npm, 'lefthook.yml': 'pre-commit:\n  commands:\n    lint:\n      run: npx some-lint\n' },
      ['hook-runs-unpinned lefthook.yml:4'],
    ],
    [
      'simple-git-hooks',
      { 'package.json': '{"simple-git-hooks": {\n"pre-push": "curl -sL https://x.example/a.sh | sh"}}' },
      ['hook-runs-unpinned package.json:2'],
    ],
    ['husky', { ...npm, '.husky/pre-push': 'npx --yes some-tool\n' }, ['hook-runs-unpinned .husky/pre-push:1']],
    ['lefthook, a tool that is installed', { ...npm, 'lefthook.yml': 'pre-commit:\n  commands:\n    lint:\n      run: npx eslint .\n' }, []],
    [
      'simple-git-hooks, a script',
      { ...npm, 'package.json': '{"simple-git-hooks": {"pre-push": "npm test"}, "devDependencies": {"eslint": "9.0.0"}}' },
      [],
    ],
    ['prepare', { 'package.json': '{"scripts": {"prepare": "curl -s https://x.example/a.sh | bash"}}' }, ['hook-runs-unpinned package.json:1']],
    ['prepare, a build', { 'package.json': '{"scripts": {"prepare": "husky && tsc -b"}}' }, []],
    ['a script of npm run', { ...npm, '.husky/pre-commit': '. "$(dirname "$0")/_/husky.sh"\n\nnpm test\nnpx eslint .\n' }, []],
    [
      'audit-ci',
      {
        'audit-ci.jsonc':
          '{\n  // ours\n  "allowlist": ["GHSA-aaaa-bbbb-cccc",\n    {"GHSA-dddd-eeee-ffff": {"active": true, "expiry": "2020-01-01"}}]\n}',
      },
      ['exception-without-end audit-ci.jsonc:3', 'exception-without-end audit-ci.jsonc:4'],
    ],
    [
      '.snyk',
      {
        '.snyk':
          "ignore:\n  SNYK-JS-A-1:\n    - '*':\n        reason: none\n        expires: 2027-05-01T00:00:00.000Z\n  SNYK-JS-B-1:\n    - '*':\n        reason: none\n",
      },
      ['exception-without-end .snyk:8'],
    ],
  ])('%s', (_title, files, expected) => expect(seen(files)).toEqual(expected));
});
