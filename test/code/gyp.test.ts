import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readGyp } from '../../src/code/gyp.ts';

describe('gyp files', () => {
  it('are Python literals: comments, single quotes, trailing commas, texts side by side', () => {
    const facts = readGyp(
      `# c\n{ 'targets': [ { "target_name": 'a', 'sources': ['a.cc', "b" '.cc',], 'include_dirs': ["<!(node -p \\"require('nan')\\")"], }, ], }`,
    );
    expect(facts.sources).toEqual(['a.cc', 'b.cc']);
    expect(facts.commands).toEqual([`node -p "require('nan')"`]);
  });

  it('hide commands in escapes, keys, lists and nested parentheses', () => {
    expect(readGyp(`{"a":["<!@(\\x6eode x.js)", "<!(sh -c '(a; b)') c"], "<!(k)": 1}`).commands).toEqual(['node x.js', "sh -c '(a; b)'", 'k']);
    expect(readGyp(`{'v': '>!(late)', 'w': "^!@(later)"}`).commands).toEqual(['late', 'later']);
  });

  it('run actions and take in others', () => {
    const facts = readGyp(
      `{'includes':['x.gypi'],'targets':[{'actions':[{'action_name':'n','inputs':[],'outputs':[],'action':['node','x.js','<@(_inputs)']}]}]}`,
    );
    expect(facts).toMatchObject({ includes: ['x.gypi'], actions: [['node', 'x.js', '<@(_inputs)']] });
  });

  it('show conditions that reach into Python', () => {
    expect(readGyp(`{'conditions':[["().__class__.__bases__[0]", {}]]}`).expressions).toHaveLength(1);
  });

  it('never fail, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'{}[]()\'",:#\\ <!@x1\n'), maxLength: 120 }), (text) => readGyp(text).commands.length >= 0),
      { seed: 3, numRuns: 3000 },
    );
    for (const text of ['{"a":'.repeat(50_000), '['.repeat(100_000), '<!('.repeat(30_000)]) expect(() => readGyp(text)).not.toThrow();
  });
});
