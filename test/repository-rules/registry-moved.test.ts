import { describe, expect, it } from '@jest/globals';
import { pathsOf } from '../../src/model/repository-paths.ts';
import rule from '../../src/repository-rules/registry-moved.ts';

const own = 'https://npm.acme.example';
const others = 'https://registry.example';

function npm(...urls: readonly string[]): string {
  return urls
    .map((url) => `    "node_modules/x": {\n      "version": "1.0.0",\n      "resolved": "${url}",\n      "integrity": "sha512-a"\n    },\n`)
    .join('');
}
const at = (registry: string, name: string, version = '1.0.0') => `${registry}/${name}/-/${name.split('/').at(-1)}-${version}.tgz`;

function said(before: string, now: string, options: { hosts: readonly string[] } = { hosts: [] }, file = 'package-lock.json') {
  const shown = { now: new Map([[file, now]]), before: new Map([[file, before]]), paths: pathsOf([file]) };
  return rule.check(shown, { options, now: 0 }).map((each) => ('message' in each ? `${each.confidence} ${each.line} ${each.message}` : ''));
}

describe('registry-moved', () => {
  const left = at(others, 'left');
  const tool = at(own, '@acme/tool');

  it('tells a package of a scope that leaves the registry of the scope, for a registry known before', () => {
    expect(said(npm(left, tool), npm(left, at(others, '@acme/tool', '9.0.0')))).toEqual([
      'high 8 @acme/tool moved from npm.acme.example to registry.example',
    ]);
    // The same bytes by another way are another way.
    expect(said(npm(left, tool), npm(left, at(others, '@acme/tool')))).toHaveLength(1);
  });

  it('tells a new package that comes from elsewhere than its scope', () => {
    expect(said(npm(left, tool), npm(left, tool, at(others, '@acme/new')))).toEqual([
      'high 13 @acme/new comes from registry.example, all others of the scope from npm.acme.example',
    ]);
    expect(said(npm(left, tool), npm(left, tool, at(own, '@acme/new'), at(others, '@other/new')))).toEqual([]);
  });

  it('is less sure where the registry serves everything: it is a proxy that some use and some do not', () => {
    const mixed = npm(left, at(own, 'right'), tool);
    expect(said(mixed, npm(left, at(others, 'right'), tool))).toEqual(['low 8 right moved from npm.acme.example to registry.example']);
  });

  it('tells a migration once, and a new host not at all', () => {
    const names = Array.from({ length: 12 }, (_, index) => `@acme/p${index}`);
    const all = (registry: string) => names.map((name) => at(registry, name));
    expect(said(npm(left, ...all(own)), npm(left, ...all(others)))).toEqual([
      'low 8 12 packages moved from npm.acme.example to registry.example, as all there was',
    ]);
    expect(said(npm(left, tool), npm(left, at('https://new.example', '@acme/tool')))).toEqual([]);
  });

  it('tells folders of one host apart, and reads the other layouts', () => {
    const [local, remote] = ['https://art.example/api/npm/local', 'https://art.example/api/npm/remote'];
    expect(said(npm(at(remote, 'left'), at(local, '@acme/tool')), npm(at(remote, 'left'), at(remote, '@acme/tool')))).toEqual([
      'high 8 @acme/tool moved from art.example/api/npm/local to art.example/api/npm/remote',
    ]);
    const hub = 'https://npm.hub.example/download/@acme/tool/1.0.0/0a1b';
    expect(said(npm(left, hub), npm(left, at(others, '@acme/tool')))).toHaveLength(1);
    const berry = (url: string) => `"@acme/tool@npm:*":\n  resolution: "@acme/tool@npm:1.0.0::__archiveUrl=${encodeURIComponent(url)}"\n`;
    const classic = `left@^1:\n  resolved "${left}#00"\n`;
    expect(said(classic + berry(tool), classic + berry(at(others, '@acme/tool')), { hosts: [] }, 'yarn.lock')).toHaveLength(1);
  });

  it('lets packages move to hosts that are named', () => {
    expect(said(npm(left, tool), npm(left, at(others, '@acme/tool')), { hosts: ['registry.example'] })).toEqual([]);
  });
});
