import { describe, expect, it } from '@jest/globals';
import { placeOf, placeRows } from '../../src/code/places.ts';

describe('places', () => {
  const texts: readonly [string, string][] = [
    ['~/.npmrc', 'credential-file'],
    ['/home/u/.ssh/id_rsa', 'credential-file'],
    ['C:\\Users\\u\\AppData\\Local\\Google\\Chrome\\User Data\\Default', 'browser-data'],
    ['nkbihfbeogaeaoehlefnkodbefgpgknn', 'wallet-file'],
    ['KeePass', 'credential-file'],
    ['Exodus', 'wallet-file'],
    ['xmrig', 'mining'],
    ['trufflehog', 'secret-scanner'],
    ['Jenkinsfile', 'ci-config'],
    ['LaunchAgents', 'persistence'],
  ];
  it.each(texts)('%s', (text, kind) => {
    expect(placeOf(text)?.kind).toBe(kind);
  });

  it('the short cut for plain words passes over no row', () => {
    const pairs = placeRows.flatMap(([, , pattern]) => {
      const words = pattern.source.match(/[A-Za-z0-9]{3,}/g) ?? [];
      return words.flatMap((word, at) => [word, word.toLowerCase(), word + (words[at + 1] ?? ''), word + (words[at + 2] ?? '')]);
    });
    expect(pairs.length).toBeGreaterThan(500);
    for (const text of pairs) {
      if (!/^[A-Za-z0-9]+$/.test(text)) continue;
      const row = placeRows.find(([, , pattern]) => pattern.test(text));
      expect([text, placeOf(text)?.kind]).toEqual([text, row?.[0]]);
    }
  });
});
