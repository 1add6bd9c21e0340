/** What a name that is given away may stand for. */
import type { Binding, Scope } from './bindings.ts';
import type { Node } from './nodes.ts';
import type { OwnRef } from './own-ref.ts';
import type { Seen } from './scan.ts';

/** What a name may stand for. */
export interface Standing {
  /** Functions, classes, values of the file. */
  readonly nodes: readonly Seen<Node>[];
  /** Those of them that are what is meant, not a member of it. */
  readonly itself: readonly Seen<Node>[];
  /** What other files give away, handed on as it is. */
  readonly refs: readonly OwnRef[];
  /** False where only running would tell what else it is. */
  readonly told: boolean;
}

/** A class because names that lead to themselves are asked once. */
export class Found implements Standing {
  readonly nodes: Seen<Node>[] = [];
  readonly itself: Seen<Node>[] = [];
  readonly refs: OwnRef[] = [];
  told = true;
  /** Above nothing while members of what is meant are followed. */
  within = 0;
  readonly #asked = new Map<Binding, Set<string>>();

  take(node: Node, scope: Scope): void {
    this.nodes.push({ node, scope });
    if (this.within === 0) this.itself.push({ node, scope });
  }

  /** Something whose members only running would tell. */
  other(node: Node, scope: Scope): void {
    this.nodes.push({ node, scope });
    this.told = false;
  }

  seen(binding: Binding, reach: string): boolean {
    const held = this.#asked.get(binding);
    if (held?.has(reach)) return true;
    if (held) held.add(reach);
    else this.#asked.set(binding, new Set([reach]));
    return false;
  }
}
