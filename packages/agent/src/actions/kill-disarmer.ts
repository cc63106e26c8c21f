// SPDX-License-Identifier: Apache-2.0
// What stops a rule that strikes all around it. A rule is meant for few programs in few containers;
// when it strikes more different ones within a period, the rule is wrong and not they. It is then
// disarmed until the policies are loaded again.

import type { ActionConfig } from '@fimbul/config/run';
import type { KillAction } from '@fimbul/rules/run';

/** Of what there were too many. */
export type DisarmReason = 'containers' | 'executables';

export type Strike = {
  /** The rule, by the number that its siblings share. */
  readonly group: number;
  /** Empty outside of containers. */
  readonly containerId: string;
  readonly executable: string;
  readonly timeNs: bigint;
};

const nsPerMs = 1_000_000n;

/** Different things within a period, of which there are never more than one too many. */
class Strikes {
  readonly #last = new Map<string, bigint>();

  /** Adds a thing; false when it is one too many. */
  add(name: string, timeNs: bigint, { max, periodNs }: { max: number; periodNs: bigint }): boolean {
    for (const [other, lastNs] of this.#last) {
      if (timeNs - lastNs > periodNs) this.#last.delete(other);
    }
    this.#last.set(name, timeNs);
    return this.#last.size <= max;
  }
}

type RuleStrikes = {
  readonly containers: Strikes;
  readonly executables: Strikes;
  isDisarmed: boolean;
};

export class KillDisarmer {
  readonly #limits: ActionConfig['killDisarmer'];
  readonly #rules = new Map<number, RuleStrikes>();

  constructor(limits: ActionConfig['killDisarmer']) {
    this.#limits = limits;
  }

  isDisarmed(group: number): boolean {
    return this.#rules.get(group)?.isDisarmed ?? false;
  }

  /** Takes note of a strike before it happens; a reason when it disarms the rule instead. */
  note(strike: Strike, action: KillAction): DisarmReason | null {
    const { group, containerId, executable, timeNs } = strike;
    const rule = this.#getRule(group);
    const { containers, executables, periodMs } = this.#limits;
    const periodNs = BigInt(periodMs) * nsPerMs;
    if (!action.disableContainerDisarmer && containerId !== '') {
      if (!rule.containers.add(containerId, timeNs, { max: containers, periodNs })) {
        rule.isDisarmed = true;
        return 'containers';
      }
    }
    if (!action.disableExecutableDisarmer) {
      if (!rule.executables.add(executable, timeNs, { max: executables, periodNs })) {
        rule.isDisarmed = true;
        return 'executables';
      }
    }
    return null;
  }

  #getRule(group: number): RuleStrikes {
    const known = this.#rules.get(group);
    if (known !== undefined) return known;
    const made = { containers: new Strikes(), executables: new Strikes(), isDisarmed: false };
    this.#rules.set(group, made);
    return made;
  }
}
