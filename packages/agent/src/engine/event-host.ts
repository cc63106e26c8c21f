// SPDX-License-Identifier: Apache-2.0
// Events as running rules sees them: their fields, their time, and what their variables belong to.
// A process is the object of its start, a control group its own, a container one that is kept for
// it: the same one each time, and held by nobody else once the agent has forgotten them.

import type { RuleHost } from '@fimbul/rules/run';
import { recordHeaderOffsets } from '@fimbul/schema';
import { unknownCgroup } from '../context/cgroup-cache.ts';
import type { ContainerOwners } from '../context/container-owners.ts';
import { getParent, type ProcessEntry } from '../context/process-entry.ts';
import { buildRuleAccessors } from './accessors.ts';
import type { EventView } from './event-view.ts';

export type EventHostParts = {
  readonly containers: ContainerOwners;
  readonly makeUuid: () => string;
};

/** The processes that variables belong to, and who created them. */
class ProcessOwners {
  // What an owner led to last; it goes with the owner.
  readonly #entries = new WeakMap<object, ProcessEntry>();

  /** Gets the owner of an event's process, as it is now. */
  getOwner(entry: ProcessEntry): object {
    this.#entries.set(entry.startTime, entry);
    return entry.startTime;
  }

  /** Gets the owner of the process that created one, as it was then. */
  getCreatorOwner(entry: ProcessEntry): object | null {
    const creator = getParent(entry);
    if (creator === null) return null;
    // What an event of its own told of it is newer.
    if (!this.#entries.has(creator.startTime)) this.#entries.set(creator.startTime, creator);
    return creator.startTime;
  }

  getParentOwner(owner: object): object | null {
    const entry = this.#entries.get(owner);
    return entry === undefined ? null : this.getCreatorOwner(entry);
  }
}

/** Makes the host of a rule runner. */
export function makeEventHost({ containers, makeUuid }: EventHostParts): RuleHost<EventView> {
  const processes = new ProcessOwners();
  let latestNs = 0n;
  return {
    accessors: buildRuleAccessors(),
    getOwner: ({ subject: { entry } }, scope, scopeField) => {
      switch (scope) {
        case 'process':
          return scopeField === null ? processes.getOwner(entry) : processes.getCreatorOwner(entry);
        case 'container':
          return entry.containerId === '' ? null : containers.get(entry.containerId);
        case 'cgroup':
          return entry.cgroup === unknownCgroup ? null : entry.cgroup;
      }
    },
    getParentOwner: (owner) => processes.getParentOwner(owner),
    getTimeNs: ({ record }) => {
      // Records come nearly, not strictly, in order of time.
      const timestampNs = record.getU64(recordHeaderOffsets.timestampNs);
      if (timestampNs > latestNs) latestNs = timestampNs;
      return latestNs;
    },
    makeUuid,
  };
}
