import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { recall, remember, signerOf } from '../../src/registry/remembered.ts';

let base = '';
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'depward-folders-'));
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

const main = 'https://registry.example/';

/** Remembers the configuration of a folder below `base`; asks whether it still is. */
function isRemembered(folder: string): () => boolean {
  const request = { cwd: folder, env: {} };
  const cache = join(base, 'cache');
  remember(cache, signerOf(cache), request, {
    options: { registry: main },
    registries: { main, scopes: new Map() },
    files: [join(folder, '.npmrc')],
  });
  const ask = () => recall(cache, signerOf(cache), request) !== undefined;
  expect(ask()).toBe(true);
  return ask;
}

function manifest(folder: string, text: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), text);
  utimesSync(join(folder, 'package.json'), text.length, text.length);
}

describe('npm’s configuration remembered', () => {
  it('stands while the project’s own package.json changes, and not when it comes or goes', () => {
    const folder = join(base, 'project');
    manifest(folder, '{}');
    const ask = isRemembered(folder);
    manifest(folder, '{"dependencies": {"a": "1.0.0"}, "workspaces": ["x"]}');
    expect(ask()).toBe(true);
    rmSync(join(folder, 'package.json'));
    expect(ask()).toBe(false);
    const without = isRemembered(folder);
    manifest(folder, '{}');
    expect(without()).toBe(false);
  });

  it('does not stand when a manifest above the project changes: it may name workspaces', () => {
    const folder = join(base, 'packages/one');
    manifest(base, '{}');
    manifest(folder, '{}');
    const ask = isRemembered(folder);
    manifest(base, '{"workspaces": ["packages/*"]}');
    expect(ask()).toBe(false);
  });

  it('takes a folder with node_modules for the project, as npm does, and reads what is above it', () => {
    const folder = join(base, 'project');
    mkdirSync(join(folder, 'node_modules'), { recursive: true });
    manifest(base, '{}');
    const ask = isRemembered(folder);
    manifest(base, '{"workspaces": ["project"]}');
    expect(ask()).toBe(false);
  });

  it('does not stand once another .npmrc is there', () => {
    const folder = join(base, 'project');
    manifest(folder, '{}');
    const ask = isRemembered(folder);
    writeFileSync(join(folder, '.npmrc'), 'registry=https://other.example/\n');
    expect(ask()).toBe(false);
  });
});
