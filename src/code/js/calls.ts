/** What a call is known to give back: modules, decoded text, joined paths, results of functions of constants. */
import { hostOf } from '../places.ts';
import { rootOf, type Scope } from './bindings.ts';
import { handedOnBy } from './bundles.ts';
import { decoded, folder, fromCodes, joined, parsed, unescaped } from './decoding.ts';
import type { Evaluating } from './evaluating.ts';
import { hole, memberPath, textOf, type Value } from './known.ts';
import { isTelling } from './literals.ts';
import { keptIn } from './maps.ts';
import { bytesMethod, functionMethod, listMethod, textMethod } from './methods.ts';
import { bare, type CallNode, type FunctionNode, isFunction, type Node } from './nodes.ts';
import { parseScript } from './parse.ts';

/** The value of a call. */
export function callValue(evaluator: Evaluating, node: CallNode, scope: Scope): Value | undefined {
  const callee = bare(node.callee);
  if (callee.type === 'MemberExpression') {
    const object = evaluator.value(callee.object, scope);
    const key = evaluator.key(callee, scope);
    if ((object === undefined || object.is === 'path') && (key === 'require' || key === '_load')) {
      // Whatever object has a `require` that is asked for a module of Node has Node's.
      const name = node.arguments[0] && textOf(evaluator.value(node.arguments[0] as Node, scope))?.text;
      if (name !== undefined && isTelling(name)) return evaluator.module({ is: 'text', text: name, readAs: 'written' });
    }
    if (object === undefined) return undefined;
    if (object.is === 'path' && key !== undefined) return pathCall(evaluator, memberPath(object.path, key), node, scope, object.path);
    if (key !== undefined) return methodCall(evaluator, object, key, node, scope);
    return object.is === 'path' ? { is: 'result', of: `${object.path}.${hole}`, node, scope } : undefined;
  }
  const value = evaluator.value(callee, scope);
  if (value?.is === 'path') return pathCall(evaluator, value.path, node, scope, undefined);
  if (value?.is === 'function' && evaluator.tells(value.node)) {
    const inlined = evaluator.inline(value.node, value.scope, values(evaluator, node.arguments, scope));
    if (inlined) return inlined;
  }
  return (
    bundledModule(evaluator, node, scope) ?? passedModule(evaluator, node, scope) ?? (isFunction(callee) ? undefined : resultOf(value, node, scope))
  );
}

function resultOf(value: Value | undefined, node: CallNode, scope: Scope): Value | undefined {
  return value?.is === 'result' ? { is: 'result', of: `${value.of}()`, node, scope } : undefined;
}

function values(evaluator: Evaluating, nodes: readonly Node[], scope: Scope): (Value | undefined)[] {
  return nodes.flatMap((node) => {
    if (node.type !== 'SpreadElement') return [evaluator.value(node, scope)];
    const spread = evaluator.value(node.argument, scope);
    return spread?.is === 'list' ? spread.items : [undefined];
  });
}

/** Interop helpers hand a module through: `_interopDefault(require('x'))`, `__toESM(require('x'), 1)`. */
function passedModule(evaluator: Evaluating, node: CallNode, scope: Scope): Value | undefined {
  const first = node.arguments[0];
  if (!first || node.arguments.length > 2 || (first.type !== 'CallExpression' && first.type !== 'Identifier')) return undefined;
  const value = evaluator.value(first, scope);
  return value?.is === 'path' && value.path.endsWith('#') ? value : undefined;
}

/** `r(147)` in a bundle whose module 147 hands on one of Node: `(e) => { e.exports = require("fs") }`. */
function bundledModule(evaluator: Evaluating, { arguments: [first, more] }: CallNode, scope: Scope): Value | undefined {
  if (first?.type !== 'Literal' || more !== undefined) return undefined;
  const [module, other] = evaluator.scan.modules.get(String(first.value)) ?? [];
  const handedOn = module && !other ? handedOnBy(module) : undefined;
  return handedOn && evaluator.value(handedOn, evaluator.scan.scopeOf(module as Node) ?? scope);
}

