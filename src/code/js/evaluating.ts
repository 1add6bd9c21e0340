/** What can be asked of the expressions of a file. The parts of the evaluator ask each other through this. */

import type { ESTree } from 'meriyah';
import type { ReadAs } from '../../model/contents.ts';
import type { Binding, Scope } from './bindings.ts';
import type { Value } from './known.ts';
import type { FunctionNode, Node } from './nodes.ts';
import type { Scan } from './scanned.ts';

export interface Evaluating {
  readonly scan: Scan;
  /** What an expression is known to be. */
  value(node: Node, scope: Scope): Value | undefined;
  /** All an expression is known to be at times. */
  alternatives(node: Node, scope: Scope): readonly Value[];
  /** The text of an expression; `…` where it is not known. */
  text(node: Node, scope: Scope): { readonly text: string; readonly readAs: ReadAs };
  /** The path an expression stands for, e.g. `child_process#exec`. */
  path(node: Node, scope: Scope): string | undefined;
  /** What a name stands for. */
  named(name: string, scope: Scope): Value | undefined;
  /** The value of a binding that has one. */
  bound(binding: Binding): Value | undefined;
  /** The name of the property a member expression takes; undefined when only running would tell. */
  key(node: ESTree.MemberExpression, scope: Scope): string | undefined;
  /** A property of a value. */
  property(value: Value | undefined, key: string): Value | undefined;
  /** What requiring or importing a name gives. */
  module(name: Value | undefined): Value | undefined;
  /** False for functions whose result only running would tell: nothing of their calls need be looked at. */
  tells(target: FunctionNode): boolean;
  /** The result of a local function of constants. */
  inline(target: FunctionNode, scope: Scope, values: readonly (Value | undefined)[]): Value | undefined;
}
