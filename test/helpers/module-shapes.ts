/** Ways to write that a module gives away one function, hands on another's, and takes some: the same program in many shapes. */

/** A module that gives `expression` away; `reach` names it from what a require or a namespace import gives. */
export interface Shape {
  readonly label: string;
  readonly text: (expression: string) => string;
  readonly reach: string;
}

const shape = (label: string, reach: string, text: (expression: string) => string): Shape => ({ label, reach, text });

/** A module that hands on what `from` gives away under `reach`; its own reach may differ. */
export interface Passage {
  readonly label: string;
  readonly text: (from: string, reach: string) => string;
  readonly reach: (reach: string) => string;
}

const passage = (label: string, reach: Passage['reach'], text: Passage['text']): Passage => ({ label, reach, text });

export const commonJs: readonly Shape[] = [
  shape('a property of exports', '.it', (e) => `exports.it = ${e};`),
  shape('module.exports.it', '.it', (e) => `exports.more = 1; module.exports.it = ${e};`),
  shape('an object', '.it', (e) => `module.exports = { more: 1, it: ${e} };`),
  shape('a variable in an object', '.it', (e) => `const it = ${e}; module.exports = { it, more() { return 1 } };`),
  shape('the module itself', '', (e) => `module.exports = ${e};`),
  shape('exports and module.exports', '.it', (e) => `exports = module.exports = { it: ${e} };`),
  shape('a getter', '.it', (e) => `const own = ${e}; Object.defineProperty(exports, 'it', { enumerable: true, get: function () { return own } });`),
  shape('a defined value', '.it', (e) => `Object.defineProperty(exports, 'it', { value: ${e} });`),
  shape('a getter of an object', '.it', (e) => `module.exports = { get it() { return ${e} } };`),
  shape('a static method', '.it', (e) => `class Own { static it(...args) { return (${e})(...args) } } module.exports = Own;`),
  shape('a static field', '.it', (e) => `module.exports = class { static it = ${e} };`),
  shape('a static method of a named class', '.Own.it', (e) => `class Own { static it(...args) { return (${e})(...args) } } exports.Own = Own;`),
  shape('a method of what was made', '.it', (e) => `class Own { it(...args) { return (${e})(...args) } } module.exports = new Own();`),
  shape('a default export', '.default', (e) => `Object.defineProperty(exports, '__esModule', { value: true }); exports.default = ${e};`),
  shape('a default object', '.default.it', (e) => `exports.__esModule = true; exports.default = { it: ${e} };`),
  shape('a compiler', '.it', (e) => `exports.it = exports.more = void 0; const it = ${e}; exports.it = it; function more() {} exports.more = more;`),
  shape(
    'a bundler',
    '.it',
    (e) =>
      `var __export = (target, all) => { for (var name in all) Object.defineProperty(target, name, { get: all[name], enumerable: true }) };
       var __toCommonJS = (mod) => Object.assign(Object.defineProperty({}, '__esModule', { value: true }), mod);
       var src = {}; __export(src, { it: () => it }); module.exports = __toCommonJS(src); var it = ${e};`,
  ),
  shape('a declaration', '.it', (e) => `exports.it = it; function it(...args) { const own = ${e}; return own(...args) }`),
  shape('assigned', '.it', (e) => `Object.assign(exports, { it: ${e} });`),
  shape('a computed name', '.it', (e) => `exports['i' + 't'] = ${e};`),
];

