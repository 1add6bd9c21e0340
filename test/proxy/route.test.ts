import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isPackageName, openRoutes, packumentPath, routeOf, tarballPath, versionInFile } from '../../src/proxy/route.ts';

describe('routeOf', () => {
  it.each([
    ['/left', { kind: 'packument', name: 'left' }],
    ['/left/', { kind: 'refused', status: 400 }],
    ['/@acme%2fleft', { kind: 'packument', name: '@acme/left' }],
    ['/@acme%2Fleft?write=true', { kind: 'packument', name: '@acme/left' }],
    ['/@acme/left', { kind: 'packument', name: '@acme/left' }],
    ['/JSONStream', { kind: 'packument', name: 'JSONStream' }],
    ['/left/1.0.0', { kind: 'version', name: 'left', version: '1.0.0' }],
    ['/@acme/left/latest', { kind: 'version', name: '@acme/left', version: 'latest' }],
    ['/left/-/left-1.0.0.tgz', { kind: 'tarball', name: 'left', file: 'left-1.0.0.tgz' }],
    ['/@acme%2fleft/-/left-1.0.0.tgz', { kind: 'tarball', name: '@acme/left', file: 'left-1.0.0.tgz' }],
    ['/@acme/left/-/left-1.0.0-rc.1.tgz', { kind: 'tarball', name: '@acme/left', file: 'left-1.0.0-rc.1.tgz' }],
    ['/-/package/@acme%2fleft/dist-tags', { kind: 'dist-tags', name: '@acme/left' }],
    ['/-/ping', { kind: 'other', group: 'ping', path: '/-/ping' }],
    ['/-/v1/search?text=x', { kind: 'other', group: 'search', path: '/-/v1/search?text=x' }],
    ['/-/npm/v1/attestations/@acme%2fleft@1.0.0', { kind: 'other', group: 'attestations', path: '/-/npm/v1/attestations/@acme%2fleft@1.0.0' }],
    ['/-/depward/why/@acme/left@1.0.0', { kind: 'own', page: 'why', rest: '@acme/left@1.0.0' }],
    ['/-/depward/health', { kind: 'own', page: 'health', rest: '' }],
    ['/-/whoami', { kind: 'other', group: 'account', path: '/-/whoami' }],
    ['/-/something/new', { kind: 'other', group: 'other', path: '/-/something/new' }],
  ])('GET %s', (target, wanted) => expect(routeOf('GET', target)).toMatchObject(wanted));

  it.each([
    ['PUT', '/left', 'publish'],
    ['PUT', '/@acme%2fleft', 'publish'],
    ['DELETE', '/left/-rev/1', 'publish'],
    ['PUT', '/-/package/left/dist-tags/next', 'publish'],
    ['PUT', '/-/user/org.couchdb.user:me', 'account'],
    ['POST', '/-/v1/login', 'account'],
    ['POST', '/-/npm/v1/security/advisories/bulk', 'audit'],
    ['POST', '/-/npm/v1/security/oidc/tokens', 'account'],
  ])('%s %s belongs to %s', (method, target, group) => expect(routeOf(method, target)).toMatchObject({ kind: 'other', group }));

  it.each([
    '/..%2fetc',
    '/../left',
    '/left/..',
    '/left%00',
    '/left%252f-%252fleft-1.0.0.tgz',
    '/%2e%2e/left',
    '/left/%2e',
    '/left//1.0.0',
    '//left',
    '/left\\..\\x',
    '/left%5cx',
    '/left%zz',
    '/left%2f-%2fleft-1.0.0.tgz',
    '/@acme%2f..%2fleft',
    '/@acme%2f',
    '/left\u0000',
    '/left\r\nx',
    '/left#x',
    'http://registry.example/left',
    '*',
    'left',
    '',
    `/${'a'.repeat(215)}`,
    `/${'a'.repeat(3000)}`,
    '/.hidden',
    '/_users',
    '/left/-/../x.tgz',
    '/left/-/left-1.0.0.zip',
    '/left/-/a/b.tgz',
    '/caf%C3%A9',
  ])('refuses %j', (target) => expect(routeOf('GET', target).kind).toBe('refused'));

  it('refuses odd methods', () => {
    expect(routeOf('PATCH', '/left').kind).toBe('refused');
    expect(routeOf('POST', '/-/depward/why/left').kind).toBe('refused');
  });

  it('never lets a name or path through that could climb or split a request', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('GET', 'PUT', 'POST'),
        fc.array(fc.constantFrom('/', '.', '..', '-', '%', '%2f', '%252f', '@', 'a', '\\', '%00', '?', ' ', 'é', '.tgz')),
        (method, parts) => {
          const route = routeOf(method, `/${parts.join('')}`);
          if (route.kind === 'refused') return;
          const shown = 'path' in route ? route.path.split('?')[0] : 'name' in route ? packumentPath(route.name) : '/x';
          expect(shown).toMatch(/^\/[\x21-\x7e]*$/);
          expect(`${shown}/`).not.toMatch(/\/\.{1,2}\/|%2e|%25|%00|\\|\/\//i);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

it('remembers and takes short ways without another answer', () => {
  const routes = openRoutes();
  const piece = fc.oneof(
    fc.constantFrom('left', '@a', '-', '..', '.', '%2f', '%2e', '/', '//', 'a.tgz', 'x'.repeat(220), '_a', 'A'),
    fc.string({ maxLength: 3 }),
  );
  fc.assert(
    fc.property(fc.constantFrom('GET', 'HEAD', 'PUT'), fc.array(piece, { maxLength: 4 }), (method, pieces) => {
      const target = `/${pieces.join('')}`;
      const plain = routeOf(method, target);
      expect([routes(method, target), routes(method, target)]).toEqual([plain, plain]);
    }),
    { numRuns: 500 },
  );
});

it('has a page at the addresses where people look first', () => {
  for (const target of ['/', '/-/depward', '/-/depward/']) {
    expect(routeOf('GET', target)).toEqual({ kind: 'own', page: '', rest: '' });
    expect(routeOf('PUT', target).kind).toBe('refused');
  }
});

describe('paths', () => {
  it('builds what registries serve', () => {
    expect(packumentPath('@acme/left')).toBe('/@acme%2fleft');
    expect(tarballPath('@acme/left', '1.0.0')).toBe('/@acme/left/-/left-1.0.0.tgz');
    expect(versionInFile('@acme/left', 'left-1.0.0-rc.1.tgz')).toBe('1.0.0-rc.1');
    expect(versionInFile('left', 'right-1.0.0.tgz')).toBeUndefined();
  });
  it('knows names', () => {
    expect(['left', '@a/b', 'JSONStream', "crypto-'"].every(isPackageName)).toBe(true);
    expect(['', '.a', '_a', '@a', '@/b', 'a/b', 'a b', '@a/../b', '..'].some(isPackageName)).toBe(false);
  });
});
