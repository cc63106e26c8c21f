// SPDX-License-Identifier: Apache-2.0
// From emitted code to something that runs. The one place that evaluates text as JavaScript; the
// text is made of our own templates, names and integers (code.ts), everything else comes by value.

import { type Code, code, joinCode, makeInteger, makeName } from './code.ts';
import type { EmitModule } from './emit-module.ts';
import type { EmitRuntime } from './emitted.ts';

export type Built = {
  readonly source: string;
  /** What the last statement returns. */
  readonly result: unknown;
};

/** Runs the functions of a module and a last statement that returns what is wanted of them. */
export function buildFunction<Event>(
  module: EmitModule,
  last: Code,
  runtime: EmitRuntime<Event>,
): Built {
  const { values } = module.constants;
  const declarations = [
    code`"use strict";`,
    ...values.map(
      (_, index) => code`const ${makeName('k', index)} = constants[${makeInteger(index)}];`,
    ),
    ...module.accessors.map(
      (_, index) => code`const ${makeName('a', index)} = accessors[${makeInteger(index)}];`,
    ),
  ];
  const source = joinCode([...declarations, ...module.functions, last], '\n').text;
  const parameters = ['constants', 'accessors', 'stamps'];
  const environment = ['readVariable', 'hasValue', 'makeUuid', 'runSetActions'];
  const build = new Function(...parameters, ...environment, source);
  const { readVariable, hasValue, makeUuid, runSetActions } = runtime;
  const stamps = new Int32Array(module.stampCount);
  const result: unknown = build(
    ...[values, module.accessors, stamps],
    ...[readVariable, hasValue, makeUuid, runSetActions],
  );
  return { source, result };
}
