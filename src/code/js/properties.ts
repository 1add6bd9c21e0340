/** What a property of a known value is. */
import type { ESTree } from 'meriyah';
import type { Scope } from './bindings.ts';
import type { Evaluating } from './evaluating.ts';
import { memberPath, textOf, type Value } from './known.ts';
import type { FunctionNode, Node } from './nodes.ts';

/** Spreads looked through for one property. */
const mostSpreads = 64;

/** Looks for properties of one file's values; a class because of its account of spreads. */
export class Properties {
  readonly #evaluator: Evaluating;
  /** Objects whose spreads are being looked through, and how many more spreads may be. */
  readonly #spreading = new Set<Node>();
  #spreadsLeft = 0;

  constructor(evaluator: Evaluating) {
    this.#evaluator = evaluator;
  }

  of(value: Value | undefined, key: string): Value | undefined {
    switch (value?.is) {
      case 'path':
        return { is: 'path', path: memberPath(value.path, key) };
      case 'result':
        return { is: 'result', of: memberPath(value.of, key), node: value.node, scope: value.scope };
      case 'object':
        return this.#ofObject(value.node, value.scope, key);
      case 'list':
        return /^\d+$/.test(key) ? value.items[Number(key)] : ofPrototype('Array', key);
      case 'text':
        if (/^\d+$/.test(key)) return { is: 'text', text: value.text[Number(key)] ?? '', readAs: 'assembled' };
        if (key === 'length') return { is: 'number', number: value.text.length };
        return ofPrototype('String', key);
      case 'number':
        return ofPrototype('Number', key);
      case 'function':
        return key === 'constructor' || key === '__proto__'
          ? { is: 'path', path: key === 'constructor' ? '#Function' : '#Function.prototype' }
          : undefined;
      default:
        return undefined;
    }
  }

  #ofObject(node: ESTree.ObjectExpression, scope: Scope, key: string): Value | undefined {
    for (const property of node.properties) {
      if (property.type !== 'Property' || this.#name(property, scope) !== key) continue;
      return property.kind === 'get'
        ? this.#evaluator.inline(property.value as FunctionNode, scope, [])
        : this.#evaluator.value(property.value, scope);
    }
    return this.#spread(node, scope, key);
  }

  #name({ key, computed }: ESTree.Property, scope: Scope): string | undefined {
    if (computed) return textOf(this.#evaluator.value(key, scope))?.text;
    if (key.type === 'Identifier') return key.name;
    return key.type === 'Literal' ? String(key.value) : undefined;
  }

  /** `options = { ...options, more }` leads back to itself, and spreads of spreads can be made to multiply. */
  #spread(node: ESTree.ObjectExpression, scope: Scope, key: string): Value | undefined {
    if (this.#spreading.has(node)) return undefined;
    if (this.#spreading.size === 0) this.#spreadsLeft = mostSpreads;
    this.#spreading.add(node);
    try {
      for (const spread of node.properties) {
        if (spread.type !== 'SpreadElement') continue;
        this.#spreadsLeft -= 1;
        if (this.#spreadsLeft < 0) return undefined;
        const value = this.of(this.#evaluator.value(spread.argument, scope), key);
        if (value) return value;
      }
      return undefined;
    } finally {
      this.#spreading.delete(node);
    }
  }
}

/** What every text, list or number has: by it attackers come to the constructor of functions. */
function ofPrototype(type: 'Array' | 'String' | 'Number', key: string): Value | undefined {
  if (key === 'constructor') return { is: 'path', path: `#${type}` };
  return commonMethods.has(key) ? { is: 'path', path: `#${type}.prototype.${key}` } : undefined;
}

const commonMethods = new Set(
  'at concat copyWithin entries every fill filter find findIndex flat flatMap forEach includes indexOf join keys lastIndexOf map pop push reduce reduceRight reverse shift slice some sort splice unshift values toString valueOf charAt charCodeAt codePointAt endsWith match matchAll normalize padEnd padStart repeat replace replaceAll search split startsWith substr substring toLowerCase toUpperCase trim link sub sup bold anchor big italics toFixed toLocaleString'.split(
    ' ',
  ),
);
