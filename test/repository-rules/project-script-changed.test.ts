import { describe, expect, it } from '@jest/globals';
import { pathsOf } from '../../src/model/repository-paths.ts';
import rule from '../../src/repository-rules/project-script-changed.ts';

function check(now: string, before?: string, file = 'package.json') {
  const texts = { now: new Map([[file, now]]), before: new Map(before === undefined ? [] : [[file, before]]), paths: pathsOf([file]) };
  return rule.check(texts, { now: 0, options: {} });
}

describe('project-script-changed', () => {
  it('names script, place, and what ran before', () => {
    expect(check('{\n  "scripts": {\n    "prepare": "husky && node x.js"\n  }\n}', '{"scripts": {"prepare": "husky"}}')).toEqual([
      {
        file: 'package.json',
        line: 3,
        column: 16,
        message: 'alters the script "prepare", which installs run',
        confidence: 'high',
        facts: { script: 'prepare', runs: 'husky && node x.js', ran: 'husky' },
      },
    ]);
  });

  it('looks at manifests of workspaces and at new manifests too', () => {
    expect(check('{"scripts": {"postinstall": "x"}}', undefined, 'packages/a/package.json')).toHaveLength(1);
  });

  it('says when the manifest cannot be read', () => {
    expect(check('{"scripts": ')).toEqual([{ file: 'package.json', untold: 'it is not JSON' }]);
  });

  it('is silent on removal, on other scripts and on what is no script', () => {
    expect(check('{}', '{"scripts": {"postinstall": "x"}}')).toEqual([]);
    expect(check('{"scripts": {"build": "tsc", "install": 1}}', '{}')).toEqual([]);
  });
});