export const commonPassages: readonly Passage[] = [
  passage(
    'as it is',
    () => '.it',
    (from, reach) => `exports.more = 1; exports.it = require('${from}')${reach};`,
  ),
  passage(
    'by a variable',
    () => '.it',
    (from, reach) => `const f = require('${from}'); module.exports = { more: 1, it: f${reach} };`,
  ),
  passage(
    'as a namespace',
    (reach) => `.own${reach}`,
    (from) => `const own = require('${from}'); exports.level = 1; exports.own = own;`,
  ),
  passage(
    'as the module',
    (reach) => reach,
    (from) => `module.exports = require('${from}');`,
  ),
  passage(
    'spread',
    (reach) => reach,
    (from) => `module.exports = { ...require('${from}'), more: 1 };`,
  ),
  passage(
    'assigned',
    (reach) => reach,
    (from) => `Object.assign(exports, require('${from}'), { more: 1 });`,
  ),
  passage(
    'assigned to the module',
    (reach) => reach,
    (from) => `const f = require('${from}'); module.exports = Object.assign({ more: 1 }, f);`,
  ),
  passage(
    'all by a helper',
    (reach) => reach,
    (from) =>
      `var __exportStar = (this && this.__exportStar) || function (m, e) { for (var p in m) if (p !== 'default') e[p] = m[p] }; __exportStar(require('${from}'), exports);`,
  ),
  passage(
    'all by their keys',
    (reach) => reach,
    (from) =>
      `var _f = require('${from}'); Object.keys(_f).forEach(function (key) { Object.defineProperty(exports, key, { enumerable: true, get: function () { return _f[key] } }) });`,
  ),
  passage(
    'a getter of a compiler',
    () => '.it',
    (from, reach) =>
      `var f_1 = require('${from}'); Object.defineProperty(exports, 'it', { enumerable: true, get: function () { return f_1${reach} } });`,
  ),
  passage(
    'wrapped',
    () => '.it',
    (from, reach) => `const f = require('${from}'); exports.it = (...args) => f${reach}(...args);`,
  ),
  passage(
    'wrapped in a declaration',
    () => '.it',
    (from, reach) => `const f = require('${from}'); function it(one) { return f${reach}(one) } module.exports = { it };`,
  ),
  passage(
    'lazily',
    () => '.it',
    (from, reach) => `module.exports = { get it() { return require('${from}')${reach} } };`,
  ),
  passage(
    'bound',
    () => '.it',
    (from, reach) => `const f = require('${from}'); exports.it = f${reach}.bind(f);`,
  ),
  passage(
    'wrapped in a class',
    () => '.it',
    (from, reach) => `const f = require('${from}'); class Own { static async it(one) { return await f${reach}(one) } } module.exports = Own;`,
  ),
];

/** Whether a reach can be written as a named import, and how. */
const named = (reach: string): string => reach.split('.')[1] ?? '';
const rest = (reach: string): string => reach.slice(1 + named(reach).length);

export const modules: readonly Shape[] = [
  shape('a constant', '.it', (e) => `export const more = 1; export const it = ${e};`),
  shape('a function', '.it', (e) => `export function it(...args) { return (${e})(...args) }`),
  shape('a list of names', '.it', (e) => `const it = ${e}; const more = 1; export { it, more };`),
  shape('another name', '.it', (e) => `const own = ${e}; export { own as it };`),
  shape('the default', '.default', (e) => `export const more = 1; export default ${e};`),
  shape('a default object', '.default.it', (e) => `export default { it: ${e} };`),
  shape('a named default', '.default', (e) => `const own = ${e}; export { own as default };`),
  shape('a static method', '.Own.it', (e) => `export class Own { static it(...args) { return (${e})(...args) } }`),
  shape('a static field of the default', '.default.it', (e) => `export default class { static it = ${e} }`),
  shape('an object', '.own.it', (e) => `export const own = { it: ${e} };`),
  shape('a frozen object', '.own.it', (e) => `export const own = Object.freeze({ it: ${e} });`),
];

export const modulePassages: readonly Passage[] = [
  passage(
    'by name',
    (reach) => reach,
    (from, reach) => `export { ${named(reach)} } from '${from}';`,
  ),
  passage(
    'by another name',
    (reach) => `.other${rest(reach)}`,
    (from, reach) => `export { ${named(reach)} as other } from '${from}';`,
  ),
  passage(
    'all',
    (reach) => (named(reach) === 'default' ? `.again${rest(reach)}` : reach),
    (from, reach) => `export * from '${from}'; ${named(reach) === 'default' ? `export { default as again } from '${from}';` : ''}`,
  ),
  passage(
    'as a namespace',
    (reach) => `.own${reach}`,
    (from) => `export * as own from '${from}';`,
  ),
  passage(
    'imported and exported',
    (reach) => `.x${rest(reach)}`,
    (from, reach) => `import { ${named(reach)} as x } from '${from}'; export { x };`,
  ),
  passage(
    'as the default',
    (reach) => `.default${rest(reach)}`,
    (from, reach) => `export { ${named(reach)} as default } from '${from}';`,
  ),
  passage(
    'as a default object',
    (reach) => `.default.x${rest(reach)}`,
    (from, reach) => `import { ${named(reach)} as x } from '${from}'; export default { x, more: 1 };`,
  ),
  passage(
    'as a constant',
    () => '.it',
    (from, reach) => `import * as f from '${from}'; export const it = f${reach};`,
  ),
  passage(
    'wrapped',
    () => '.it',
    (from, reach) => `import * as f from '${from}'; export const it = (...args) => f${reach}(...args);`,
  ),
  passage(
    'wrapped in a function',
    () => '.it',
    (from, reach) => `import { ${named(reach)} as x } from '${from}'; export async function it(one) { return x${rest(reach)}(one) }`,
  ),
];

