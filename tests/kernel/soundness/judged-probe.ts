// SPDX-License-Identifier: Apache-2.0
// A probe with the agent's own engine behind it: what it tells of some processes is the matches of
// rules, each as one line of text.

import { RecordBatch } from '@fimbul/probe';
import type { CompiledPolicies } from '@fimbul/rules';
import type { KernelFilter } from '@fimbul/schema';
import { CgroupCache } from '../../../packages/agent/src/context/cgroup-cache.ts';
import { ContainerOwners } from '../../../packages/agent/src/context/container-owners.ts';
import { NodeProcSource } from '../../../packages/agent/src/context/node-proc-source.ts';
import { ProcessCache } from '../../../packages/agent/src/context/process-cache.ts';
import { snapshotProcesses } from '../../../packages/agent/src/context/process-snapshot.ts';
import { describeCgroup } from '../../../packages/agent/src/context/told-cgroups.ts';
import { tellProcesses } from '../../../packages/agent/src/context/told-processes.ts';
import { Engine } from '../../../packages/agent/src/engine/engine.ts';
import type { EventView } from '../../../packages/agent/src/engine/event-view.ts';
import { type Kernel, KernelProbe } from '../kernel-probe.ts';

const ringBytes = 16 * 1024 * 1024;

type JudgedMatch = { readonly pid: number; readonly text: string };

function describe(ruleId: string, event: EventView): string {
  const { operation } = event;
  switch (operation) {
    case 'exec':
    case 'exit':
      return `${ruleId}: ${operation}`;
    case 'rename':
      return `${ruleId}: rename ${event.file.path} → ${event.destination.path}`;
    default:
      return `${ruleId}: ${operation} ${event.file.path}`;
  }
}

export class JudgedProbe {
  readonly #probe: KernelProbe;
  readonly #engine: Engine;
  #matches: JudgedMatch[] = [];

  constructor(kernel: Kernel, policies: CompiledPolicies, filter: KernelFilter) {
    const clock = { nowMs: () => performance.now() };
    const proc = new NodeProcSource();
    const processes = new ProcessCache({
      ...{ proc, cgroups: new CgroupCache(), clock },
      tellCgroup: (key, group) => this.#probe.probe.tellCgroup(describeCgroup(key, group)),
    });
    this.#engine = new Engine(
      {
        policies,
        processes,
        surroundings: {
          findUser: () => '',
          findGroup: () => '',
          hostname: '',
          bootToRealNs: 0n,
        },
        runId: '',
        containers: new ContainerOwners(),
        makeUuid: () => '',
        onMatch: ({ rule, event }) => {
          const { pid } = event.subject.facts;
          this.#matches.push({ pid, text: describe(rule.id, event) });
          return [];
        },
      },
      new RecordBatch(8, 1),
    );
    this.#probe = new KernelProbe(kernel, filter, ringBytes);
    snapshotProcesses(processes, proc);
    tellProcesses(processes.listLive(), this.#probe.probe);
  }

  /** Judges what has come; returns the matches of some processes, in order. */
  take(pids: ReadonlySet<number>): readonly string[] {
    this.#probe.visitBatches((batch) => this.#engine.judge(batch));
    const own = this.#matches.filter(({ pid }) => pids.has(pid));
    this.#matches = [];
    return own.map(({ text }) => text);
  }

  /** Records that the kernel has sent, all that it has lost, and runs that it has skipped. */
  count(): { readonly sent: number; readonly lost: number; readonly skipped: number } {
    const counters = this.#probe.readCounters();
    const kinds = Object.values(counters.kinds);
    const sent = kinds.reduce((sum, kind) => sum + kind.sent, 0);
    const lost = kinds
      .flatMap((kind) => Object.entries(kind))
      .filter(([name]) => name.startsWith('lost_'))
      .reduce((sum, [, value]) => sum + value, 0);
    const skipped = Object.values(counters.skippedRuns).reduce((sum, runs) => sum + runs, 0);
    return { sent, lost, skipped };
  }

  close(): void {
    this.#probe.close();
  }
}
