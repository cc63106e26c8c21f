// SPDX-License-Identifier: Apache-2.0
// Runs compiled rules on events: evaluates them, sets variables as rules match, holds back what
// `every` allows no alert for, and says which actions are due. An event gives one match for all
// siblings of a rule, and each of their actions at most once. Actions that the host does are
// decided when all rules of the event have been looked at.

import type { EventType } from '@fimbul/schema';
import type { RuntimeValue } from '../2-check/typed.ts';
import type { VariableSpec } from '../2-check/variables.ts';
import { emitRuleSet } from '../4-emit/emit-rule-set.ts';
import type { EmittedAction, EmittedRuleSet } from '../4-emit/emitted.ts';
import type { CompiledRule } from '../compiled-rule.ts';
import { makeLimiterKey } from './limiter-key.ts';
import type { ClosedPeriod, DueAction, RuleMatch } from './match.ts';
import { type ClosedKey, RateLimit } from './rate-limit.ts';
import type { RuleHost } from './rule-host.ts';
import { type VariableCounters, VariableStore } from './variable-store.ts';

export type RunnableRules = {
  readonly rules: readonly CompiledRule[];
  readonly variables: readonly VariableSpec[];
};

/** Of one rule; siblings that match the same event count once, for the first of them. */
export type RuleCounters = {
  matches: number;
  alerts: number;
  heldBack: number;
  silent: number;
};

export type RunnerCounters = Readonly<VariableCounters> & {
  /** Periods of `every` that ended early for want of room, whether or not they held anything. */
  readonly closedEarly: number;
  /** By the index of the rule. */
  readonly rules: readonly Readonly<RuleCounters>[];
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
  readonly #limits: ReadonlyMap<number, RateLimit>;
  #store: VariableStore;
  readonly #indexes: number[] = [];
  readonly #done: Done = new Map();
  #matches: GrowingMatch[] = [];

  /** Throws when a field that a rule reads has no accessor. */
  constructor(compiled: RunnableRules, host: RuleHost<Event>) {
    this.#compiled = compiled;
    this.#host = host;
    this.#store = new VariableStore({ getParentOwner: host.getParentOwner });
    this.#emitted = emitRuleSet<Event>(compiled, host.accessors, {
      readVariable: (variable, event) => this.#readVariable(variable, event),
      hasValue: (variable, value, event) => this.#hasValue(variable, value, event),
      makeUuid: host.makeUuid,
      runSetActions: (ruleIndex, event) => this.#runSetActions(ruleIndex, event),
    });
    this.#limits = makeLimits(compiled.rules);
    this.#rules = describeRules(compiled.rules, this.#emitted, this.#limits);
  }

  get counters(): RunnerCounters {
    let closedEarly = 0;
    for (const { closedEarlyCount } of this.#limits.values()) closedEarly += closedEarlyCount;
    const rules = this.#rules.map(({ counters }) => counters);
    return { ...this.#store.counters, closedEarly, rules };
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
    program.evaluate(event, laneLow, laneHigh, this.#indexes);
    for (const index of this.#indexes) this.#judge(index, event);
    return this.#matches;
  }

  /**
   * Takes the periods of `every` that have ended with matches held back, each once. Whoever takes
   * one tells of it; the next match after it is told at once.
   */
  takeClosedPeriods(timeNs: bigint | 'all'): readonly ClosedPeriod[] {
    const closed: ClosedPeriod[] = [];
    for (const [group, limit] of this.#limits) {
      closed.push(...this.#describeClosed(group, limit.takeClosed(timeNs)));
    }
    return closed;
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

  /** Ends a period of `every` early; the next match is told at once. */
  closePeriod(group: number, limiterKey: string): ClosedPeriod {
    const { rule, limit } = this.#getRule(group);
    return { rule, limiterKey, suppressed: limit?.closeEarly(limiterKey) ?? 0 };
  }

  /** Forgets all that earlier events left: variables, periods of `every`, counters. */
  reset(): void {
    this.#store = new VariableStore({ getParentOwner: this.#host.getParentOwner });
    for (const limit of this.#limits.values()) limit.reset();
    for (const { counters } of this.#rules) Object.assign(counters, makeCounters());
    this.#matches = [];
  }

  /** Lists the variables that are set for an event, apart from private ones. */
  listVariables(
    event: Event,
  ): readonly { readonly variable: VariableSpec; readonly value: RuntimeValue }[] {
    const timeNs = this.#host.getTimeNs(event);
    return this.#compiled.variables.flatMap((variable) => {
      if (variable.isPrivate) return [];
      const value = this.#store.find(variable, this.#findOwner(variable, event), timeNs);
      return value === null ? [] : [{ variable, value }];
    });
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
    return this.#store.read(variable, owner, this.#host.getTimeNs(event));
  }

  #hasValue(variable: VariableSpec, value: string | bigint, event: Event): boolean {
    const owner = this.#findOwner(variable, event);
    return this.#store.has(variable, owner, value, this.#host.getTimeNs(event));
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
      this.#store.set(variable, owner, change, this.#host.getTimeNs(event));
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
    const periods = this.#describeClosed(rule.group, closed);
    return { ...match, outcome: 'alert', limiterKey, closed: periods };
  }

  #describeClosed(group: number, closed: readonly ClosedKey[]): readonly ClosedPeriod[] {
    if (closed.length === 0) return nothingClosed;
    const { rule } = this.#getRule(group);
    return closed.map(({ key, suppressed }) => ({ rule, limiterKey: key, suppressed }));
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

function makeCounters(): RuleCounters {
  return { matches: 0, alerts: 0, heldBack: 0, silent: 0 };
}

/** One for each group of rules with `every`. */
function makeLimits(rules: readonly CompiledRule[]): ReadonlyMap<number, RateLimit> {
  const limits = new Map<number, RateLimit>();
  for (const { group, everyNs, silent } of rules) {
    if (everyNs === null || everyNs <= 0n || silent || limits.has(group)) continue;
    limits.set(group, new RateLimit({ periodNs: everyNs }));
  }
  return limits;
}

function describeRules<Event>(
  rules: readonly CompiledRule[],
  emitted: EmittedRuleSet<Event>,
  limits: ReadonlyMap<number, RateLimit>,
): readonly RunningRule<Event>[] {
  const keyOf = ({ group, eventType }: CompiledRule) => `${group} ${eventType}`;
  const siblings = Map.groupBy(rules, keyOf);
  const running: RunningRule<Event>[] = [];
  for (const rule of rules) {
    running[rule.index] = {
      rule,
      actions: emitted.actions.get(rule.index) ?? [],
      limit: limits.get(rule.group) ?? null,
      hasSiblings: (siblings.get(keyOf(rule))?.length ?? 0) > 1,
      counters: makeCounters(),
    };
  }
  return running;
}
