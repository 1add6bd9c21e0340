/** The members of the last object of the kind that repeats: where their bytes are, and what was built of them. */
import type { Part } from './json-part.ts';
import type { Built, Slots, Wanted } from './json-shape.ts';

/** A member that was the same so often is compared together with its neighbours. */
const steady = 3;

/** Among more members room is made for none: what is not as expected takes the place of what was. */
const crowd = 256;

export class Members {
  count = 0;
  starts = new Int32Array(64);
  colons = new Int32Array(64);
  stops = new Int32Array(64);
  /** How often in a row a member was the same as before. */
  private ages = new Int32Array(64);
  readonly wanted: (Wanted | undefined)[] = [];
  private readonly values: unknown[] = [];
  /** What was built last, as long as the same members stand in the same places, each of them once; and which of them were set since. */
  private last: (Part | undefined)[] | undefined;
  private readonly fresh: number[] = [];

  set(place: number, start: number, colonAt: number, stop: number, wanted: Wanted | undefined, value: unknown): void {
    this.starts[place] = start;
    this.colons[place] = colonAt;
    this.stops[place] = stop;
    this.ages[place] = 0;
    if (this.wanted[place] !== wanted) this.last = undefined;
    else if (wanted !== undefined) this.fresh.push(place);
    this.wanted[place] = wanted;
    this.values[place] = value;
  }

  /** These stand again, from `at` on; where they end. */
  again(from: number, end: number, at: number): number {
    const { starts, colons, stops, ages } = this;
    const shift = at - (starts[from] as number);
    for (let place = from; place < end; place += 1) {
      (starts[place] as number) += shift;
      (colons[place] as number) += shift;
      (stops[place] as number) += shift;
      (ages[place] as number) += 1;
    }
    return stops[end - 1] as number;
  }

  /** Behind which member a run of members ends that are expected to be the same once more. */
  runUntil(place: number): number {
    const { ages, count } = this;
    let end = place + 1;
    if ((ages[place] as number) >= steady) while (end < count && (ages[end] as number) >= steady) end += 1;
    return end;
  }

  /** A member that was not expected comes here: an inserted one, or the one at `found`, and those before that are left out. */
  makeRoom(place: number, found: number | undefined): void {
    const { count } = this;
    if (place === count) {
      if (count === this.starts.length) this.grow();
      this.count += 1;
      return;
    }
    const by = count > crowd ? 0 : found === undefined ? 1 : place - found;
    if (by === 0) return;
    this.last = undefined;
    if (count === this.starts.length) this.grow();
    const from = found ?? place;
    for (const numbers of [this.starts, this.colons, this.stops, this.ages]) numbers.copyWithin(from + by, from, count);
    for (const list of [this.wanted, this.values] as unknown[][]) {
      if (by > 0) list.splice(place, 0, undefined);
      else list.splice(place, -by);
    }
    this.count += by;
  }

  private grow(): void {
    const [starts, colons, stops, ages] = [this.starts, this.colons, this.stops, this.ages].map((old) => {
      const larger = new Int32Array(2 * old.length);
      larger.set(old);
      return larger;
    }) as [Int32Array<ArrayBuffer>, Int32Array<ArrayBuffer>, Int32Array<ArrayBuffer>, Int32Array<ArrayBuffer>];
    Object.assign(this, { starts, colons, stops, ages });
  }

  /** There are no more than these. */
  close(count: number): void {
    this.count = count;
    if (this.wanted.length === count) return;
    this.last = undefined;
    this.wanted.length = count;
    this.values.length = count;
  }

  /** What was built of them, later ones before earlier ones of the same name. */
  slots(length: number): Slots {
    const { wanted, values, last, fresh } = this;
    if (last === undefined) return this.slotsAnew(length);
    const slots = last.slice();
    for (const place of fresh) slots[(wanted[place] as Wanted).key as number] = values[place] as Part;
    fresh.length = 0;
    this.last = slots;
    return slots;
  }

  private slotsAnew(length: number): Slots {
    const slots = new Array<Part | undefined>(length).fill(undefined);
    const { wanted, values, count } = this;
    let twice = false;
    for (let place = 0; place < count; place += 1) {
      const one = wanted[place];
      if (one === undefined) continue;
      twice ||= slots[one.key as number] !== undefined;
      slots[one.key as number] = values[place] as Part;
    }
    this.fresh.length = 0;
    this.last = twice ? undefined : slots;
    return slots;
  }

  /** The same by name. */
  members(built: Built): Built {
    for (let place = 0; place < this.count; place += 1) {
      const one = this.wanted[place];
      if (one !== undefined) built[one.key] = this.values[place];
    }
    return built;
  }

  /** Where the first of their bytes lie. */
  first(otherwise: number): number {
    let first = otherwise;
    for (let place = 0; place < this.count; place += 1) first = Math.min(first, this.starts[place] as number);
    return first;
  }

  /** The bytes moved: what lay at `by` lies at 0. Members of an object that is half read lie apart from the rest: no run spans them. */
  move(by: number): void {
    this.ages.fill(0, 0, this.count);
    for (const offsets of [this.starts, this.colons, this.stops])
      for (let place = 0; place < this.count; place += 1) (offsets[place] as number) -= by;
  }
}