function pathCall(evaluator: Evaluating, path: string, node: CallNode, scope: Scope, object: string | undefined): Value | undefined {
  const args = node.arguments;
  const value = (at: number): Value | undefined => (args[at] && args[at].type !== 'SpreadElement' ? evaluator.value(args[at], scope) : undefined);
  const through = /\.(call|apply|bind)$/.exec(path)?.[1];
  if (through && object !== undefined) return throughCall(evaluator, through, object, node, scope);
  switch (path) {
    case '#require':
    case 'module#_load':
    case '#import':
      return evaluator.module(value(0));
    case 'module#createRequire':
    case 'module#createRequireFromPath':
    case '#module.createRequire':
      return { is: 'path', path: '#require' };
    case 'util#promisify':
    case '#Object.freeze':
    case '#Object':
      return value(0);
    case '#Function':
      return functionOf(textOf(value(args.length - 1))?.text ?? '', scope) ?? { is: 'result', of: path, node, scope };
    case '#Object.getPrototypeOf':
    case '#Reflect.getPrototypeOf':
      return value(0)?.is === 'function' ? { is: 'path', path: '#Function.prototype' } : { is: 'result', of: path, node, scope };
    case '#Proxy':
      return value(0);
    case '#encodeURIComponent': {
      const told = textOf(value(0));
      return told && { is: 'text', text: encodeURIComponent(told.text), readAs: told.readAs };
    }
    case '#Uint8Array':
    case '#Uint8Array.from':
    case '#Uint8Array.of':
      return decoded(path.endsWith('.of') ? { is: 'list', items: values(evaluator, args, scope) } : value(0), 'utf8');
    case '#Reflect.get':
      return evaluator.property(value(0), textOf(value(1))?.text ?? hole);
    case '#String.fromCharCode':
    case '#String.fromCodePoint':
      return fromCodes(values(evaluator, args, scope));
    case '#String':
      return value(0);
    case '#Blob':
    case '#File':
    case 'buffer#Blob':
      return blobOf(value(0));
    case '#URL.createObjectURL':
    case 'url#URL.createObjectURL':
      return value(0);
    case '#parseInt':
    case '#Number':
      return parsed(value(0), value(1));
    case '#atob':
      return decoded(value(0), 'base64');
    case '#Buffer.from':
    case '#Buffer':
    case 'buffer#Buffer.from':
    case 'buffer#Buffer':
      return decoded(value(0), textOf(value(1))?.text ?? 'utf8');
    case '#unescape':
    case '#decodeURIComponent':
    case '#decodeURI':
      return unescaped(value(0));
    case 'path#join':
    case 'path#resolve':
    case 'path#posix.join':
    case 'path#win32.join':
    case 'path#posix.resolve':
      return joined(values(evaluator, args, scope));
    case '#URL':
    case 'url#URL':
    case 'url#resolve':
      return path === 'url#resolve' ? address(value(1), value(0)) : address(value(0), value(1));
    case 'url#fileURLToPath':
      return value(0);
    case 'path#dirname':
      return folder(textOf(value(0))?.text);
    case 'path#basename':
      return { is: 'text', text: textOf(value(0))?.text.split('/').at(-1) ?? hole, readAs: 'written' };
    case '#process.cwd':
      return { is: 'text', text: '.', readAs: 'written' };
    default:
      // A helper the compiler takes from the global object if it is there: `this && this.__importDefault`.
      return path.endsWith('#') || /^#__?[a-zA-Z]+$/.test(path)
        ? (passedModule(evaluator, node, scope) ?? { is: 'result', of: path, node, scope })
        : { is: 'result', of: path, node, scope };
  }
}

/** What pages carry about as a file of their own making: its text, under an address. */
function blobOf(parts: Value | undefined): Value | undefined {
  const told = parts?.is === 'list' ? parts.items.map(textOf) : [];
  if (told.length === 0 || told.some((part) => part === undefined)) return undefined;
  const isDecoded = told.some((part) => part?.readAs === 'decoded');
  return { is: 'text', text: `blob:${told.map((part) => part?.text).join('')}`, readAs: isDecoded ? 'decoded' : 'written' };
}

