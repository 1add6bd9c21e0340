/** Syntax trees of files that are asked about again: few at a time, for each takes some thirty times the memory of its text. */

/** Beside the tree of the largest, those of files of so many bytes together are held. */
const mostBytes = 2 ** 20;

/** Makes what gives what is made, and decides how long that is held. */
export type Hold = <T>(make: () => T) => () => T;

interface Shelf {
  readonly bytes: number;
  clear(): void;
}

/** A class because making one lets go of others. */
export class HeldTrees {
  /** The one asked last comes last. */
  readonly #shelves = new Set<Shelf>();
  #bytes = 0;

  /** For a file of so many bytes. What was let go of is made again; what was made twice stays. */
  of(bytes: number): Hold {
    return (make) => {
      let made: { readonly value: ReturnType<typeof make> } | undefined;
      let before = false;
      const shelf: Shelf = {
        bytes,
        clear: () => {
          made = undefined;
        },
      };
      return () => {
        if (!made) {
          if (!before) this.#add(shelf);
          before = true;
          made = { value: make() };
        } else if (this.#shelves.delete(shelf)) this.#shelves.add(shelf);
        return made.value;
      };
    };
  }

  /** Room is made before: what is let go of is gone while the next is read. */
  #add(shelf: Shelf): void {
    for (const oldest of this.#shelves) {
      if (this.#bytes + shelf.bytes - this.#largest(shelf) <= mostBytes) break;
      oldest.clear();
      this.#shelves.delete(oldest);
      this.#bytes -= oldest.bytes;
    }
    this.#shelves.add(shelf);
    this.#bytes += shelf.bytes;
  }

  #largest({ bytes }: Shelf): number {
    return [...this.#shelves].reduce((most, shelf) => Math.max(most, shelf.bytes), bytes);
  }
}
