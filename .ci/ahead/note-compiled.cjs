/** Runs the built command line and leaves, one file each, what V8 compiled of the files of dist/ by the end of it: `FOLDER ARGS…`. */
'use strict';
const { readFileSync, writeFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { basename, dirname, join } = require('node:path');
const { constants, Script } = require('node:vm');

const dist = join(__dirname, '..', '..', 'dist');
const cli = join(dist, 'cli.js');
const [, , folder, ...args] = process.argv;
const scripts = new Map();
const load = require.extensions['.js'];
require.extensions['.js'] = (module, path) => {
  // The bin itself is loaded by Node.
  if (dirname(path) !== dist || path === cli) return load(module, path);
  const source = readFileSync(path, 'utf8');
  const script = new Script(`(function (exports, require, module, __filename, __dirname) { ${source}\n});`, {
    filename: path,
    cachedData: earlier(basename(path)),
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  scripts.set(basename(path), script);
  return script.runInThisContext().call(module.exports, module.exports, createRequire(path), module, path, dirname(path));
};
process.argv.splice(1, Infinity, cli, ...args);
process.on('exit', () => {
  for (const [name, script] of scripts) writeFileSync(join(folder, name), script.createCachedData());
});
require(cli);

function earlier(name) {
  try {
    return readFileSync(join(folder, name));
  } catch {
    return undefined;
  }
}
