// SPDX-License-Identifier: Apache-2.0
// What all functions of one emitted program share. Values that hold for a whole event are kept with
// the number of the event they were made for, so a field is read and a shared condition decided at
// most once for each event, and only when somebody asks.

import type { FieldSpec, IteratorName } from '@fimbul/schema';
import type { BoolNode, IntegerNode } from '../2-check/typed.ts';
import {
  type Code,
  type Constants,
  code,
  createConstants,
  makeInteger,
  makeName,
  type NameKind,
} from './code.ts';
import type { Accessor } from './emitted.ts';
import type { FieldWalk } from './field-walk.ts';
import type { NodeTable } from './node-facts.ts';

/**
 * Whether values are kept for an event. `event`: whoever evaluates counts the events; `none`: each
 * question is answered anew, so that events may come in any order.
 */
export type Memory = 'event' | 'none';

/** Stamp 0 is the number of the event; it stays below this, so that it can be shifted. */
export const eventNumberMax = 2 ** 29;

/** How what values are made of is emitted: values and conditions are made of each other. */
export type Emitters = {
  readonly bool: (module: EmitModule, node: BoolNode) => Code;
  readonly integer: (module: EmitModule, node: IntegerNode) => { readonly code: Code };
};

export type EmitOptions = {
  readonly accessors: ReadonlyMap<string, Accessor<never>>;
  readonly memory: Memory;
  /** Numbers of conditions that several rules share. */
  readonly shared: ReadonlySet<number>;
  readonly nodes: NodeTable;
  /** Automata of fields, by the name of the field; only where values are kept for an event. */
  readonly walks: ReadonlyMap<string, FieldWalk>;
  readonly emitters: Emitters;
};

export class EmitModule {
  readonly constants: Constants = createConstants();
  readonly nodes: NodeTable;
  readonly walks: ReadonlyMap<string, FieldWalk>;
  /** Finished functions, in the order in which they can be read. */
  readonly functions: Code[] = [];
  readonly accessors: unknown[] = [];
  readonly memory: Memory;
  /** Numbers of conditions that several rules share. */
  readonly shared: ReadonlySet<number>;
  readonly #source: ReadonlyMap<string, Accessor<never>>;
  readonly #emitters: Emitters;
  readonly #counts = new Map<NameKind, number>();
  readonly #made = new Map<string, Code>();
  readonly #reads = new Map<string, Code>();
  readonly #conditions = new Map<number, Code>();
  #stampCount = 1;

  constructor(options: EmitOptions) {
    this.#source = options.accessors;
    this.#emitters = options.emitters;
    this.memory = options.memory;
    this.shared = options.shared;
    this.nodes = options.nodes;
    this.walks = options.walks;
  }

  /** Emits a condition; one that means the same is emitted once. */
  emitBool(node: BoolNode): Code {
    const { id, free } = this.nodes.describe(node);
    // What depends on the element around it has a number only in its place.
    if (free.length > 0) return this.#emitters.bool(this, node);
    let condition = this.#conditions.get(id);
    if (condition === undefined) {
      condition = this.#emitters.bool(this, node);
      if (this.shared.has(id)) condition = this.#keepCondition(condition);
      this.#conditions.set(id, condition);
    }
    return condition;
  }

  /** Emits an integer that is a number or a bigint, as it comes. */
  emitInteger(node: IntegerNode): Code {
    return this.#emitters.integer(this, node).code;
  }

  /** How many stamps emitted code uses. */
  get stampCount(): number {
    return this.#stampCount;
  }

  makeName(kind: NameKind): Code {
    const index = this.#counts.get(kind) ?? 0;
    this.#counts.set(kind, index + 1);
    return makeName(kind, index);
  }

  /** Emits the place of a new stamp. */
  makeStamp(): Code {
    return code`stamps[${makeInteger(this.#stampCount++)}]`;
  }

  /** Makes a piece of code once for each key. */
  once(key: string, make: () => Code): Code {
    let piece = this.#made.get(key);
    if (piece === undefined) {
      piece = make();
      this.#made.set(key, piece);
    }
    return piece;
  }

  /** Emits reading a field of the event `e`. */
  readField({ name }: Pick<FieldSpec, 'name'>): Code {
    let read = this.#reads.get(name);
    if (read === undefined) {
      read = code`${this.#makeReader(name)}(e)`;
      this.#reads.set(name, read);
    }
    return read;
  }

  /** Emits counting the elements of an iterator, which has an accessor of its own. */
  readIteratorLength(iterator: IteratorName): Code {
    return this.readField({ name: `${iterator}.length` });
  }

  #makeReader(name: string): Code {
    const accessor = this.#source.get(name);
    if (!accessor) throw new Error(`no accessor reads the field ${name}: add one to the map`);
    const read = makeName('a', this.accessors.push(accessor) - 1);
    return this.memory === 'none' ? read : this.keepValue('f', 'v', code`${read}(e)`);
  }

  /** Emits a function of the event that computes a value once for each event. */
  keepValue(functionKind: NameKind, valueKind: NameKind, value: Code): Code {
    const name = this.makeName(functionKind);
    const kept = this.makeName(valueKind);
    const stamp = this.makeStamp();
    this.functions.push(code`let ${kept};
function ${name}(e) {
  if (${stamp} === stamps[0]) return ${kept};
  ${kept} = ${value};
  ${stamp} = stamps[0];
  return ${kept};
}`);
    return name;
  }

  /** Emits a condition as a call of a function that decides it once for each event. */
  #keepCondition(condition: Code): Code {
    const name = this.makeName('c');
    const stamp = this.makeStamp();
    // The lowest bit is the answer, the others are the number of the event.
    this.functions.push(code`function ${name}(e) {
  const kept = ${stamp};
  if (kept >> 1 === stamps[0]) return (kept & 1) === 1;
  const found = ${condition};
  ${stamp} = stamps[0] << 1 | (found ? 1 : 0);
  return found;
}`);
    return code`${name}(e)`;
  }
}
