// SPDX-License-Identifier: Apache-2.0
// What a condition is, apart from where it stands: conditions that mean the same have the same
// number, whichever rule they are in. Elements and registers count by how far outside they are
// bound, and what derives from an array of matchers is made once for the array.

import type {
  BoolNode,
  IntegerNode,
  IpNode,
  ListNode,
  StringMatcher,
  StringNode,
  ValueNode,
  ValueSource,
} from '../2-check/typed.ts';

export type NodeFacts = {
  /** The same for conditions that mean the same. */
  readonly id: number;
  /** Elements and registers that it reads and does not bind. */
  readonly free: readonly number[];
  /** True when it may change between two rules of one event: it reads a variable. */
  readonly isVolatile: boolean;
};

/** What a walk over a condition collects beside its key. Most read nothing that is bound. */
type Reads = { free: number[] | null; isVolatile: boolean };

const nothing: readonly number[] = [];

function addFree(reads: Reads, binding: number): void {
  if (reads.free === null) reads.free = [binding];
  else if (!reads.free.includes(binding)) reads.free.push(binding);
}

function getMatcherKey(matcher: StringMatcher): string {
  switch (matcher.kind) {
    case 'exact':
      return `e${matcher.value}`;
    case 'glob':
      return `g${matcher.glob.pattern}`;
    case 'pattern':
      return `p${matcher.pattern}`;
    case 'regexp':
      return `r${matcher.regexp}`;
  }
}

export class NodeTable {
  readonly #facts = new Map<BoolNode, NodeFacts>();
  readonly #ids = new Map<string, number>();
  readonly #matcherKeys = new Map<readonly StringMatcher[], number>();
  /** Bindings around the node being looked at, innermost last. */
  readonly #bindings: number[] = [];
  #lists = 0;

  /** Describes a condition. */
  describe(node: BoolNode): NodeFacts {
    const known = this.#facts.get(node);
    if (known) return known;
    const reads: Reads = { free: null, isVolatile: false };
    const id = this.#intern(this.#keyOf(node, reads));
    const facts = { id, free: reads.free ?? nothing, isVolatile: reads.isVolatile };
    // The key of what is bound outside depends on the place.
    if (facts.free.length === 0) this.#facts.set(node, facts);
    return facts;
  }

  /** Returns the number of a list of matchers; equal lists have the same. */
  getMatchersId(matchers: readonly StringMatcher[]): number {
    let id = this.#matcherKeys.get(matchers);
    if (id === undefined) {
      const parts = matchers.map(getMatcherKey);
      id = this.#intern(JSON.stringify(parts));
      this.#matcherKeys.set(matchers, id);
    }
    return id;
  }

