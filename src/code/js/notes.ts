/** What is gathered while a script's tree is looked at, and the questions every look asks. */
import type { ESTree } from 'meriyah';
import type { CapabilityKind, ReadAs } from '../../model/contents.ts';

import { domainOf } from '../places.ts';
import type { Scope } from './bindings.ts';
import type { Outgoing } from './hand-over.ts';
import { hushedIn } from './hushed.ts';
import { hole, textOf } from './known.ts';
import { type Liveness, liveness } from './liveness.ts';
import { bare, type CallNode, type Node } from './nodes.ts';
import { originOf } from './origin.ts';
import type { Scan } from './scan.ts';
import type { Tag } from './tag.ts';
import { Evaluator } from './value.ts';

/** Something seen at an offset of the script. */
export interface Spotted {
  readonly kind: CapabilityKind;
  readonly detail: string;
  readonly at: number;
  readonly readAs: ReadAs;
  /** Only runs when something the file gives away is called. */
  readonly waits?: boolean;
}

/** Everything a script's tree tells, apart from how it is written. */
export interface Spots {
  readonly spotted: readonly Spotted[];
  /** Names written in pieces or encoded, and names only running would tell. */
  readonly disguised: readonly { readonly detail: string; readonly at: number; readonly computed: boolean }[];
  /** What it requires or imports, as written; `…` where it is not known. */
  readonly requires: readonly string[];
  /** Files it starts, loads or reads by path. */
  readonly files: readonly string[];
  /** Code inside it: arguments of eval, decoded literals, `node -e`. */
  readonly inner: readonly { readonly code: string; readonly at: number; readonly readAs: ReadAs }[];
  /** What of other files goes out here, and the host that gets what functions of this file are given. */
  readonly outgoing?: readonly Outgoing[];
  readonly sends?: string | undefined;
  /** True when there was more to follow than is followed. */
  readonly exhausted: boolean;
  /** What of it runs by loading; of tokens nobody can tell. */
  liveness?(): Liveness;
}

const most = 5000;
const longest = 200;

/** A class because it gathers while the looks go on. */
export class Notes implements Spots {
  readonly spotted: Spotted[] = [];
  readonly disguised: { detail: string; at: number; computed: boolean }[] = [];
  readonly requires: string[] = [];
  readonly files: string[] = [];
  readonly inner: { code: string; at: number; readAs: ReadAs }[] = [];
  readonly outgoing: Outgoing[] = [];
  sends: string | undefined;
  readonly scan: Scan;
  readonly evaluator: Evaluator;
  /** Files that hold what a host sent, and files that are started, by path or name of variable. */
  readonly fetched = new Map<string, Node>();
  /** Files that hold what came out of a picture, a font or the like of the package. */
  readonly carried = new Map<string, Node>();
  readonly started = new Set<string>();
  /** Of those, what runs: not what is shown or played. */
  readonly run = new Set<string>();
  /** What is unpacked, and whether programs are started that are no commands everybody has. */
  readonly unpacked: string[] = [];
  startsByPath = false;
  /** Text that is written to files, for where they are started. */
  readonly written: { readonly keys: readonly string[]; readonly code: string; readonly at: number; readonly readAs: ReadAs }[] = [];

  constructor(scan: Scan) {
    this.scan = scan;
    this.evaluator = new Evaluator(scan);
  }

  get exhausted(): boolean {
    return this.evaluator.exhausted;
  }

  #hushed: ((at: number) => boolean) | undefined;

  /** True where nobody hears of what goes wrong. */
  isHushed(node: Node): boolean {
    this.#hushed ??= hushedIn(this.scan);
    return this.#hushed(node.start ?? 0);
  }

  readonly #hidden = new Map<string, boolean>();

  /** True for a host that stands nowhere in the script as it is: it is put together of letters, codes or pieces, or encoded. */
  isHidden(host: string, readAs: ReadAs): boolean {
    if (readAs === 'written' || host.includes(hole)) return false;
    const held = this.#hidden.get(host);
    if (held !== undefined) return held;
    const domain = domainOf(host) ?? host;
    const name = domain.split('.')[0] ?? '';
    const found = !isWritten(this.scan, name.length > 3 && /[a-z]/.test(name) ? name : domain);
    this.#hidden.set(host, found);
    return found;
  }

  liveness(): Liveness {
    return liveness(this.scan, this.evaluator);
  }

  add(kind: CapabilityKind, detail: string, node: Node, readAs: ReadAs = 'written'): void {
    if (this.spotted.length < most) this.spotted.push({ kind, detail: detail.slice(0, longest), at: node.start ?? 0, readAs });
  }

  disguise(text: string, node: Node): void {
    this.disguised.push({ detail: text.slice(0, 120), at: node.start ?? 0, computed: false });
  }

  /** The path of what is called, also through `call` and `apply`. */
  calleePath(node: CallNode, scope: Scope): string | undefined {
    const value = this.evaluator.value(node.callee, scope);
    const path = value?.is === 'path' ? value.path : value?.is === 'result' ? value.of : undefined;
    if (path === undefined || !(path.endsWith('.call') || path.endsWith('.apply'))) return path;
    return path.slice(0, path.lastIndexOf('.'));
  }

  /** What all arguments together are made of. */
  tagsOf(args: readonly Node[], scope: Scope): ReadonlySet<Tag> {
    const all = new Set<Tag>();
    for (const argument of args)
      for (const tag of originOf(this.evaluator, argument.type === 'SpreadElement' ? argument.argument : argument, scope)) all.add(tag);
    return all;
  }

  /** The ways to name a file: by its text, by the variable that holds it. */
  fileKeys(node: Node | undefined, scope: Scope): readonly string[] {
    if (!node || node.type === 'SpreadElement') return [];
    const plain = bare(node);
    const texts = this.evaluator.alternatives(plain, scope).map((value) => textOf(value)?.text);
    return [
      ...(plain.type === 'Identifier' ? [`$${plain.name}`] : []),
      ...texts.filter((text) => text !== undefined).filter((text) => text !== hole && /[\w]/.test(text.replaceAll(hole, ''))),
    ];
  }
}

/** Whether a text stands in a literal as it is: escaped letters are not. */
function isWritten({ strings, templates }: Scan, text: string): boolean {
  const holds = (written: string | null | undefined): boolean => written?.toLowerCase().includes(text) ?? false;
  return strings.some(({ raw, value }) => holds(raw ?? value)) || templates.some(({ quasis }) => quasis.some(({ value }) => holds(value.raw)));
}

/** A call or a `new`, where it does not matter which. */
export type Called = ESTree.CallExpression | ESTree.NewExpression;
