import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { hashesOf, lockedHashes, sameBytes, withShasum } from '../../src/model/integrity.ts';

function sha(algorithm: string, text: string): string {
  return `${algorithm}-${createHash(algorithm).update(text).digest('base64')}`;
}

describe('comparing hashes', () => {
  it.each([1, 2, 3, 4, 5])('reads a hexadecimal sha1 like a base64 one (%i)', (seed) => {
    const hex = createHash('sha1').update(`${seed}`).digest('hex');
    expect(withShasum(new Map(), hex)).toEqual(hashesOf(sha('sha1', `${seed}`)));
    expect(lockedHashes(undefined, `https://h/a.tgz#${hex}`)).toEqual(hashesOf(sha('sha1', `${seed}`)));
  });

  const good = sha('sha512', 'good');
  const bad = sha('sha512', 'bad');
  it.each<[string, string, string, boolean | undefined]>([
    ['the same', good, good, true],
    ['another', bad, good, false],
    ['a foreign one beside the right one', `${good} ${bad}`, good, false],
    ['right by sha1, unknown by what counts', `${bad} ${sha('sha1', 'good')}`, sha('sha1', 'good'), undefined],
    ['wrong by sha1', `${bad} ${sha('sha1', 'bad')}`, sha('sha1', 'good'), false],
    ['nothing in common', sha('sha256', 'good'), good, undefined],
    ['nonsense', 'md5-xx sha512-%%', good, undefined],
    ['options behind', `${good}?x=1`, good, true],
  ])('%s', (_, claimed, known, same) => {
    expect(sameBytes(hashesOf(claimed), hashesOf(known))?.same).toBe(same);
  });
});