  #intern(key: string): number {
    let id = this.#ids.get(key);
    if (id === undefined) {
      id = this.#ids.size;
      this.#ids.set(key, id);
    }
    return id;
  }

  #nested(node: BoolNode, reads: Reads): string {
    const { id, free, isVolatile } = this.describe(node);
    for (const binding of free) addFree(reads, binding);
    if (isVolatile) reads.isVolatile = true;
    return `#${id}`;
  }

  #keyOfAll(nodes: readonly BoolNode[], reads: Reads): string {
    let key = '';
    for (const node of nodes) key += this.#nested(node, reads);
    return key;
  }

  #bound(binding: number, condition: BoolNode, reads: Reads): string {
    this.#bindings.push(binding);
    const { id, free, isVolatile } = this.describe(condition);
    this.#bindings.pop();
    for (const outer of free) if (outer !== binding) addFree(reads, outer);
    if (isVolatile) reads.isVolatile = true;
    return `#${id}`;
  }

  #keyOf(node: BoolNode, reads: Reads): string {
    switch (node.kind) {
      case 'bool':
        return String(node.value);
      case 'not':
        return `!${this.#nested(node.operand, reads)}`;
      case 'and':
      case 'or':
        return node.kind + this.#keyOfAll(node.operands, reads);
      case 'bool-value':
        return `bool(${this.#sourceKey(node.source, reads)})`;
      case 'same-bool':
        return `same(${this.#nested(node.left, reads)},${this.#nested(node.right, reads)})`;
      case 'order': {
        const { left, operator, right } = node;
        return `(${this.#integerKey(left, reads)}${operator}${this.#integerKey(right, reads)})`;
      }
      case 'one-of':
        return `one(${this.#integerKey(node.subject, reads)},${node.values.join()})`;
      case 'same-string':
        return `str(${this.#stringKey(node.left, reads)},${this.#stringKey(node.right, reads)})`;
      case 'string-match': {
        const matchers = this.getMatchersId(node.matchers);
        return `match(${this.#stringKey(node.subject, reads)},${matchers})`;
      }
      case 'ip-match': {
        const nets = node.nets.map((net) => this.#ipKey(net, reads)).join();
        return `ip(${node.relation},${this.#ipKey(node.subject, reads)},${nets})`;
      }
      case 'any': {
        const list = this.#listKey(node.list, reads);
        return `any(${list},${this.#bound(node.binding, node.condition, reads)})`;
      }
      case 'exists': {
        const condition = this.#bound(node.binding, node.condition, reads);
        return `exists(${node.iterator},${condition})`;
      }
    }
  }

  #bindingKey(binding: number, reads: Reads): string {
    addFree(reads, binding);
    const at = this.#bindings.lastIndexOf(binding);
    return at === -1 ? `free${binding}` : `x${this.#bindings.length - at}`;
  }

  #sourceKey(source: ValueSource, reads: Reads): string {
    switch (source.from) {
      case 'field':
        return source.field.name;
      case 'element':
        return this.#bindingKey(source.binding, reads);
      case 'register':
        return `${source.field.name}[${this.#bindingKey(source.binding, reads)}]`;
      case 'index':
        return `${this.#listKey(source.list, reads)}[${source.index}]`;
      case 'variable':
        reads.isVolatile = true;
        return `$${source.variable.name}`;
      case 'uuid':
        reads.isVolatile = true;
        return 'uuid()';
    }
  }

  #listKey(list: ListNode, reads: Reads): string {
    switch (list.from) {
      case 'field':
        return list.field.name;
      case 'register':
        return `${list.field.name}[${this.#bindingKey(list.binding, reads)}]`;
      case 'index':
        return `${list.field.name}[${list.index}]`;
      case 'variable':
        reads.isVolatile = true;
        return `$${list.variable.name}`;
    }
  }

  #stringKey(node: StringNode, reads: Reads): string {
    switch (node.kind) {
      case 'string':
        return JSON.stringify(node.value);
      case 'string-value':
        return this.#sourceKey(node.source, reads);
      case 'string-template':
        return `text(${node.parts.map((part) => this.#valueKey(part, reads)).join()})`;
      case 'lower-case':
        return `lower(${this.#stringKey(node.of, reads)})`;
      case 'root-domain':
        return `root(${this.#stringKey(node.of, reads)})`;
    }
  }

  #integerKey(node: IntegerNode, reads: Reads): string {
    switch (node.kind) {
      case 'integer':
        return String(node.value);
      case 'integer-value':
        return this.#sourceKey(node.source, reads);
      case 'string-length':
        return `length(${this.#stringKey(node.of, reads)})`;
      case 'list-length':
        return `count(${this.#listKey(node.of, reads)})`;
      case 'iterator-length':
        return `count(${node.iterator})`;
      case 'integer-operation': {
        const { left, operator, right } = node;
        return `(${this.#integerKey(left, reads)}${operator}${this.#integerKey(right, reads)})`;
      }
    }
  }

  #ipKey(node: IpNode, reads: Reads): string {
    if (node.kind === 'ip-value') return this.#sourceKey(node.source, reads);
    const { family, address, prefix } = node.net;
    return `${family}:${address}/${prefix}`;
  }

  #valueKey(value: ValueNode, reads: Reads): string {
    switch (value.type) {
      case 'bool':
        return this.#nested(value.node, reads);
      case 'int':
        return this.#integerKey(value.node, reads);
      case 'string':
        return this.#stringKey(value.node, reads);
      case 'ip':
        return this.#ipKey(value.node, reads);
      case 'list':
        return this.#listKey(value.node, reads);
      case 'values':
        // Values that a policy spells out are for actions; in a condition they are like no others.
        return `values${this.#lists++}`;
    }
  }
}
