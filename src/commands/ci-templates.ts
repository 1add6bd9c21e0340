/**
 * What `depward init` writes for CI. depward is installed outside the checkout: there, the project's own .npmrc, which a pull
 * request may change, does not decide where the guard itself comes from.
 */

/** A workflow for pull requests; needs no more than a read-only token, so that it works for forks. */
export function githubWorkflow(version: string): string {
  return `# What a pull request changes in the lockfile is judged before anything is installed.
name: depward
on: pull_request
permissions:
  contents: read
jobs:
  depward:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0
        with:
          fetch-depth: 2 # the merge commit and its parents
          persist-credentials: false
      - name: Install depward outside the checkout
        working-directory: \${{ runner.temp }}
        run: npm install --prefix depward --ignore-scripts --no-audit --no-fund depward@${version}
      - name: Judge the change
        run: |
          node "$RUNNER_TEMP/depward/node_modules/depward/dist/cli.js" gate --format github --format "markdown=$RUNNER_TEMP/depward.md"
      - name: Job summary
        if: always()
        run: if [ -f "$RUNNER_TEMP/depward.md" ]; then cat "$RUNNER_TEMP/depward.md" >> "$GITHUB_STEP_SUMMARY"; fi
`;
}

/** A job for merge requests, to be included from .gitlab-ci.yml. */
export function gitlabJob(version: string): string {
  return `# What a merge request changes in the lockfile is judged before anything is installed.
depward:
  stage: test
  image: node:22
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
  variables:
    GIT_DEPTH: "0"
  script:
    - cd /tmp && npm install --prefix /tmp/depward --ignore-scripts --no-audit --no-fund depward@${version}
    - cd "$CI_PROJECT_DIR"
    - >-
      node /tmp/depward/node_modules/depward/dist/cli.js gate --base "$CI_MERGE_REQUEST_DIFF_BASE_SHA"
      --format text --format gitlab=depward-code-quality.json --format junit=depward-junit.xml
  artifacts:
    when: always
    reports:
      codequality: depward-code-quality.json
      junit: depward-junit.xml
`;
}

/** The configuration to start from. */
export const firstConfig = `{
  "$schema": "./node_modules/depward/depward.config.schema.json",
  "extends": "recommended"
}
`;
