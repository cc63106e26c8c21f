// SPDX-License-Identifier: Apache-2.0
// The two properties that everything else rests on: the emitted code means what the language means,
// and the kernel filter never drops an event that a rule matches.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type EventType, type FileOperation, type FilterValue, filterValues } from '@fimbul/schema';
import fc from 'fast-check';
import { parseExpression } from './1-parse/parser.ts';
import type { RuntimeValue } from './2-check/typed.ts';
import { filterEvent, type VisibleProcess, type VisibleValues } from './3-plan/filter-model.ts';
import { emitRuleSet } from './4-emit/emit-rule-set.ts';
import { type EmitRuntime, splitLanes } from './4-emit/emitted.ts';
import { type CompiledPolicies, compilePolicies } from './compile.ts';
import { createPlainExpression } from './source-text.ts';
import {
  arbitraryDomain,
  arbitraryDomainTest,
  arbitraryLanguage,
  arbitraryNet,
  arbitraryNetworkTest,
  arbitraryVariables,
  variableActions,
} from './testing/arbitrary-language.ts';
import {
  arbitraryEvent,
  arbitraryExpression,
  arbitraryProcess,
  arbitraryProgramTest,
} from './testing/arbitrary-rules.ts';
import { interpretRule } from './testing/interpret.ts';
import { type EventValue, type PlainEvent, parseNet } from './testing/interpret-values.ts';
import { makeAccessors, makeEvent, makeVisible } from './testing/plain-events.ts';
import { makeVariableRuntime } from './testing/variable-runtime.ts';

/** More runs than a check has time for: FIMBUL_PROPERTY_RUNS=20000. */
const numRuns = Number(process.env.FIMBUL_PROPERTY_RUNS ?? 150);

const operations: readonly FileOperation[] = ['open', 'unlink', 'rename', 'chmod'];

/** The rule that declares variables matches nothing, and comes last. */
function compileAll(expressions: readonly string[], eventType: EventType): CompiledPolicies {
  const rules = [
    ...expressions.map((expression, index) => ({ id: `rule_${index}`, expression })),
    {
      id: 'declares_variables',
      expression: 'open.flags == 4294967295 && open.file.inode == 1',
      actions: variableActions,
      priority: -1,
    },
  ];
  const events = new Set<EventType>(['open', eventType]);
  // JSON is YAML.
  return compilePolicies([{ path: 'test.policy', text: JSON.stringify({ rules }) }], { events });
}

type Variables = ReadonlyMap<string, EventValue>;

function makeRuntime(variables: Variables): EmitRuntime<PlainEvent> {
  return {
    ...makeVariableRuntime(({ name }) => variables.get(name) as RuntimeValue),
    makeUuid: () => 'unique',
    runSetActions: () => undefined,
  };
}

function listErrors(compiled: CompiledPolicies): readonly string[] {
  return (
    compiled.diagnostics
      // Rules that compare an identifier with a negative number are refused on purpose.
      .filter(({ severity, code }) => severity === 'error' && code !== 'FR1204')
      .map(({ message, line, column }) => `${line}:${column} ${message}`)
  );
}

/** A rule that does not read the result accepts success and refusals for lack of permission. */
function isAccepted(operation: string, expression: string, event: PlainEvent): boolean {
  const result = event[`${operation}.retval`];
  if (expression.includes(`${operation}.retval`)) return true;
  return typeof result === 'bigint' && (result >= 0n || result === -1n || result === -13n);
}

/** What the kernel sees when it does not know some of the values. */
function hideValues(values: VisibleValues, hidden: readonly FilterValue[]): VisibleValues {
  const known = Object.entries(values).filter(([value]) => !hidden.some((own) => own === value));
  return Object.fromEntries(known);
}

/** Rules about who does it, with little else to be decided by. */
function arbitraryProgramRules(operation: FileOperation): fc.Arbitrary<string[]> {
  const test = fc
    .tuple(arbitraryProgramTest, fc.constantFrom('&&', '||'), arbitraryProgramTest)
    .map(([left, junction, right]) => `(${left}) ${junction} (${right.replaceAll('[A]', '[B]')})`);
  return fc.array(
    fc.oneof(arbitraryProgramTest, test).map((own) => `${operation}.file.path != "" && (${own})`),
    { minLength: 1, maxLength: 3 },
  );
}

type Knowledge = 'all' | 'program' | 'ancestors' | 'none';

function hideProcess(process: VisibleProcess | undefined, knowledge: Knowledge): VisibleProcess {
  const { program = null, ancestors = null } = process ?? {};
  return {
    program: knowledge === 'all' || knowledge === 'program' ? program : null,
    ancestors: knowledge === 'all' || knowledge === 'ancestors' ? ancestors : null,
  };
}

function interpret(
  operation: string,
  expression: string,
  event: PlainEvent,
  variables: Variables,
): boolean {
  const { tree } = parseExpression(createPlainExpression('test', expression));
  if (tree === null) throw new Error(`does not parse: ${expression}`);
  const interpreter = { event, variables, macros: new Map(), registers: new Map() };
  return interpretRule(interpreter, tree) && isAccepted(operation, expression, event);
}

const allLanes = (1n << 64n) - 1n;

type Evaluated = (event: PlainEvent, lanes: bigint) => readonly number[];

/** Emits the rules on one event type; what matches by chance and declares variables is left out. */
function emitOne(
  compiled: CompiledPolicies,
  eventType: EventType,
  variables: Variables,
  accessors: ReturnType<typeof makeAccessors>,
): Evaluated {
  const program = emitRuleSet(compiled, accessors, makeRuntime(variables)).programs.get(eventType);
  const declaring = compiled.rules.find(({ actions }) => actions.length > 0)?.index;
  return (event, lanes) => {
    const matches: number[] = [];
    const { low, high } = splitLanes(lanes);
    program?.evaluate(event, low, high, matches);
    return matches.filter((index) => index !== declaring);
  };
}

