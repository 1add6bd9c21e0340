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
    ['https://discord.com/api/webhooks/…', 'messenger'],
    ['https://canary.discord.com/api/v10/webhooks', 'messenger'],
    ['curl discord.com/api/webhooks/1/x', 'messenger'],
    ['api.telegram.org', 'messenger'],
    ['api.telegram.org/bot123:x/sendMessage', 'messenger'],
    ['https:// api.telegram.org/bot', 'messenger'],
    ['hooks.slack.com/services/T0/B0/x', 'messenger'],
  ];
  it.each(texts)('%s', (text, kind) => {
    expect(placeOf(text)?.kind).toBe(kind);
  });

  it.each(['discord.com/api/webhooks', 'api.telegram.org/bot', '(discord.com/api/webhooks|webhook.site)'])('%s is what scanners look for', (text) => {
    expect(placeOf(text)).toBeUndefined();
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
