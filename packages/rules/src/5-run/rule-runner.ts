// SPDX-License-Identifier: Apache-2.0
// Runs compiled rules on events: evaluates them, sets variables as rules match, holds back what
// `every` allows no alert for, and says which actions are due. An event gives one match for all
// siblings of a rule, and each of their actions at most once. Actions that the host does are
// decided when all rules of the event have been looked at.

import type { EventType } from '@fimbul/schema';
import type { RuntimeValue } from '../2-check/typed.ts';
import type { VariableSpec } from '../2-check/variables.ts';
import { emitRuleSet } from '../4-emit/emit-rule-set.ts';
import type { EmittedAction, EmittedProgram, EmittedRuleSet, Evaluate } from '../4-emit/emitted.ts';
import type { CompiledRule } from '../compiled-rule.ts';
import { makeLimiterKey } from './limiter-key.ts';
import type { ClosedPeriod, DueAction, RuleMatch } from './match.ts';
import type { ClosedKey, RateLimit } from './rate-limit.ts';
import type { RuleHost } from './rule-host.ts';
import { nameLimit } from './rule-identity.ts';
import { describeClosed, type RuleCounters, RuleMemory } from './rule-memory.ts';
import type { RuleMeter } from './rule-meter.ts';
import type { VariableCounters } from './variable-store.ts';

export type RunnableRules = {
  readonly rules: readonly CompiledRule[];
  readonly variables: readonly VariableSpec[];
};

export type RunnerCounters = Readonly<VariableCounters> & {
  /** Periods of `every` that ended early for want of room, whether or not they held anything. */
  readonly closedEarly: number;
  /** By the index of the rule. */
  readonly rules: readonly Readonly<RuleCounters>[];
  /** Of rules that were replaced and are no more, together. */
  readonly forgotten: Readonly<RuleCounters>;
};

/** What is known of a rule before any event comes. */
type RunningRule<Event> = {
  readonly rule: CompiledRule;
  readonly actions: readonly EmittedAction<Event>[];
  readonly limit: RateLimit | null;
  /** True when a sibling can match the same event. */
  readonly hasSiblings: boolean;
  readonly counters: RuleCounters;
};

type Measuring<Event> = {
  readonly meter: RuleMeter;
  readonly measures: ReadonlyMap<EventType, Evaluate<Event>>;
};

type Mutable<Shape> = { -readonly [Key in keyof Shape]: Shape[Key] };
type GrowingMatch = Mutable<Omit<RuleMatch, 'actions' | 'deferred'>> & {
  readonly actions: DueAction[];
  readonly deferred: DueAction[];
};

/** Actions of one group that ran for the current event, by their position. */
type Done = Map<number, Set<number>>;

const nothingClosed: readonly ClosedPeriod[] = [];

export class RuleRunner<Event> {
  readonly #compiled: RunnableRules;
  readonly #host: RuleHost<Event>;
  readonly #emitted: EmittedRuleSet<Event>;
  readonly #rules: readonly RunningRule<Event>[];
  readonly #memory: RuleMemory;
  readonly #indexes: number[] = [];
  readonly #done: Done = new Map();
  #matches: GrowingMatch[] = [];
  #measuring: Measuring<Event> | null = null;

