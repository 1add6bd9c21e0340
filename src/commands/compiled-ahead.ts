/**
 * What the build compiled ahead: the functions of a usual run as V8 keeps them, where each start compiled them anew (a quarter of the
 * check of one package). V8 takes them in its own version and under its own flags; otherwise the sources are compiled as ever.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileLater } from '../evidence/compile-later.ts';

interface Part {
  readonly code: Buffer;
  /** Of the source: V8 itself only compares lengths. */
  readonly digest: string;
}

/** From now on files of this build are loaded with what was compiled of them. */
export function useCompiled(): void {
  // Code that was compiled under another budget counts as that of another V8.
  compileLater();
  const parts = partsIn(fileURLToPath(new URL('.', import.meta.url)));
  if (parts === undefined) return;
  const { extensions } = createRequire(import.meta.url);
  const load = extensions['.js'];
  extensions['.js'] = (module, path) => {
    const part = parts.get(path);
    const source = part && readFileSync(path, 'utf8');
    if (part && source !== undefined && digestOf(source) === part.digest) run(module, path, source, part.code);
    else load?.(module, path);
  };
}

function partsIn(folder: string): ReadonlyMap<string, Part> | undefined {
  try {
    const { v8, parts } = Object(JSON.parse(readFileSync(`${folder}compiled.json`, 'utf8')));
    if (v8 !== process.versions.v8) return undefined;
    const codes = readFileSync(`${folder}compiled.bin`);
    const entries = Object.entries(Object(parts)).map(([name, entry]): [string, Part] => {
      const { start, end, digest } = Object(entry);
      return [folder + name, { code: codes.subarray(start, end), digest }];
    });
    return new Map(entries);
  } catch {
    // Only a build leaves them: a package that was downloaded holds nothing but sources.
    return undefined;
  }
}

function digestOf(source: string): string {
  return process.getBuiltinModule('node:crypto').createHash('sha256').update(source).digest('base64');
}

/** As Node runs a file of CommonJS. */
function run(module: NodeJS.Module, path: string, source: string, cachedData: Buffer): void {
  const { constants, Script } = process.getBuiltinModule('node:vm');
  const script = new Script(`(function (exports, require, module, __filename, __dirname) { ${source}\n});`, {
    filename: path,
    cachedData,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  script.runInThisContext().call(module.exports, module.exports, createRequire(path), module, path, dirname(path));
}
