import { describe, expect, it } from '@jest/globals';
import { isLikelyRead } from '../../src/evidence/contents.ts';
import type { IncomingChange } from '../../src/model/package.ts';

const names = (name: string) => ({ near: [], ...(name === 'popular' && { downloads: 1_000_000 }) });
const tarballs = { read: () => Promise.reject(new Error('not asked')) };

function isLikely(name: string, more: { wanted?: string[]; settledDays?: number; hasInstallScript?: boolean } = {}): boolean {
  const { wanted = [], settledDays = 30, hasInstallScript } = more;
  const after = { name, version: '1.0.0', ...(hasInstallScript !== undefined && { hasInstallScript }) };
  const reading = { tarballs, offline: false, settledDays, wanted: new Set(wanted) };
  return isLikelyRead({ action: 'add', after } as unknown as IncomingChange, { names, reading });
}

describe('contents that are going to be read', () => {
  it('are those of packages nobody knows, that were asked for, or that run something', () => {
    expect(isLikely('popular')).toBe(false);
    expect(isLikely('unknown')).toBe(true);
    expect(isLikely('popular', { wanted: ['popular'] })).toBe(true);
    expect(isLikely('popular', { hasInstallScript: true })).toBe(true);
  });

  it('are all where nothing counts as settled', () => {
    expect(isLikely('popular', { settledDays: 0 })).toBe(true);
  });
});
