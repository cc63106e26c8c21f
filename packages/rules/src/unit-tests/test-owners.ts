// SPDX-License-Identifier: Apache-2.0
// The processes, containers and control groups of one test case, as the agent would know them: by
// pid, and by id. An event says who its process is, and which processes created it.

import type { VariableScope } from '../2-check/variables.ts';
import type { RuleHost } from '../5-run/rule-host.ts';
import { ancestorsPrefix, type TestEvent, testAccessors } from './test-event.ts';

type ProcessOwner = { readonly createdAtNs: bigint; parent: ProcessOwner | null };

type Values = TestEvent['values'];

function getInteger(values: Values, name: string): bigint {
  const value = values.get(name);
  return typeof value === 'bigint' ? value : 0n;
}

function getText(values: Values, name: string): string {
  const value = values.get(name);
  return typeof value === 'string' ? value : '';
}

export class TestOwners {
  readonly #processes = new Map<bigint, ProcessOwner>();
  readonly #containers = new Map<string, object>();
  readonly #cgroups = new Map<string, object>();
  #uuidCount = 0;

  /** Makes what rules are run with. */
  makeHost(): RuleHost<TestEvent> {
    return {
      accessors: testAccessors,
      getOwner: (event, scope, scopeField) => this.#getOwner(event, scope, scopeField),
      getParentOwner: (owner) => (owner as ProcessOwner).parent,
      getTimeNs: ({ timeNs }) => timeNs,
      makeUuid: () => this.#makeUuid(),
    };
  }

  /** Forgets everything, for the next case. */
  clear(): void {
    this.#processes.clear();
    this.#containers.clear();
    this.#cgroups.clear();
    this.#uuidCount = 0;
  }

  /** Learns the processes of an event, before it is evaluated. */
  learn({ values, ancestors }: TestEvent): void {
    let child = this.#enter(values, 'process');
    if (ancestors.length === 0 && getInteger(values, 'process.parent.pid') !== 0n) {
      adopt(child, this.#enter(values, 'process.parent'));
    }
    for (const bag of ancestors) {
      // A process without a pid could be any: what created it is not known either.
      if (getInteger(bag, `${ancestorsPrefix}.pid`) === 0n) return;
      const ancestor = this.#enter(bag, ancestorsPrefix);
      adopt(child, ancestor);
      child = ancestor;
    }
  }

  /** The process of that pid; with another time of creation it is another process. */
  #enter(values: Values, prefix: string): ProcessOwner {
    const pid = getInteger(values, `${prefix}.pid`);
    const createdAtNs = getInteger(values, `${prefix}.created_at`);
    const known = this.#processes.get(pid);
    if (known !== undefined && (createdAtNs === 0n || createdAtNs === known.createdAtNs)) {
      return known;
    }
    const process: ProcessOwner = { createdAtNs, parent: null };
    this.#processes.set(pid, process);
    return process;
  }

  #find(values: Values): ProcessOwner | null {
    return this.#processes.get(getInteger(values, 'process.pid')) ?? null;
  }

  #getOwner(
    { values }: TestEvent,
    scope: Exclude<VariableScope, 'global'>,
    scopeField: 'process.parent' | null,
  ): object | null {
    switch (scope) {
      case 'process': {
        const process = this.#find(values);
        return scopeField === null ? process : (process?.parent ?? null);
      }
      case 'container':
        return getNamed(this.#containers, getText(values, 'process.container.id'));
      case 'cgroup':
        return getNamed(this.#cgroups, getText(values, 'process.cgroup.id'));
    }
  }

  #makeUuid(): string {
    this.#uuidCount += 1;
    return `00000000-0000-4000-8000-${this.#uuidCount.toString(16).padStart(12, '0')}`;
  }
}

function adopt(child: ProcessOwner, parent: ProcessOwner): void {
  // A test may say nonsense, such as a process that created itself; reading is bounded anyway.
  if (parent !== child) child.parent = parent;
}

function getNamed(owners: Map<string, object>, id: string): object | null {
  if (id === '') return null;
  let owner = owners.get(id);
  if (owner === undefined) {
    owner = {};
    owners.set(id, owner);
  }
  return owner;
}
