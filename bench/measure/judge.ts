// SPDX-License-Identifier: Apache-2.0
// The agent's engine with the context of this host, fed with one record at a time, so that a
// benchmark knows which record matched.

import { hostname } from 'node:os';
import { loadNative, type Probe, type RecordBatch } from '@fimbul/probe';
import type { CompiledPolicies } from '@fimbul/rules';
import { ContainerOwners } from '../../packages/agent/src/context/container-owners.ts';
import { describeCgroup } from '../../packages/agent/src/context/told-cgroups.ts';
import { tellProcesses } from '../../packages/agent/src/context/told-processes.ts';
import { Engine } from '../../packages/agent/src/engine/engine.ts';
import type { Match } from '../../packages/agent/src/engine/match.ts';
import { createProcessContext } from '../../packages/agent/src/process-context.ts';

export class Judge {
  readonly #engine: Engine;
  readonly #context = createProcessContext({
    tellCgroup: (key, group) => this.#told?.tellCgroup(describeCgroup(key, group)),
  });
  #told: Probe | null = null;
  #hits = 0;

  /** `onMatch` is told of every match, whether or not it would become an alert. */
  constructor(
    policies: CompiledPolicies,
    batch: RecordBatch,
    onMatch: (match: Match) => void = () => undefined,
  ) {
    const { processes, names } = this.#context;
    const { realtimeNs, boottimeNs } = loadNative().clocks();
    this.#engine = new Engine(
      {
        ...{ policies, processes, runId: 'bench', makeUuid: () => '' },
        containers: new ContainerOwners(),
        surroundings: {
          findUser: (uid, process) => names.findUser(uid, process),
          findGroup: (gid, process) => names.findGroup(gid, process),
          hostname: hostname(),
          bootToRealNs: realtimeNs - boottimeNs,
        },
        onMatch: (match) => {
          // A period of `every` that ends tells of an earlier record.
          if (match.outcome !== 'closing') this.#hits += 1;
          onMatch(match);
          return [];
        },
      },
      batch,
    );
  }

  /** Reads the processes that were there before the hooks, and tells the probe what agents do. */
  takeSnapshot(probe: Probe): void {
    this.#told = probe;
    this.#context.takeSnapshot();
    tellProcesses(this.#context.processes.listLive(), probe);
  }

  /** Judges a batch of one record; true when a rule matched it. */
  judge(single: RecordBatch): boolean {
    const before = this.#hits;
    this.#engine.judge(single);
    return this.#hits > before;
  }
}
