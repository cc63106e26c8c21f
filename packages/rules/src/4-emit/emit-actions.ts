// SPDX-License-Identifier: Apache-2.0
// What the actions of rules compute: filters, values to store, messages. They are asked at their
// own time, so nothing that is kept for an event is used.

import type { StringNode, ValueNode } from '../2-check/typed.ts';
import type { CompiledAction } from '../actions.ts';
import { buildFunction } from './build-function.ts';
import { type Code, code, joinCode } from './code.ts';
import { emitters } from './emit-bool.ts';
import { emitBigint, emitStoredList } from './emit-integer.ts';
import { EmitModule } from './emit-module.ts';
import { emitIp, emitString } from './emit-value.ts';
import type { Accessor, EmitRuntime, EmittableRule, EmittedAction } from './emitted.ts';
import { NodeTable } from './node-facts.ts';

type EmittedActions<Event> = {
  readonly source: string;
  readonly actions: ReadonlyMap<number, readonly EmittedAction<Event>[]>;
};

function emitStored(module: EmitModule, value: ValueNode): Code {
  switch (value.type) {
    case 'bool':
      return module.emitBool(value.node);
    case 'int':
      return emitBigint(module, value.node);
    case 'string':
      return emitString(module, value.node);
    case 'ip':
      return emitIp(module, value.node);
    case 'list':
      return emitStoredList(module, value.node);
    case 'values':
      return module.constants.add(value.values);
  }
}

function emitComputed(module: EmitModule, action: CompiledAction): Code {
  const message = (node: StringNode) => emitString(module, node);
  switch (action.kind) {
    case 'set':
      return code`(e) => ${emitStored(module, action.value)}`;
    case 'log':
      return code`(e) => ${message(action.message)}`;
    case 'kill':
    case 'hash':
      return code`null`;
  }
}

function emitWanted(module: EmitModule, { filter }: CompiledAction): Code {
  return filter === null ? code`() => true` : code`(e) => ${module.emitBool(filter)}`;
}

/** Emits the actions of all rules, by the index of the rule. */
export function emitActions<Event>(
  rules: readonly EmittableRule[],
  accessors: ReadonlyMap<string, Accessor<Event>>,
  runtime: EmitRuntime<Event>,
): EmittedActions<Event> {
  const module = new EmitModule({
    accessors,
    memory: 'none',
    shared: new Set(),
    nodes: new NodeTable(),
    walks: new Map(),
    emitters,
  });
  const acting = rules.filter((rule) => rule.actions.length > 0);
  const pieces = acting.flatMap((rule) =>
    rule.actions.flatMap((action) => [emitWanted(module, action), emitComputed(module, action)]),
  );
  const last = code`return [
${joinCode(pieces, ', ')}
];`;
  const { source, result } = buildFunction(module, last, runtime);
  // Two functions for each action, in the order in which they were emitted.
  const functions = (result as unknown[]).values();
  const actions = new Map<number, readonly EmittedAction<Event>[]>();
  for (const rule of acting) {
    const emitted = rule.actions.map((action) => ({
      action,
      isWanted: functions.next().value as EmittedAction<Event>['isWanted'],
      compute: functions.next().value as EmittedAction<Event>['compute'],
    }));
    actions.set(rule.index, emitted);
  }
  return { source, actions };
}
