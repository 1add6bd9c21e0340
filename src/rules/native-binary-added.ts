/** prettier plug-ins 2025 brought node-gyp.dll, ua-parser-js 2021 its miner: programs of machine code where there were none. */
import { defineRule } from '../model/rule.ts';
import { listText, printable } from '../model/text.ts';
import { at, changed, someContents } from './example.ts';

export default defineRule({
  meta: {
    id: 'native-binary-added',
    family: 'shape',
    severity: 'medium',
    summary: 'The release carries machine code that the release before did not.',
    why: 'Nobody can read machine code in a review. Packages of prebuilt add-ons have always had it; a JavaScript library that gains a program or library file has changed what it is.',
    remedy: 'Ask where the file was built and from which source.',
    references: ['prettier plug-ins 2025', 'bb-builder 2019'],
    falsePositives: 'An add-on that ships prebuilt files for one more platform.',
    since: '0.1.0',
  },
  needs: ['contents'],
  check(_change, { contents }) {
    if (contents.against === undefined) return [];
    const programs = contents.added.filter((file) => file.type === 'executable');
    if (programs.length === 0) return [];
    const prebuilt = programs.every(({ path }) => /(^|\/)(prebuilds?|build|bin|lib|vendor|dist|napi|compiled|native)\/|\.node$/.test(path));
    return [
      {
        message: `carries ${listText(
          programs.map(({ path }) => printable(path, 60)),
          3,
        )}, which the release before did not`,
        confidence: prebuilt ? 'low' : 'medium',
        facts: { files: programs.slice(0, 20).map(({ path, size }) => `${printable(path)} (${size} bytes)`) },
        signal: prebuilt ? 'native-binary-added:prebuilt' : 'native-binary-added',
      },
    ];
  },
  examples: [
    {
      title: 'a library file beside the install script',
      change: changed('quiet-lib', '1.0.0', '1.0.1'),
      now: at('2025-07-18T10:00:00Z'),
      evidence: { contents: someContents({ added: [{ path: 'node-helper.dll', size: 9000, hash: 'x', type: 'executable', reach: 'shipped' }] }) },
      flagged: true,
    },
    {
      title: 'none',
      change: changed('quiet-lib', '1.0.0', '1.0.1'),
      now: at('2025-07-18T10:00:00Z'),
      evidence: { contents: someContents() },
      flagged: false,
    },
  ],
});
