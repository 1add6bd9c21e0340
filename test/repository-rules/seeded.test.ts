/** Configurations as strangers write them, one weakness each: the rule that is there for it says so, and every file can be read. */
import { expect, it } from '@jest/globals';
import { judgeFiles } from '../../src/judge-files.ts';
import { pathsOf } from '../../src/model/repository-paths.ts';
import { parsePolicy } from '../../src/policy/parse.ts';
import { repositoryRules } from '../../src/repository-rules/index.ts';

const policy = parsePolicy('{"extends": "recommended"}', 'p', repositoryRules);
const rules = repositoryRules.filter(({ kind }) => kind === 'state');

const pj = '{"name":"shop","private":true,"dependencies":{"express":"^4.18.0"}}';
const lock =
  '{"name":"shop","lockfileVersion":3,"packages":{"":{"name":"shop","dependencies":{"express":"^4.18.0"}},"node_modules/express":{"version":"4.18.2","resolved":"https://registry.example/express/-/express-4.18.2.tgz","integrity":"sha512-aa"}}}';
const P = { 'package.json': pj, 'package-lock.json': lock };
const Y = { 'package.json': pj, 'yarn.lock': '# yarn lockfile v1\n\nexpress@^4.18.0:\n  version "4.18.2"\n' };
const PN = { 'package.json': '{"name":"shop","private":true,"packageManager":"pnpm@10.2.0"}', 'pnpm-lock.yaml': "lockfileVersion: '9.0'\n" };
const tok = 'npm_' + 'aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5';
const wf = (s: string) => ({ '.github/workflows/build.yml': s });
type Files = Readonly<Record<string, string>>;
const cases: { readonly name: string; readonly files: Files; readonly expected: readonly string[] }[] = [];
const c = (name: string, files: Files, ...expected: readonly string[]) => cases.push({ name, files, expected });