for (const operation of operations) {
  describe(`rules on ${operation}`, () => {
    const arbitraryCase = fc.record({
      expressions: fc.oneof(
        {
          weight: 2,
          arbitrary: fc.array(arbitraryExpression(operation), { minLength: 1, maxLength: 6 }),
        },
        { weight: 1, arbitrary: arbitraryProgramRules(operation) },
      ),
      events: fc.array(arbitraryEvent(operation), { minLength: 1, maxLength: 20 }),
      variables: arbitraryVariables,
      isNameHidden: fc.boolean(),
      knowledge: fc.constantFrom<Knowledge>('all', 'all', 'program', 'ancestors', 'none'),
      hidden: fc.subarray([...filterValues]),
    });

    it('mean the same to the emitted code, the interpreter and the kernel filter', () => {
      const accessors = makeAccessors();
      fc.assert(
        fc.property(arbitraryCase, (arbitrary) => {
          const { expressions, events, variables, isNameHidden, knowledge, hidden } = arbitrary;
          const compiled = compileAll(expressions, operation);
          assert.deepEqual(listErrors(compiled), []);
          const evaluate = emitOne(compiled, operation, variables, accessors);
          for (const event of events.map(makeEvent)) {
            const expected = compiled.rules
              .filter(({ eventType, actions }) => eventType === operation && actions.length === 0)
              .filter(({ expression }) => interpret(operation, expression, event, variables))
              .map(({ index }) => index);
            assert.deepEqual(evaluate(event, allLanes), expected);
            // Every event they match keeps a lane in the filter, and is found by it.
            const seen = makeVisible(operation, event);
            const visible = {
              ...seen,
              values: hideValues(seen.values, hidden),
              process: hideProcess(seen.process, knowledge),
            };
            const lanes = filterEvent(
              compiled.filter,
              operation,
              isNameHidden ? { ...visible, sourceName: null, sourcePath: null } : visible,
            );
            for (const index of expected) {
              assert.notEqual((compiled.rules[index]?.lanes ?? 0n) & lanes, 0n);
            }
            assert.deepEqual(evaluate(event, lanes), expected);
          }
        }),
        { numRuns },
      );
    });
  });
}

const elsewhere: readonly {
  readonly eventType: EventType;
  readonly condition: fc.Arbitrary<string>;
  readonly event: fc.Arbitrary<PlainEvent>;
}[] = [
  {
    eventType: 'connect',
    condition: arbitraryNetworkTest,
    event: arbitraryNet.map((text) => ({ 'connect.addr.ip': parseNet(text) })),
  },
  {
    eventType: 'dns',
    condition: arbitraryDomainTest,
    event: arbitraryDomain.map((name) => ({ 'dns.question.name': name })),
  },
];

for (const { eventType, condition, event } of elsewhere) {
  it(`rules on ${eventType} mean the same to the emitted code and the interpreter`, () => {
    const accessors = makeAccessors();
    const arbitraryCase = fc.record({
      expressions: fc.array(
        fc
          .tuple(condition, fc.constantFrom('&&', '||'), fc.oneof(condition, arbitraryLanguage))
          .map(([left, operator, right]) => `(${left}) ${operator} !(${right})`),
        { minLength: 1, maxLength: 5 },
      ),
      events: fc.array(
        fc.tuple(arbitraryProcess, event).map(([process, own]) => ({ ...process, ...own })),
        { minLength: 1, maxLength: 10 },
      ),
      variables: arbitraryVariables,
    });
    fc.assert(
      fc.property(arbitraryCase, ({ expressions, events, variables }) => {
        const compiled = compileAll(expressions, eventType);
        assert.deepEqual(listErrors(compiled), []);
        const evaluate = emitOne(compiled, eventType, variables, accessors);
        for (const plain of events.map(makeEvent)) {
          const expected = compiled.rules
            .filter((rule) => rule.eventType === eventType)
            .filter(({ expression }) => {
              const { tree } = parseExpression(createPlainExpression('test', expression));
              assert.ok(tree);
              const registers = new Map();
              return interpretRule({ event: plain, variables, macros: new Map(), registers }, tree);
            })
            .map(({ index }) => index);
          assert.deepEqual(evaluate(plain, allLanes), expected);
        }
      }),
      { numRuns },
    );
  });
}

describe('rule sets with more conjunctions than lanes', () => {
  it('mean the same, and keep a lane for every event they match', () => {
    const accessors = makeAccessors();
    const arbitraryCase = fc.record({
      expressions: fc.array(arbitraryExpression('open'), { minLength: 66, maxLength: 80 }),
      events: fc.array(arbitraryEvent('open'), { minLength: 20, maxLength: 40 }),
      variables: arbitraryVariables,
    });
    fc.assert(
      fc.property(arbitraryCase, ({ expressions, events, variables }) => {
        const compiled = compileAll(expressions, 'open');
        const evaluate = emitOne(compiled, 'open', variables, accessors);
        for (const event of events.map(makeEvent)) {
          const all = evaluate(event, allLanes);
          // So many rules share conditions and are found through one index.
          const expected = compiled.rules
            .filter(({ actions }) => actions.length === 0)
            .filter(({ expression }) => interpret('open', expression, event, variables))
            .map(({ index }) => index);
          assert.deepEqual(all, expected);
          const candidates = evaluate(
            event,
            filterEvent(compiled.filter, 'open', makeVisible('open', event)),
          );
          assert.deepEqual(candidates, all);
        }
      }),
      { numRuns: Math.ceil(numRuns / 20) },
    );
  });
});
