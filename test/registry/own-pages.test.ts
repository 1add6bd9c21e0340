import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { inOne, ownPages } from '../../src/registry/own-pages.ts';

const nothing = Buffer.alloc(0);

describe('pages of their own', () => {
  it.each([0, 5, 2 ** 18 - 1, 2 ** 18, 2 ** 20 + 3])('holds pieces of %i bytes in one, as joining them does', (length) => {
    const pieces = Array.from({ length: Math.ceil(length / 1000) }, (_, at) => Buffer.alloc(Math.min(1000, length - at * 1000), at));
    const joined = inOne(pieces);
    expect(joined.equals(Buffer.concat(pieces))).toBe(true);
    expect(joined.toString('latin1')).toBe(Buffer.concat(pieces).toString('latin1'));
    expect(createHash('sha256').update(joined).digest('hex')).toBe(createHash('sha256').update(Buffer.concat(pieces)).digest('hex'));
    expect(inOne([...pieces, nothing], length + 7).length).toBe(length + 7);
  });

  it('takes large rooms from no heap', () => {
    const { buffer } = ownPages(2 ** 20);
    expect('resizable' in buffer && buffer.resizable).toBe(true);
  });
});