/** How one file names what others give away. */
export interface Taking {
  readonly label: string;
  /** Statements that come first, and the expression that then stands for it. */
  readonly take: (from: string, reach: string, name: string) => readonly [before: string, expression: string];
}

export const commonTakings: readonly Taking[] = [
  { label: 'a variable', take: (from, reach, name) => [`const ${name} = require('${from}');`, `${name}${reach}`] },
  { label: 'on the spot', take: (from, reach) => ['', `require('${from}')${reach}`] },
  {
    label: 'taken apart',
    take: (from, reach, name) =>
      reach === ''
        ? [`const ${name} = require('${from}');`, name]
        : [`const { ${named(reach)}: ${name} } = require('${from}');`, `${name}${rest(reach)}`],
  },
  { label: 'a member', take: (from, reach, name) => [`const ${name} = require('${from}')${reach};`, name] },
  {
    label: 'a helper',
    take: (from, reach, name) => [`const ${name} = __importStar(require('${from}')); function __importStar(m) { return m }`, `${name}${reach}`],
  },
  { label: 'twice', take: (from, reach, name) => [`const ${name}_ = require('${from}'); const ${name} = ${name}_${reach};`, name] },
];

export const moduleTakings: readonly Taking[] = [
  { label: 'by name', take: (from, reach, name) => [`import { ${named(reach)} as ${name} } from '${from}';`, `${name}${rest(reach)}`] },
  { label: 'as a namespace', take: (from, reach, name) => [`import * as ${name} from '${from}';`, `${name}${reach}`] },
  { label: 'when asked', take: (from, reach, name) => [`const ${name} = await import('${from}');`, `${name}${reach}`] },
];

/** How what one function gives is handed to another. */
export const handing: readonly { readonly label: string; readonly text: (gives: string, sends: string) => string }[] = [
  { label: 'straight', text: (gives, sends) => `${sends}(${gives}());` },
  { label: 'by a variable', text: (gives, sends) => `const got = ${gives}(); ${sends}(got);` },
  { label: 'in an object', text: (gives, sends) => `${sends}({ at: 1, got: ${gives}() });` },
  { label: 'as text', text: (gives, sends) => `${sends}(JSON.stringify(${gives}()));` },
  { label: 'in a function that is called', text: (gives, sends) => `function go() { ${sends}(${gives}()) } go();` },
  { label: 'later', text: (gives, sends) => `setTimeout(async () => { const got = await ${gives}(); await ${sends}(got) }, 10);` },
  { label: 'by a promise', text: (gives, sends) => `Promise.resolve(${gives}()).then((got) => ${sends}(got));` },
  { label: 'by a promise as it is', text: (gives, sends) => `Promise.resolve(${gives}()).then(${sends});` },
  { label: 'by call', text: (gives, sends) => `${sends}.call(null, ${gives}());` },
  { label: 'by apply', text: (gives, sends) => `${sends}.apply(null, [${gives}()]);` },
  { label: 'in a list', text: (gives, sends) => `[${gives}()].forEach((got) => ${sends}(got));` },
  { label: 'in a list as it is', text: (gives, sends) => `[${gives}()].map(${sends});` },
  { label: 'as a default', text: (gives, sends) => `const go = (got = ${gives}()) => ${sends}(got); go();` },
];