// secrets
c('npmrc token', { ...P, '.npmrc': `registry=https://npm.corp.example/\n//npm.corp.example/:_authToken=${tok}\n` }, 'literal-credential');
c(
  'npmrc _auth base64',
  { ...P, '.npmrc': '//npm.corp.example/artifactory/api/npm/npm/:_auth=ZGVwbG95OkdlaGVpbTEyMyE=\nemail=ci@corp.example\n' },
  'literal-credential',
);
c(
  'npmrc password+username',
  { ...P, '.npmrc': '//pkgs.corp.example/:username=deploy\n//pkgs.corp.example/:_password=U3VwZXJHZWhlaW0xMjM=\n' },
  'literal-credential',
);
c('sub folder npmrc', { ...P, 'apps/api/.npmrc': `//npm.corp.example/:_authToken=0f8fad5b-d9cb-469f-a165-70867728950e\n` }, 'literal-credential');
c(
  'yarnrc.yml scope token',
  {
    'package.json': pj,
    'yarn.lock': '__metadata:\n  version: 8\n',
    '.yarnrc.yml': 'npmScopes:\n  acme:\n    npmRegistryServer: "https://npm.corp.example"\n    npmAuthToken: "glpat-abcDEF1234567890wxyz"\n',
  },
  'literal-credential',
);
c(
  'yarnrc.yml ident',
  {
    'package.json': pj,
    'yarn.lock': '__metadata:\n  version: 8\n',
    '.yarnrc.yml': 'npmRegistries:\n  "//npm.corp.example":\n    npmAlwaysAuth: true\n    npmAuthIdent: "deploy:hunter2hunter2"\n',
  },
  'literal-credential',
);
c('yarnrc classic', { ...Y, '.yarnrc': `registry "https://npm.corp.example/"\n"//npm.corp.example/:_authToken" "${tok}"\n` }, 'literal-credential');
c(
  'bunfig token',
  {
    'package.json': pj,
    'bun.lock': '{"lockfileVersion":1}',
    'bunfig.toml': '[install.scopes]\nacme = { token = "s3cr3tTokenValue99", url = "https://npm.corp.example/" }\n',
  },
  'literal-credential',
);
c(
  'bunfig url creds',
  { 'package.json': pj, 'bun.lock': '{"lockfileVersion":1}', 'bunfig.toml': '[install]\nregistry = "https://deploy:Gehe1mnis@npm.corp.example/"\n' },
  'literal-credential',
);
c(
  'lock url creds',
  { 'package.json': pj, 'package-lock.json': lock.replace('https://registry.example', 'https://ci:Gehe1mnis42@registry.example') },
  'literal-credential',
);
c(
  'yarn.lock url creds',
  {
    'package.json': pj,
    'yarn.lock':
      '# yarn lockfile v1\n\n"@acme/a@^1.0.0":\n  version "1.0.0"\n  resolved "https://ci:Gehe1mnis42@npm.corp.example/@acme/a/-/a-1.0.0.tgz#aaa"\n',
  },
  'literal-credential',
);
c(
  'publishConfig token',
  {
    ...P,
    'package.json': `{"name":"shop","private":true,"dependencies":{"express":"^4.18.0"},"publishConfig":{"registry":"https://npm.corp.example/","//npm.corp.example/:_authToken":"${tok}"}}`,
  },
  'literal-credential',
);
c(
  'token in script of package.json',
  {
    ...P,
    'package.json': `{"name":"shop","private":true,"dependencies":{"express":"^4.18.0"},"scripts":{"release":"npm config set //npm.corp.example/:_authToken ${tok} && npm publish"}}`,
  },
  'literal-credential',
);
c(
  'token in git dependency',
  {
    ...P,
    'package.json': `{"name":"shop","private":true,"dependencies":{"lib":"git+https://x-access-token:ghp_aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5@github.com/acme/lib.git"}}`,
  },
  'literal-credential',
);
c(
  'token literal in workflow env',
  {
    ...P,
    ...wf(
      `on: push\njobs:\n  b:\n    runs-on: ubuntu-latest\n    env:\n      NPM_TOKEN: ${tok}\n    steps:\n      - uses: actions/checkout@v4\n      - run: npm ci\n`,
    ),
  },
  'literal-credential',
);
c(
  'token literal in gitlab script',
  { ...P, '.gitlab-ci.yml': `build:\n  image: node:20\n  script:\n    - echo "//npm.corp.example/:_authToken=${tok}" > .npmrc\n    - npm ci\n` },
  'literal-credential',
);
c(
  'token literal in Dockerfile',
  { ...P, Dockerfile: `FROM node:20\nWORKDIR /app\nCOPY package*.json ./\nRUN npm config set //npm.corp.example/:_authToken=${tok} && npm ci\n` },
  'literal-credential',
  'token-in-image-layer',
);
c('pnpm auth in pnpm-workspace', { ...PN, '.npmrc': '//npm.corp.example/:tokenHelper=/usr/local/bin/get-token\n' }, 'token-helper-in-project');
// transport
c('http registry', { ...P, '.npmrc': 'registry=http://npm.corp.example/\n' }, 'registry-over-http');
c(
  'http scope yarnrc',
  {
    'package.json': pj,
    'yarn.lock': '__metadata:\n',
    '.yarnrc.yml': 'unsafeHttpWhitelist:\n  - npm.corp.example\nnpmScopes:\n  acme:\n    npmRegistryServer: "http://npm.corp.example"\n',
  },
  'registry-over-http',
);
c(
  'http --registry in ci',
  { ...P, '.gitlab-ci.yml': 'install:\n  script:\n    - npm ci --registry http://npm.corp.example:8081/repository/npm/\n' },
  'registry-over-http',
);
c(
  'http config set in docker',
  { ...P, Dockerfile: 'FROM node:20\nWORKDIR /app\nRUN npm config set registry http://npm.corp.example\nCOPY package*.json ./\nRUN npm ci\n' },
  'registry-over-http',
);
c(
  'http env docker',
  { ...P, Dockerfile: 'FROM node:20\nWORKDIR /app\nENV NPM_CONFIG_REGISTRY=http://npm.corp.example\nCOPY package*.json ./\nRUN npm ci\n' },
  'registry-over-http',
);
c(
  'http env job level GH',
  {
    ...P,
    ...wf(
      'on: push\nenv:\n  NPM_CONFIG_REGISTRY: http://npm.corp.example\njobs:\n  b:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: npm ci\n',
    ),
  },
  'registry-over-http',
);
c(
  'setup-node http registry-url',
  {
    ...P,
    ...wf(
      'on: push\njobs:\n  b:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - uses: actions/setup-node@v4\n        with:\n          node-version: 20\n          registry-url: http://npm.corp.example\n      - run: npm ci\n',
    ),
  },
  'registry-over-http',
);
c('strict-ssl npmrc', { ...P, '.npmrc': 'strict-ssl = false\n' }, 'tls-verification-off');
c(
  'strict-ssl cmd GH',
  {
    ...P,
    ...wf(
      'on: push\njobs:\n  b:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: |\n          npm config set strict-ssl false\n          npm ci\n',
    ),
  },
  'tls-verification-off',
);
c('strict-ssl flag', { ...P, 'azure-pipelines.yml': 'steps:\n- script: npm ci --strict-ssl=false\n' }, 'tls-verification-off');
c('yarn enableStrictSsl', { 'package.json': pj, 'yarn.lock': '__metadata:\n', '.yarnrc.yml': 'enableStrictSsl: false\n' }, 'tls-verification-off');
c(
  'NODE_TLS in azure variables',
  { ...P, 'azure-pipelines.yml': "variables:\n  NODE_TLS_REJECT_UNAUTHORIZED: '0'\nsteps:\n- script: npm ci\n" },
  'tls-verification-off',
);
c(
  'NODE_TLS in script export',
  {
    ...P,
    '.circleci/config.yml':
      'version: 2.1\njobs:\n  build:\n    docker:\n      - image: cimg/node:20.10\n    steps:\n      - checkout\n      - run: export NODE_TLS_REJECT_UNAUTHORIZED=0 && npm ci\n',
  },
  'tls-verification-off',
);
c(
  'NODE_TLS in Dockerfile',
  { ...P, Dockerfile: 'FROM node:20\nENV NODE_TLS_REJECT_UNAUTHORIZED 0\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci\n' },
  'tls-verification-off',
);
c(
  'NODE_TLS in package script',
  {
    ...P,
    'package.json':
      '{"name":"shop","private":true,"dependencies":{"express":"^4.18.0"},"scripts":{"preinstall":"NODE_TLS_REJECT_UNAUTHORIZED=0 node get.js"}}',
  },
  'tls-verification-off',
);
c(
  'NODE_TLS jenkins env',
  {
    ...P,
    Jenkinsfile:
      "pipeline {\n  agent any\n  environment {\n    NODE_TLS_REJECT_UNAUTHORIZED = '0'\n  }\n  stages {\n    stage('x') { steps { sh 'npm ci' } }\n  }\n}\n",
  },
  'tls-verification-off',
);
c(
  'NPM_CONFIG_STRICT_SSL gh',
  {
    ...P,
    ...wf(
      "on: push\njobs:\n  b:\n    runs-on: ubuntu-latest\n    env:\n      NPM_CONFIG_STRICT_SSL: 'false'\n    steps:\n      - uses: actions/checkout@v4\n      - run: npm ci\n",
    ),
  },
  'tls-verification-off',
);
// install commands
c('npx unpinned GL', { ...P, '.gitlab-ci.yml': 'lint:\n  script:\n    - npx --yes eslint-plugin-thing-runner .\n' }, 'unpinned-tool');
c('npx in before_script default', { ...P, '.gitlab-ci.yml': 'default:\n  before_script:\n    - npx semantic-release\n' }, 'unpinned-tool');
c(
  'npm exec unpinned',
  {
    ...P,
    ...wf(
      'on: push\njobs:\n  b:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: npm exec --yes -- lighthouse-ci autorun\n',
    ),
  },
  'unpinned-tool',
);
c(
  'global latest circle orb step',
  {
    ...P,
    '.circleci/config.yml':
      'version: 2.1\norbs:\n  node: circleci/node@5.1\njobs:\n  build:\n    docker:\n      - image: cimg/node:20.10\n    steps:\n      - checkout\n      - run:\n          name: tools\n          command: |\n            sudo npm install -g vercel@latest netlify-cli\n',
  },
  'unpinned-tool',
);
c(
  'circle orb install-packages npm install',
  {
    ...P,
    '.circleci/config.yml':
      'version: 2.1\norbs:\n  node: circleci/node@5.1\njobs:\n  build:\n    docker:\n      - image: cimg/node:20.10\n    steps:\n      - checkout\n      - node/install-packages:\n          override-ci-command: npm install\n      - run: npm test\n',
  },
  'unfrozen-install',
);
c(
  'circle when steps',
  {
    ...P,
    '.circleci/config.yml':
      'version: 2.1\njobs:\n  build:\n    docker:\n      - image: cimg/node:20.10\n    steps:\n      - checkout\n      - when:\n          condition: true\n          steps:\n            - run: npm install\n',
  },
  'unfrozen-install',
);
c(
  'azure template npm install',
  {
    ...P,
    'build/azure-pipelines/templates/steps.yml':
      "parameters:\n- name: dir\n  default: '.'\nsteps:\n- ${{ if eq(parameters.dir, '.') }}:\n  - script: npm install\n    displayName: Install\n",
  },
  'unfrozen-install',
);
c(
  'azure Npm@1 task',
  { ...P, 'azure-pipelines.yml': "pool:\n  vmImage: ubuntu-latest\nsteps:\n- task: Npm@1\n  inputs:\n    command: 'install'\n" },
  'unfrozen-install',
);
c(
  'azure .ci folder template',
  {
    ...P,
    'azure-pipelines.yml': 'extends:\n  template: ci/build-steps.yml\n',
    'ci/build-steps.yml': 'steps:\n- bash: |\n    npm install\n    npm run build\n',
  },
  'unfrozen-install',
);
c(
  'gitlab included',
  { ...P, '.gitlab-ci.yml': 'include:\n  - local: ci/build.yml\n', 'ci/build.yml': 'build:\n  script:\n    - npm install\n' },
  'unfrozen-install',
);
c(
  'jenkins sh multi',
  {
    ...P,
    Jenkinsfile:
      "node {\n  stage('Build') {\n    checkout scm\n    sh '''\n      node --version\n      npm install\n      npm test\n    '''\n  }\n}\n",
  },
  'unfrozen-install',
);
c(
  'jenkins sh label script',
  {
    ...P,
    Jenkinsfile:
      "pipeline {\n agent any\n stages {\n  stage('b') {\n   steps {\n    sh label: 'install', script: 'npm install --no-audit'\n    bat(script: 'npm i', returnStatus: true)\n   }\n  }\n }\n}\n",
  },
  'unfrozen-install',
);
c(
  'jenkins GString in withCredentials set -x',
  {
    ...P,
    Jenkinsfile:
      'node {\n  withCredentials([string(credentialsId: \'npm-token\', variable: \'NPM_TOKEN\')]) {\n    sh """\n      set -x\n      echo //registry.example/:_authToken=${NPM_TOKEN} > ~/.npmrc\n      npm publish\n    """\n  }\n}\n',
  },
  'token-printed',
);
c(
  'jenkins nodejs wrapper',
  {
    ...P,
    Jenkinsfile:
      "pipeline {\n  agent { docker { image 'node:20' } }\n  stages {\n    stage('Install') {\n      steps {\n        nodejs(nodeJSInstallationName: 'Node 20') {\n          sh \"npm install\"\n        }\n      }\n    }\n  }\n}\n",
  },
  'unfrozen-install',
);
c(
  'jenkins dir()',
  { 'web/package.json': pj, 'web/package-lock.json': lock, Jenkinsfile: "node {\n  dir('web') {\n    sh 'npm install'\n  }\n}\n" },
  'unfrozen-install',
);
c(
  'pnpm no-frozen',
  {
    ...PN,
    ...wf(
      'on: push\njobs:\n  b:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: pnpm i --no-frozen-lockfile\n',
    ),
  },
  'unfrozen-install',
);
c(
  'pnpm frozen-lockfile=false',
  {
    ...PN,
    ...wf(
      'on: push\njobs:\n  b:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: pnpm install --frozen-lockfile=false\n',
    ),
  },
  'unfrozen-install',
);
c(
  'pnpm action run_install',
  {
    ...PN,
    ...wf(
      'on: push\njobs:\n  b:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - uses: pnpm/action-setup@v4\n        with:\n          run_install: |\n            args: [--no-frozen-lockfile]\n',
    ),
  },
  'unfrozen-install',
);
c(
  'yarn add in CI? bahmutov npm-install',
  {
    ...P,
    ...wf(
      'on: push\njobs:\n  b:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - uses: bahmutov/npm-install@v1\n        with:\n          useLockFile: false\n',
    ),
  },
  'unfrozen-install',
);
c(
  'rm lockfile and install',
  {
    ...P,
    ...wf(
      'on: push\njobs:\n  b:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: rm -rf node_modules package-lock.json && npm install\n',
    ),
  },
  'unfrozen-install',
);
c(
  'cd $GITHUB_WORKSPACE',
  {
    ...P,
    ...wf(
      'on: push\njobs:\n  b:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: cd $GITHUB_WORKSPACE && npm install\n',
    ),
  },
  'unfrozen-install',
);
c(
  'npm --prefix',
  {
    'web/package.json': pj,
    'web/package-lock.json': lock,
    ...wf(
      'on: push\njobs:\n  b:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: npm --prefix web install\n',
    ),
  },
  'unfrozen-install',
);
c(
  'matrix working dir',
  {
    'web/package.json': pj,
    'web/package-lock.json': lock,
    ...wf(
      'on: push\njobs:\n  b:\n    strategy:\n      matrix:\n        dir: [web]\n    runs-on: ubuntu-latest\n    defaults:\n      run:\n        working-directory: ${{ matrix.dir }}\n    steps:\n      - uses: actions/checkout@v4\n      - run: npm install\n',
    ),
  },
  'unfrozen-install',
);
c(
  'bash -c',
  {
    ...P,
    ...wf(
      "on: push\njobs:\n  b:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: docker run --rm -v $PWD:/app -w /app node:20 sh -c 'npm install && npm test'\n",
    ),
  },
  'unfrozen-install',
);
c(
  'script file ci/install.sh',
  {
    ...P,
    ...wf('on: push\njobs:\n  b:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: ./ci/install.sh\n'),
    'ci/install.sh': '#!/bin/bash\nset -e\nnpm install\n',
  },
  'unfrozen-install',
);
c(
  'powershell',
  {
    ...P,
    ...wf(
      "on: push\njobs:\n  b:\n    runs-on: windows-latest\n    steps:\n      - uses: actions/checkout@v4\n      - shell: pwsh\n        run: |\n          $env:CI = 'x'\n          npm install; if ($LASTEXITCODE -ne 0) { exit 1 }\n",
    ),
  },
  'unfrozen-install',
);
// tokens
c(
  'debug trace + npmrc echo',
  {
    ...P,
    ...wf(
      'on: push\njobs:\n  b:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: |\n          set -ex\n          echo "//registry.example/:_authToken=${NPM_TOKEN}" >> ~/.npmrc\n        env:\n          NPM_TOKEN: ${{ secrets.NPM_TOKEN }}\n',
    ),
  },
  'token-printed',
);
c(
  'cat npmrc',
  { ...P, '.gitlab-ci.yml': 'publish:\n  script:\n    - echo "//r.example/:_authToken=$NPM_TOKEN" > .npmrc\n    - cat .npmrc\n    - npm publish\n' },
  'token-printed',
);
c(
  'echo token',
  {
    ...P,
    '.circleci/config.yml':
      'version: 2.1\njobs:\n  build:\n    docker:\n      - image: cimg/node:20.10\n    steps:\n      - run: echo "token is $NPM_TOKEN"\n',
  },
  'token-printed',
);
c(
  'printenv',
  {
    ...P,
    ...wf(
      'on: push\njobs:\n  b:\n    runs-on: ubuntu-latest\n    env:\n      NODE_AUTH_TOKEN: ${{ secrets.NPM_TOKEN }}\n    steps:\n      - uses: actions/checkout@v4\n      - run: env | sort\n',
    ),
  },
  'token-printed',
);
c(
  'npm config ls -l',
  {
    ...P,
    ...wf(
      'on: push\njobs:\n  b:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: npm config ls -l --json\n        env:\n          NODE_AUTH_TOKEN: ${{ secrets.NPM_TOKEN }}\n',
    ),
  },
  'token-printed',
);
c(
  'bash -x',
  {
    ...P,
    ...wf(
      'on: push\njobs:\n  b:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - shell: bash -x {0}\n        run: npm config set //r.example/:_authToken $NPM_TOKEN\n        env:\n          NPM_TOKEN: ${{ secrets.NPM_TOKEN }}\n',
    ),
  },
  'token-printed',
);
c(
  'upload-artifact npmrc',
  {
    ...P,
    ...wf(
      'on: push\njobs:\n  b:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: echo "//r.example/:_authToken=${{ secrets.NPM_TOKEN }}" > .npmrc\n      - uses: actions/upload-artifact@v4\n        with:\n          name: all\n          path: .npmrc\n',
    ),
  },
  'token-printed',
);
c(
  'job env token with npm ci',
  {
    ...P,
    ...wf(
      'on: push\njobs:\n  b:\n    runs-on: ubuntu-latest\n    env:\n      NPM_TOKEN: ${{ secrets.NPM_TOKEN }}\n    steps:\n      - uses: actions/checkout@v4\n      - run: npm ci\n      - run: npm publish\n',
    ),
  },
  'token-beside-install',
);
c(
  'prt head checkout install',
  {
    ...P,
    ...wf(
      'on:\n  pull_request_target:\n    types: [opened, synchronize]\njobs:\n  b:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n        with:\n          ref: ${{ github.event.pull_request.head.sha }}\n      - run: npm ci && npm test\n        env:\n          NPM_TOKEN: ${{ secrets.NPM_TOKEN }}\n',
    ),
  },
  'token-in-reach-of-forks',
);
c(
  'prt head checkout install, no token named',
  {
    ...P,
    ...wf(
      'on: [pull_request_target]\njobs:\n  b:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n        with:\n          ref: refs/pull/${{ github.event.number }}/merge\n      - run: npm install\n      - run: npm run build\n',
    ),
  },
  'token-in-reach-of-forks',
);
c(
  'prt via git commands',
  {
    ...P,
    ...wf(
      'on: pull_request_target\njobs:\n  b:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: |\n          git fetch origin pull/${{ github.event.pull_request.number }}/head:pr\n          git checkout pr\n          yarn install\n        env:\n          NODE_AUTH_TOKEN: ${{ secrets.NPM_TOKEN }}\n',
    ),
  },
  'token-in-reach-of-forks',
);
c(
  'issue_comment gh pr checkout',
  {
    ...P,
    ...wf(
      'on: issue_comment\njobs:\n  b:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: gh pr checkout ${{ github.event.issue.number }}\n      - run: npm ci\n        env:\n          NPM_TOKEN: ${{ secrets.NPM_TOKEN }}\n',
    ),
  },
  'token-in-reach-of-forks',
);
c(
  'long lived publish',
  {
    ...P,
    ...wf(
      "on:\n  release:\n    types: [published]\njobs:\n  p:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - uses: actions/setup-node@v4\n        with:\n          registry-url: 'https://registry.example'\n      - run: npm ci --ignore-scripts\n      - run: npm publish --access public\n        env:\n          NODE_AUTH_TOKEN: ${{ secrets.NPM_TOKEN }}\n",
    ),
  },
  'long-lived-publish-token',
);
c(
  'long lived via action',
  {
    ...P,
    ...wf(
      'on: push\njobs:\n  p:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - uses: JS-DevTools/npm-publish@v3\n        with:\n          token: ${{ secrets.NPM_TOKEN }}\n',
    ),
  },
  'long-lived-publish-token',
);
c(
  'long lived GitLab',
  { ...P, '.gitlab-ci.yml': 'publish:\n  script:\n    - npm config set //registry.example/:_authToken ${NPM_TOKEN}\n    - npm publish\n' },
  'long-lived-publish-token',
);
// cache
c(
  'cache with prt',
  {
    ...P,
    ...wf(
      "on: [push, pull_request_target]\njobs:\n  b:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n        with:\n          ref: ${{ github.event.pull_request.head.ref }}\n      - uses: actions/cache@v4\n        with:\n          path: ~/.npm\n          key: npm-${{ hashFiles('**/package-lock.json') }}\n      - run: npm ci\n",
    ),
  },
  'cache-shared-with-untrusted',
  'token-in-reach-of-forks',
);
c(
  'release restores cache',
  {
    ...P,
    ...wf(
      "on: [push, pull_request]\njobs:\n  b:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - uses: actions/setup-node@v4\n        with:\n          node-version: 20\n          cache: npm\n      - run: npm ci\n      - run: npm publish\n        if: github.ref == 'refs/heads/main'\n        env:\n          NODE_AUTH_TOKEN: ${{ secrets.NPM_TOKEN }}\n",
    ),
  },
  'cache-shared-with-untrusted',
  'long-lived-publish-token',
);
c(
  'release workflow caches node_modules',
  {
    ...P,
    ...wf(
      "on:\n  push:\n    tags: ['v*']\njobs:\n  p:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - uses: actions/cache@v4\n        with:\n          path: node_modules\n          key: deps\n      - run: npm ci --ignore-scripts\n      - run: npm publish\n        env:\n          NODE_AUTH_TOKEN: ${{ secrets.NPM_TOKEN }}\n",
    ),
  },
  'cache-shared-with-untrusted',
);
c(
  'gitlab cache key shared',
  {
    ...P,
    '.gitlab-ci.yml':
      'cache:\n  key: deps\n  unprotect: true\n  paths:\n    - node_modules/\nbuild:\n  script:\n    - npm ci\npublish:\n  script:\n    - npm publish\n',
  },
  'cache-shared-with-untrusted',
);
// docker
c(
  'ARG token',
  {
    ...P,
    Dockerfile:
      'FROM node:20 AS build\nARG NPM_TOKEN\nCOPY .npmrc package.json package-lock.json ./\nRUN npm ci && rm -f .npmrc\nFROM node:20-slim\nCOPY --from=build /node_modules ./node_modules\n',
  },
  'token-in-image-layer',
  'npmrc-in-image',
);
c(
  'ENV token',
  { ...P, 'docker/Dockerfile.prod': 'FROM node:20\nENV NPM_AUTH_TOKEN=${NPM_AUTH_TOKEN}\nCOPY . .\nRUN npm ci\n' },
  'token-in-image-layer',
);
c(
  'RUN printf',
  {
    ...P,
    Dockerfile:
      'FROM node:20\nARG T\nRUN printf "//registry.example/:_authToken=%s" "$T" > /root/.npmrc\nCOPY package*.json ./\nRUN npm ci\nRUN rm /root/.npmrc\n',
  },
  'token-in-image-layer',
);
c(
  'RUN secret mount but persisted',
  {
    ...P,
    Dockerfile:
      'FROM node:20\nCOPY package*.json ./\nRUN --mount=type=secret,id=npm_token npm config set //registry.example/:_authToken=$(cat /run/secrets/npm_token) && npm ci\n',
  },
  'token-in-image-layer',
);
c(
  'heredoc npmrc',
  { ...P, Dockerfile: 'FROM node:20\nARG T\nRUN <<EOF\necho "//registry.example/:_authToken=$T" > .npmrc\nnpm ci\nrm .npmrc\nEOF\n' },
  'token-in-image-layer',
);
c(
  'COPY npmrc to root',
  { ...P, Dockerfile: 'FROM node:20\nCOPY .npmrc /root/.npmrc\nCOPY package*.json ./\nRUN npm ci\nRUN rm -f /root/.npmrc\n' },
  'npmrc-in-image',
);
c(
  'multi stage COPY --from npmrc',
  {
    ...P,
    Dockerfile:
      'FROM node:20 AS deps\nARG NPM_TOKEN\nRUN echo "//r.example/:_authToken=$NPM_TOKEN" > /app/.npmrc\nFROM node:20\nCOPY --from=deps /app/.npmrc /app/.npmrc\n',
  },
  'token-in-image-layer',
  'npmrc-in-image',
);
c(
  'docker npm install without lock',
  { ...P, Dockerfile: 'FROM node:20\nWORKDIR /srv\nCOPY package.json .\nRUN npm install --omit=dev\nCOPY . .\nCMD ["node","."]\n' },
  'image-without-lockfile',
);
c(
  'docker npm install with lock',
  { ...P, Dockerfile: 'FROM node:20\nWORKDIR /srv\nCOPY package.json package-lock.json ./\nRUN npm install --production\n' },
  'unfrozen-install',
);
c('docker no ignore', { ...P, Dockerfile: 'FROM node:20\nWORKDIR /srv\nADD . /srv\nRUN npm ci\n' }, 'dockerignore-incomplete');
c(
  'compose build args token',
  {
    ...P,
    'docker-compose.yml': 'services:\n  web:\n    build:\n      context: .\n      args:\n        NPM_TOKEN: ${NPM_TOKEN}\n',
    Dockerfile: 'FROM node:20\nARG NPM_TOKEN\nRUN npm ci\n',
  },
  'token-in-image-layer',
);
c('docker npx/curl', { ...P, Dockerfile: 'FROM node:20\nRUN npm i -g pm2\nCOPY package*.json ./\nRUN npm ci\n' }, 'unpinned-tool');
c(
  'build-push-action build-args',
  {
    ...P,
    ...wf(
      'on: push\njobs:\n  b:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: docker/build-push-action@v5\n        with:\n          context: .\n          build-args: |\n            NPM_TOKEN=${{ secrets.NPM_TOKEN }}\n',
    ),
  },
  'token-in-image-layer',
);
c('Containerfile ENV', { ...P, Containerfile: 'FROM node:20\nENV NPM_CONFIG__AUTH=abcdEFGH1234\nCOPY . .\n' }, 'token-in-image-layer');
// lockfile
c('lock ignored', { 'package.json': pj, '.gitignore': 'node_modules/\n*.log\npackage-lock.json\n' }, 'lockfile-missing');
c('lock ignored glob', { 'package.json': pj, '.gitignore': 'node_modules/\n*-lock.json\n*.lock\n' }, 'lockfile-missing');
c('package-lock=false', { 'package.json': pj, '.npmrc': 'package-lock=false\n' }, 'lockfile-missing');
c('two managers', { ...P, 'yarn.lock': '# yarn lockfile v1\n\nexpress@^4.18.0:\n  version "4.18.2"\n' }, 'several-lockfiles');
c(
  'out of step yarn',
  {
    'package.json': '{"private":true,"dependencies":{"express":"^5.0.0"}}',
    'yarn.lock': '# yarn lockfile v1\n\nexpress@^4.18.0:\n  version "4.18.2"\n',
  },
  'lockfile-out-of-step',
);
c(
  'out of step npm removed',
  { 'package.json': '{"private":true,"dependencies":{"express":"^4.18.0","lodash":"^4.17.0"}}', 'package-lock.json': lock },
  'lockfile-out-of-step',
);
c(
  'out of step bun',
  {
    'package.json': '{"private":true,"dependencies":{"express":"^5.0.0"}}',
    'bun.lock':
      '{\n  "lockfileVersion": 1,\n  "workspaces": {\n    "": {\n      "name": "x",\n      "dependencies": {\n        "express": "^4.18.0",\n      },\n    },\n  },\n  "packages": {\n    "express": ["express@4.18.2", "", {}, "sha512-aa"],\n  }\n}\n',
  },
  'lockfile-out-of-step',
);
// install policy
c(
  'allow all scripts npm12',
  {
    ...P,
    '.npmrc': 'dangerously-allow-all-scripts=true\n',
    'package.json': '{"private":true,"packageManager":"npm@12.0.0","dependencies":{"express":"^4.18.0"}}',
  },
  'install-scripts-allowed-wholesale',
);
c(
  'pnpm dangerouslyAllowAllBuilds',
  { ...PN, 'pnpm-workspace.yaml': 'packages:\n  - apps/*\ndangerouslyAllowAllBuilds: true\n' },
  'install-scripts-allowed-wholesale',
);
c('pnpm onlyBuilt star', { ...PN, 'pnpm-workspace.yaml': "onlyBuiltDependencies:\n  - '*'\n" }, 'install-scripts-allowed-wholesale');
c(
  'allow-git all',
  { ...P, '.npmrc': 'allow-git=all\n', 'package.json': '{"private":true,"packageManager":"npm@12.0.0","dependencies":{"express":"^4.18.0"}}' },
  'remote-sources-open',
);
c('git dep branch', { ...P, 'package.json': '{"private":true,"dependencies":{"lib":"acme/lib#main"}}' }, 'dependency-outside-registry');
c(
  'http tarball dep',
  { ...P, 'package.json': '{"private":true,"dependencies":{"lib":"https://files.corp.example/lib-1.0.0.tgz"}}' },
  'dependency-outside-registry',
);
c('cooldown 0', { ...PN, 'pnpm-workspace.yaml': 'minimumReleaseAge: 0\n' }, 'cooldown-missing');
c(
  'dependabot cooldown',
  { ...P, '.github/dependabot.yml': 'version: 2\nupdates:\n  - package-ecosystem: npm\n    directory: /\n    schedule:\n      interval: daily\n' },
  'cooldown-missing',
);
c(
  'renovate 0 days',
  {
    ...P,
    'renovate.json': '{"extends":["config:recommended"],"minimumReleaseAge":"0 days","packageRules":[{"matchManagers":["npm"],"automerge":true}]}',
  },
  'cooldown-missing',
);
c(
  'own scope without registry',
  {
    'package.json': `{"name":"@acme/shop","private":true,"dependencies":{"@acme/ui":"^1.0.0","b":"1","c":"1"}}`,
    'package-lock.json': `{"packages":{"":{"name":"@acme/shop","dependencies":{"@acme/ui":"^1.0.0","b":"1","c":"1"}},"node_modules/@acme/ui":{"version":"1.0.0","resolved":"https://npm.corp.example/@acme/ui/-/ui-1.0.0.tgz"},"node_modules/b":{"resolved":"https://r.example/b/-/b-1.0.0.tgz"},"node_modules/c":{"resolved":"https://r.example/c/-/c-1.0.0.tgz"}}}`,
  },
  'scope-without-registry',
);
c(
  'registry differs in CI',
  {
    ...P,
    '.npmrc': 'registry=https://npm.corp.example/\n',
    ...wf(
      'on: push\njobs:\n  b:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: npm ci --registry=https://registry.npmmirror.example/\n',
    ),
  },
  'registry-differs-in-ci',
);
// hooks
c('husky curl|sh', { ...P, '.husky/post-checkout': '#!/bin/sh\ncurl -fsSL https://get.corp.example/setup.sh | bash\n' }, 'hook-runs-unpinned');
c('husky npx', { ...P, '.husky/pre-commit': 'npx some-random-linter --fix\n' }, 'hook-runs-unpinned');
c(
  'lefthook remote / npx',
  { ...P, 'lefthook.yml': 'pre-commit:\n  commands:\n    fmt:\n      run: npx -y prettier-quick-thing {staged_files}\n' },
  'hook-runs-unpinned',
);
c('lefthook jobs', { ...P, 'lefthook.yml': 'pre-push:\n  jobs:\n    - name: x\n      run: pnpm dlx audit-it\n' }, 'hook-runs-unpinned');
c(
  'simple-git-hooks',
  {
    ...P,
    'package.json': '{"private":true,"dependencies":{"express":"^4.18.0"},"simple-git-hooks":{"pre-commit":"wget -qO- https://x.example/i.sh | sh"}}',
  },
  'hook-runs-unpinned',
);
c(
  'prepare download',
  {
    ...P,
    'package.json':
      '{"private":true,"dependencies":{"express":"^4.18.0"},"scripts":{"prepare":"curl -sL https://x.example/tool -o .bin/tool && chmod +x .bin/tool && .bin/tool"}}',
  },
  'hook-runs-unpinned',
);
c(
  'prepare node -e https',
  {
    ...P,
    'package.json':
      '{"private":true,"dependencies":{"express":"^4.18.0"},"scripts":{"postinstall":"node -e \\"require(\'https\').get(\'https://x.example/a.js\',r=>{let d=\'\';r.on(\'data\',c=>d+=c).on(\'end\',()=>eval(d))})\\""}}',
  },
  'hook-runs-unpinned',
);
c(
  'pre-commit config',
  {
    ...P,
    '.pre-commit-config.yaml':
      'repos:\n  - repo: local\n    hooks:\n      - id: x\n        name: x\n        entry: npx some-random-linter\n        language: system\n',
  },
  'hook-runs-unpinned',
);
c(
  'husky v4 in package',
  {
    ...P,
    'package.json':
      '{"private":true,"dependencies":{"express":"^4.18.0"},"devDependencies":{"husky":"^4.3.0"},"husky":{"hooks":{"pre-commit":"npx some-random-linter"}}}',
  },
  'hook-runs-unpinned',
  'hooks-by-dependency',
);
c(
  'lint-staged npx',
  { ...P, 'package.json': '{"private":true,"dependencies":{"express":"^4.18.0"},"lint-staged":{"*.js":"npx some-random-linter --fix"}}' },
  'hook-runs-unpinned',
);
// waivers
c('nsprc without expiry', { ...P, '.nsprc': '{"1096727":{"active":true,"notes":"later"}}' }, 'exception-without-end');
c(
  'snyk expired',
  {
    ...P,
    '.snyk': "version: v1.25.0\nignore:\n  SNYK-JS-LODASH-567746:\n    - '*':\n        reason: none\n        expires: 2024-01-01T00:00:00.000Z\n",
  },
  'exception-without-end',
);
c(
  'audit-ci allow',
  { ...P, 'audit-ci.jsonc': '{\n  // todo\n  "moderate": true,\n  "allowlist": ["GHSA-aaaa-bbbb-cccc"]\n}\n' },
  'exception-without-end',
);
c('osv-scanner', { ...P, 'osv-scanner.toml': '[[IgnoredVulns]]\nid = "GHSA-aaaa-bbbb-cccc"\nreason = "n/a"\n' }, 'exception-without-end');
c('pnpm auditConfig', { ...PN, 'pnpm-workspace.yaml': 'auditConfig:\n  ignoreCves:\n    - CVE-2022-36313\n' }, 'exception-without-end');
c(
  'yarn npmAuditIgnoreAdvisories',
  { 'package.json': pj, 'yarn.lock': '__metadata:\n', '.yarnrc.yml': 'npmAuditIgnoreAdvisories:\n  - "1096727"\n' },
  'exception-without-end',
);
c('dependency-review allow', { ...P, '.trivyignore': 'CVE-2022-36313\n' }, 'exception-without-end');
c(
  'audit gate waived',
  { ...P, ...wf('on: push\njobs:\n  b:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: npm ci --force\n') },
  'install-checks-waived',
);
c(
  'token without end',
  {
    ...P,
    ...wf(
      'on: push\njobs:\n  b:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: npm token create --read-only\n',
    ),
  },
  'token-without-end',
);

it.each(cases.map((each) => [each.name, each] as const))('%s', (_name, { files, expected }) => {
  const judged = judgeFiles({
    rules,
    files: { now: new Map(Object.entries(files)), paths: pathsOf(Object.keys(files)) },
    policy,
    now: Date.UTC(2026, 10, 23),
  });
  const found = judged.fileFindings.map(({ ruleId }) => ruleId);
  expect(judged.fileGaps).toEqual([]);
  expect(expected.some((ruleId) => found.includes(ruleId)) || found).toBe(true);
});