  /**
   * The rules go on with what the memory has of others that are the same. Throws when a field that
   * a rule reads has no accessor.
   */
  constructor(
    compiled: RunnableRules,
    host: RuleHost<Event>,
    memory: RuleMemory = new RuleMemory(host),
  ) {
    this.#compiled = compiled;
    this.#host = host;
    this.#memory = memory;
    this.#emitted = emitRuleSet<Event>(compiled, host.accessors, {
      readVariable: (variable, event) => this.#readVariable(variable, event),
      hasValue: (variable, value, event) => this.#hasValue(variable, value, event),
      makeUuid: host.makeUuid,
      runSetActions: (ruleIndex, event) => this.#runSetActions(ruleIndex, event),
    });
    this.#rules = describeRules(compiled.rules, this.#emitted, memory);
  }

  get counters(): RunnerCounters {
    const { variables, closedEarly, forgotten } = this.#memory;
    const rules = this.#rules.map(({ counters }) => counters);
    return { ...variables.counters, closedEarly, rules, forgotten };
  }

  /** Measures what rules cost on a sample of the events from now on; null ends that. */
  setMeter(meter: RuleMeter | null): void {
    if (meter === null) {
      this.#measuring = null;
      return;
    }
    const programs = [...this.#emitted.programs];
    const measures = programs.map(([type, { measureBy }]) => [type, measureBy(meter)] as const);
    this.#measuring = { meter, measures: new Map(measures) };
  }

  /** Evaluates an event. What it returns is valid until the next call. */
  evaluate(
    event: Event,
    eventType: EventType,
    laneLow: number,
    laneHigh: number,
  ): readonly RuleMatch[] {
    if (this.#matches.length > 0) this.#matches = [];
    // At the beginning: a field that cannot be read ends an evaluation anywhere.
    if (this.#done.size > 0) this.#done.clear();
    const program = this.#emitted.programs.get(eventType);
    if (program === undefined) return this.#matches;
    this.#indexes.length = 0;
    const evaluate = this.#measuring === null ? program.evaluate : this.#choose(eventType, program);
    evaluate(event, laneLow, laneHigh, this.#indexes);
    for (const index of this.#indexes) this.#judge(index, event);
    return this.#matches;
  }

  /**
   * Takes the periods of `every` that have ended with matches held back, each once. Whoever takes
   * one tells of it; the next match after it is told at once.
   */
  takeClosedPeriods(timeNs: bigint | 'all'): readonly ClosedPeriod[] {
    return this.#memory.takeClosedPeriods(timeNs);
  }

  /**
   * Takes back that a match is held back, since it will be told after all. Its period is what it
   * was before.
   */
  release({ rule, limiterKey }: Pick<RuleMatch, 'rule' | 'limiterKey'>): void {
    const { limit, counters } = this.#getRule(rule.index);
    if (limit === null || limiterKey === null) throw new Error(`${rule.id} holds nothing back`);
    limit.release(limiterKey);
    counters.heldBack -= 1;
    counters.alerts += 1;
  }

  /** Forgets all that earlier events left: variables, periods of `every`, counters. */
  reset(): void {
    this.#memory.reset();
    this.#matches = [];
  }

  /** Lists the variables that are set for an event, apart from private ones. */
  listVariables(
    event: Event,
  ): readonly { readonly variable: VariableSpec; readonly value: RuntimeValue }[] {
    const timeNs = this.#host.getTimeNs(event);
    return this.#compiled.variables.flatMap((variable) => {
      if (variable.isPrivate) return [];
      const value = this.#memory.variables.find(variable, this.#findOwner(variable, event), timeNs);
      return value === null ? [] : [{ variable, value }];
    });
  }

  /** Some events are evaluated by a twin that takes the time. */
  #choose(eventType: EventType, { evaluate }: EmittedProgram<Event>): Evaluate<Event> {
    const measuring = this.#measuring;
    if (!measuring?.meter.isDue()) return evaluate;
    return measuring.measures.get(eventType) ?? evaluate;
  }

  #getRule(index: number): RunningRule<Event> {
    const rule = this.#rules[index];
    if (rule === undefined) throw new Error(`evaluation named rule ${index}: there is none`);
    return rule;
  }

  #findOwner({ scope }: VariableSpec, event: Event): object | null {
    return scope === 'global' ? null : this.#host.getOwner(event, scope, null);
  }

  #readVariable(variable: VariableSpec, event: Event): RuntimeValue {
    const owner = this.#findOwner(variable, event);
    return this.#memory.variables.read(variable, owner, this.#host.getTimeNs(event));
  }

  #hasValue(variable: VariableSpec, value: string | bigint, event: Event): boolean {
    const owner = this.#findOwner(variable, event);
    return this.#memory.variables.has(variable, owner, value, this.#host.getTimeNs(event));
  }

  #runSetActions(ruleIndex: number, event: Event): void {
    const running = this.#getRule(ruleIndex);
    running.actions.forEach(({ action, isWanted, compute }, position) => {
      if (action.kind !== 'set' || compute === null) return;
      if (!this.#isFirst(running, position, () => isWanted(event))) return;
      const { variable, scopeField } = action;
      const owner =
        variable.scope === 'global' ? null : this.#host.getOwner(event, variable.scope, scopeField);
      const change = { ...action, value: compute(event) };
      this.#memory.variables.set(variable, owner, change, this.#host.getTimeNs(event));
    });
  }

  /** True when an action is wanted and no sibling has done it for this event. */
  #isFirst(running: RunningRule<Event>, position: number, isWanted: () => boolean): boolean {
    if (!running.hasSiblings) return isWanted();
    const { group } = running.rule;
    const done = this.#done.get(group);
    if (done?.has(position) || !isWanted()) return false;
    if (done === undefined) this.#done.set(group, new Set([position]));
    else done.add(position);
    return true;
  }

  #judge(index: number, event: Event): void {
    const running = this.#getRule(index);
    const { rule, hasSiblings } = running;
    const sibling = hasSiblings
      ? this.#matches.find((match) => match.rule.group === rule.group)
      : undefined;
    if (sibling !== undefined) {
      this.#addActions(sibling, running, event);
      return;
    }
    const match = this.#decide(running, event);
    this.#addActions(match, running, event);
    this.#matches.push(match);
  }

  #decide({ rule, limit, counters }: RunningRule<Event>, event: Event): GrowingMatch {
    counters.matches += 1;
    const actions = { actions: [], deferred: [] };
    const match = { rule, closed: nothingClosed, limiterKey: null, ...actions };
    if (rule.silent) {
      counters.silent += 1;
      return { ...match, outcome: 'silent' };
    }
    if (limit === null) {
      counters.alerts += 1;
      return { ...match, outcome: 'alert' };
    }
    const limiterKey = makeLimiterKey(
      rule.limiterToken.map(({ name }) => this.#readField(name, event)),
    );
    const { isHeldBack, closed } = limit.pass(limiterKey, this.#host.getTimeNs(event));
    if (isHeldBack) {
      counters.heldBack += 1;
      return { ...match, outcome: 'held-back', limiterKey };
    }
    counters.alerts += 1;
    return { ...match, outcome: 'alert', limiterKey, closed: describeAllClosed(rule, closed) };
  }

  #readField(name: string, event: Event) {
    const accessor = this.#host.accessors.get(name);
    if (accessor === undefined) throw new Error(`no accessor reads the limiter token ${name}`);
    return accessor(event);
  }

  #addActions(match: GrowingMatch, running: RunningRule<Event>, event: Event): void {
    running.actions.forEach((emitted, position) => {
      const { kind } = emitted.action;
      if (kind === 'set') return;
      if (!this.#isFirst(running, position, () => emitted.isWanted(event))) return;
      const isDeferred = match.outcome === 'held-back' && kind !== 'kill';
      (isDeferred ? match.deferred : match.actions).push(makeDue(emitted, event));
    });
  }
}

