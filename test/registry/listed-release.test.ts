import { describe, expect, it } from '@jest/globals';
import { readFrom } from '../../src/registry/listed-release.ts';
import { newPool, readers } from '../../src/registry/manifest.ts';

const full = {
  scripts: { install: 'node x.js' },
  _npmUser: { name: 'ann', email: 'ann@mail.example', trustedPublisher: { oidcConfigId: 'oidc:1' }, approver: { name: 'bob' } },
  maintainers: [{ name: 'ann' }],
  deprecated: 'no longer',
  gypfile: true,
  hasInstallScript: true,
  dist: { signatures: [{ keyid: 'k', sig: 's' }], attestations: { url: 'https://registry.example/a', provenance: {} } },
};

/** The members of a manifest that a reader looks at. */
function lookedAt(read: (manifest: Record<string, unknown>, pool: ReturnType<typeof newPool>) => unknown, manifest: object): string[] {
  const seen = new Set<string>();
  const watched = new Proxy(manifest, {
    get(target, name) {
      seen.add(String(name));
      return Reflect.get(target, name);
    },
  });
  read(watched as Record<string, unknown>, newPool('left'));
  return [...seen];
}

describe('what is read as in the release before', () => {
  it.each(Object.keys(readFrom))('%s is read from no other part than those said', (name) => {
    const read = readers[name as keyof typeof readers];
    const said = new Set<string>([...(readFrom[name] ?? []), ...(['trust', 'attestationsUrl', 'signatures'].includes(name) ? ['dist'] : [])]);
    // What is not there may lead to looking elsewhere.
    const manifests = [full, {}, ...Object.keys(full).map((left) => Object.fromEntries(Object.entries(full).filter(([key]) => key !== left)))];
    for (const manifest of manifests) for (const part of lookedAt(read, manifest)) expect(said).toContain(part);
  });
});
