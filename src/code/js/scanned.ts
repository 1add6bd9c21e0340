/** What one walk over a syntax tree gathers: scopes and bindings, and the nodes that are looked at closer once all bindings are known. */
import type { ESTree } from 'meriyah';
import { newScope, type Scope } from './bindings.ts';
import { byName, fedByName, methodsByNode, setsByName } from './feeds.ts';
import type { CallNode, FunctionNode, Node } from './nodes.ts';

/** A node with the scope it stands in. */
export interface Seen<N extends Node> {
  readonly node: N;
  readonly scope: Scope;
}

export interface Scan {
  readonly calls: Seen<CallNode | ESTree.ImportExpression>[];
  /** Members whose name is computed, or one that tells something. */
  readonly members: Seen<ESTree.MemberExpression>[];
  /** How many members there are in all. */
  memberCount: number;
  readonly assignments: Seen<ESTree.AssignmentExpression>[];
  /** What fields of classes begin with. */
  readonly fields: (Seen<Node> & { readonly name: Node })[];
  readonly strings: ESTree.StringLiteral[];
  readonly templates: ESTree.TemplateLiteral[];
  readonly patterns: ESTree.RegExpLiteral[];
  readonly arrays: ESTree.ArrayExpression[];
  readonly loops: Seen<ESTree.ForInStatement>[];
  readonly imports: string[];
  readonly identifiers: Set<string>;
  /** Functions that are called where they stand, or handed to a call or a property. */
  readonly handed: Map<Node, { readonly to: Node; readonly scope: Scope; readonly index: number }>;
  /** Some calls by the plain name of what they call. */
  callsByName(name: string): readonly Seen<CallNode>[];
  /** Some calls of a method by other methods of its object. */
  callsByThis(method: Node): readonly Seen<CallNode>[];
  /** Every function. */
  functions(): Iterable<Node>;
  /** The name a function is called by. */
  nameOf(target: Node): string | undefined;
  /** Methods of classes and objects, and functions that are assigned to a member, by name. */
  readonly methods: ReadonlyMap<string, readonly FunctionNode[]>;
  /** Functions under a number or path, as bundlers keep modules. */
  readonly modules: ReadonlyMap<string, readonly FunctionNode[]>;
  /** Where code stands that only runs when the file itself is started. */
  readonly asProgram: readonly (readonly [start: number, end: number])[];
  /** The scope within a function. */
  scopeOf(target: Node): Scope | undefined;
  /** What is put into the object of a name: pushed, set, assigned to its members. */
  fedInto(name: string): readonly Seen<Node>[];
  /** Calls of `set` of what a name holds. */
  setsOf(name: string): readonly Seen<CallNode>[];
  /** Properties by which mail gets further recipients. */
  readonly recipients: ESTree.Property[];
  /** Loops nothing in them ends. */
  readonly endless: Node[];
  /** Blocks whose errors are caught and dropped. */
  readonly hushedBlocks: readonly (readonly [start: number, end: number])[];
  /** The name of the function, method or property, where it takes somebody's secret. */
  methodName(target: Node): string | undefined;
  /** `switch` inside `while (true)`-like loops: flattened control flow. */
  flattened: number;
  readonly root: Scope;
}

/** What is gathered, and the indexes over it that are made when somebody asks. */
export class Scanned implements Scan {
  readonly calls: Seen<CallNode | ESTree.ImportExpression>[] = [];
  readonly members: Seen<ESTree.MemberExpression>[] = [];
  memberCount = 0;
  readonly assignments: Seen<ESTree.AssignmentExpression>[] = [];
  readonly fields: (Seen<Node> & { readonly name: Node })[] = [];
  readonly strings: ESTree.StringLiteral[] = [];
  readonly templates: ESTree.TemplateLiteral[] = [];
  readonly patterns: ESTree.RegExpLiteral[] = [];
  readonly arrays: ESTree.ArrayExpression[] = [];
  readonly loops: Seen<ESTree.ForInStatement>[] = [];
  readonly imports: string[] = [];
  readonly identifiers = new Set<string>();
  readonly handed = new Map<Node, { readonly to: Node; readonly scope: Scope; readonly index: number }>();
  readonly recipients: ESTree.Property[] = [];
  readonly endless: Node[] = [];
  readonly hushedBlocks: (readonly [number, number])[] = [];
  readonly methodNames = new Map<Node, string>();
  flattened = 0;
  readonly root = newScope(undefined, true);
  readonly inner = new Map<Node, Scope>();
  readonly named = new Map<Node, string>();
  readonly methods = new Map<string, FunctionNode[]>();
  readonly modules = new Map<string, FunctionNode[]>();
  readonly asProgram: (readonly [number, number])[] = [];
  #byName: Map<string, Seen<CallNode>[]> | undefined;
  #fed: Map<string, Seen<Node>[]> | undefined;
  #methods: ReadonlyMap<Node, string> | undefined;
  #sets: ReadonlyMap<string, readonly Seen<CallNode>[]> | undefined;

  nameOf(target: Node): string | undefined {
    return target.type === 'FunctionDeclaration' && target.id ? target.id.name : this.named.get(target);
  }

  methodName(target: Node): string | undefined {
    return this.methodNames.get(target);
  }

  functions(): Iterable<Node> {
    return this.inner.keys();
  }

  scopeOf(target: Node): Scope | undefined {
    return this.inner.get(target);
  }

  callsByName(name: string): readonly Seen<CallNode>[] {
    this.#byName ??= byName(this.calls);
    return this.#byName.get(name) ?? [];
  }

  callsByThis(method: Node): readonly Seen<CallNode>[] {
    this.#methods ??= methodsByNode(this.methods);
    const name = this.#methods.get(method);
    return name === undefined ? [] : this.callsByName(`this.${name}`);
  }

  fedInto(name: string): readonly Seen<Node>[] {
    this.#fed ??= fedByName(this);
    return this.#fed.get(name) ?? [];
  }

  setsOf(name: string): readonly Seen<CallNode>[] {
    this.#sets ??= setsByName(this.calls);
    return this.#sets.get(name) ?? [];
  }
}