/** A path on a host that is named apart from it. */
function address(path: Value | undefined, base: Value | undefined): Value | undefined {
  const [told, host] = [textOf(path), textOf(base)];
  if (!host || hostOf(host.text) === undefined || (told && hostOf(told.text) !== undefined)) return path;
  const start = /^\w+:\/\/[^/?#]*/.exec(host.text)?.[0] ?? '';
  const readAs = host.readAs === 'decoded' || told?.readAs === 'decoded' ? 'decoded' : 'written';
  return { is: 'text', text: `${start}/${(told?.text ?? hole).replace(/^\//, '')}`, readAs };
}

/** What `Function('return this')`, `Function('return require("x")')` makes: a function of the global scope. */
function functionOf(text: string, scope: Scope): Value | undefined {
  const returned = text.length <= 200 ? /^\s*return\s+([^;]+?)\s*;?\s*$/.exec(text)?.[1] : undefined;
  if (returned === undefined) return undefined;
  const parsed = parseScript(`(${returned === 'this' ? 'globalThis' : returned})`, false);
  const [statement] = parsed.ok ? parsed.program.body : [];
  if (statement?.type !== 'ExpressionStatement') return undefined;
  const node = { type: 'ArrowFunctionExpression', params: [], body: statement.expression, async: false, expression: true, generator: false };
  return { is: 'function', node: node as unknown as FunctionNode, scope: rootOf(scope) };
}

function throughCall(evaluator: Evaluating, how: string, target: string, node: CallNode, scope: Scope): Value | undefined {
  if (how === 'bind') return boundTo(evaluator, target, node, scope);
  if (target === '#String.fromCharCode') {
    const rest = values(evaluator, node.arguments.slice(1), scope);
    return fromCodes(rest[0]?.is === 'list' ? rest[0].items : rest);
  }
  if (target === '#require') return evaluator.module(values(evaluator, node.arguments, scope)[1]);
  return { is: 'result', of: target, node, scope };
}

/** `Function.call.bind(f)` is `f` with its `this` as first argument. */
function boundTo(evaluator: Evaluating, target: string, node: CallNode, scope: Scope): Value | undefined {
  const [first] = node.arguments;
  if (!/^#Function\.(prototype\.)?(call|apply|bind)$/.test(target) || !first || first.type === 'SpreadElement') return { is: 'path', path: target };
  return evaluator.value(first, scope);
}

/** Methods of texts, lists and bytes. */
function methodCall(evaluator: Evaluating, object: Value, key: string, node: CallNode, scope: Scope): Value | undefined {
  const args = values(evaluator, node.arguments, scope);
  if (object.is === 'result' && key === 'decode' && /^(util)?#TextDecoder$/.test(object.of) && args[0]?.is === 'bytes')
    return { is: 'text', text: Buffer.from(args[0].bytes).toString('utf8'), readAs: 'decoded' };
  const kept = object.is === 'result' && key === 'get' ? keptIn(evaluator, object, textOf(args[0])?.text, node) : undefined;
  if (kept) return kept;
  if (object.is === 'result') return { is: 'result', of: `${object.of}.${key}`, node, scope };
  if (object.is === 'bytes') return bytesMethod(object.bytes, key, args);
  if (object.is === 'list') return listMethod(evaluator, object.items, key, args);
  if (object.is === 'function') return functionMethod(evaluator, object, key, args);
  if (object.is === 'object') {
    const property = evaluator.property(object, key);
    if (property?.is === 'function') return evaluator.inline(property.node, property.scope, args);
    return property?.is === 'path' ? pathCall(evaluator, property.path, node, scope, undefined) : undefined;
  }
  return object.is === 'text' ? textMethod(object.text, object.readAs === 'decoded', key, args, node.arguments[0]) : undefined;
}