function makeDue<Event>({ action, compute }: EmittedAction<Event>, event: Event): DueAction {
  switch (action.kind) {
    case 'kill':
      return { kind: 'kill', action };
    case 'hash':
      return { kind: 'hash', action };
    case 'log':
      return { kind: 'log', action, message: String(compute?.(event) ?? '') };
    case 'set':
      throw new Error('a variable is set while rules are evaluated, not afterwards');
  }
}

function describeAllClosed(
  rule: CompiledRule,
  closed: readonly ClosedKey[],
): readonly ClosedPeriod[] {
  if (closed.length === 0) return nothingClosed;
  const limit = nameLimit(rule);
  return closed.map((key) => describeClosed(limit, key));
}

function describeRules<Event>(
  rules: readonly CompiledRule[],
  emitted: EmittedRuleSet<Event>,
  memory: RuleMemory,
): readonly RunningRule<Event>[] {
  const keyOf = ({ group, eventType }: CompiledRule) => `${group} ${eventType}`;
  const siblings = Map.groupBy(rules, keyOf);
  const counters = memory.countersOf(rules);
  const running: RunningRule<Event>[] = [];
  for (const rule of rules) {
    running[rule.index] = {
      rule,
      actions: emitted.actions.get(rule.index) ?? [],
      limit: memory.limitOf(rule),
      hasSiblings: (siblings.get(keyOf(rule))?.length ?? 0) > 1,
      counters: counters[rule.index] ?? { matches: 0, alerts: 0, heldBack: 0, silent: 0 },
    };
  }
  return running;
}
