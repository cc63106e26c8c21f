// SPDX-License-Identifier: Apache-2.0
// Objects in the order in which they were used last, as a chain: asking for the first one takes no
// longer after many have gone, as it would with a map, and nothing is kept of those that went.

type Link<Item> = { before: Item | null; after: Item | null };

export class ByRecency<Item extends Link<Item>> {
  #first: Item | null = null;
  #last: Item | null = null;

  /** The one that was used least recently. */
  get first(): Item | null {
    return this.#first;
  }

  /** Adds one that is not in here. */
  add(item: Item): void {
    item.before = this.#last;
    item.after = null;
    if (this.#last === null) this.#first = item;
    else this.#last.after = item;
    this.#last = item;
  }

  /** Removes one that is in here. */
  remove(item: Item): void {
    const { before, after } = item;
    if (before === null) this.#first = after;
    else before.after = after;
    if (after === null) this.#last = before;
    else after.before = before;
    item.before = null;
    item.after = null;
  }

  /** Makes one that is in here the one that was used last. */
  use(item: Item): void {
    if (item === this.#last) return;
    this.remove(item);
    this.add(item);
  }

  clear(): void {
    this.#first = null;
    this.#last = null;
  }
}
