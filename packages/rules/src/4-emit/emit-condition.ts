// SPDX-License-Identifier: Apache-2.0
// One condition as one function, for what is asked apart from the rules of an event: the `filters`
// of a policy about its host.

import type { BoolNode } from '../2-check/typed.ts';
import { buildFunction } from './build-function.ts';
import { code } from './code.ts';
import { emitters } from './emit-bool.ts';
import { EmitModule } from './emit-module.ts';
import { type Accessor, noRuntime } from './emitted.ts';
import { NodeTable } from './node-facts.ts';

/** Emits a condition without variables. Throws when a field that it reads has no accessor. */
export function emitCondition<Event>(
  node: BoolNode,
  accessors: ReadonlyMap<string, Accessor<Event>>,
): (event: Event) => boolean {
  const module = new EmitModule({
    accessors,
    memory: 'none',
    shared: new Set(),
    nodes: new NodeTable(),
    walks: new Map(),
    emitters,
  });
  const condition = module.emitBool(node);
  const { result } = buildFunction(module, code`return (e) => ${condition};`, noRuntime);
  return result as (event: Event) => boolean;
}
