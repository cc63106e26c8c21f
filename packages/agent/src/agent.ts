// SPDX-License-Identifier: Apache-2.0
// A running agent: a probe whose records are judged, with /proc to explain the processes.

import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { ActionConfig } from '@fimbul/config';
import {
  type Counters,
  type Native,
  type Probe,
  type ProbePlan,
  RecordBatch,
  summarizeBackends,
} from '@fimbul/probe';
import type { CompiledPolicies } from '@fimbul/rules';
import { type Kill, Killer, refuseToKill } from './actions/kill.ts';
import { KillDisarmer } from './actions/kill-disarmer.ts';
import { KillProtection } from './actions/kill-protection.ts';
import { describePlannedActions } from './actions/planned-actions.ts';
import { Alerting } from './alerting.ts';
import { CgroupMembers } from './context/cgroup-members.ts';
import { formatDrainReport } from './health/drain-report.ts';
import { describeRuleCounts } from './load-policies.ts';
import type { OutputStream } from './output/output-stream.ts';
import type { Sink } from './output/sink.ts';
import type { WriteStatus } from './output/status-stream.ts';
import { ProbeRun, type RecordConsumer } from './probe-run.ts';
import { createProcessContext, type ProcessContext } from './process-context.ts';

/** Processes looked for in /proc at each look, in case their exit was lost. */
const vanishedChecksMax = 64;

export type AgentParts = {
  readonly native: Native;
  readonly probe: Probe;
  readonly plan: ProbePlan;
  /** Release of the running kernel. */
  readonly release: string;
  readonly policies: CompiledPolicies;
  /** What rules may do to this host. */
  readonly actions: ActionConfig;
  readonly sink: Sink;
  /** What the sink writes to. */
  readonly output: Pick<OutputStream, 'isReady' | 'beginEnd' | 'end'>;
  readonly durationMs: number | null;
  readonly runId: string;
  /** Writes a line about the agent itself, never about events. */
  readonly writeStatus: WriteStatus;
};

export class Agent {
  readonly #parts: AgentParts;
  readonly #run: ProbeRun;

  constructor(parts: AgentParts) {
    this.#parts = parts;
    const { native, probe, durationMs, writeStatus } = parts;
    const consumer = this.#makeConsumer();
    const greeting = this.#describeStart();
    this.#run = new ProbeRun({ native, probe, consumer, durationMs, greeting, writeStatus });
  }

  /** Takes the snapshot, starts reading and says that it is ready. */
  start(): void {
    this.#run.start();
  }

  /** Ends the run in order; repeating it changes nothing. */
  stop(): void {
    this.#run.stop();
  }

  #makeConsumer(): RecordConsumer {
    const { policies, sink, output, runId, writeStatus, native } = this.#parts;
    const context = createProcessContext();
    const { processes, names, takeSnapshot } = context;
    const parts = { policies, processes, names, hostname: hostname(), sink, runId, writeStatus };
    const alerting = new Alerting(
      { ...parts, makeUuid: randomUUID, kill: this.#makeKill(context) },
      RecordBatch.of(),
    );
    return {
      get counters() {
        return alerting.counters;
      },
      get isClosed() {
        return alerting.isClosed;
      },
      canTake: () => {
        if (!output.isReady) alerting.flush();
        return output.isReady;
      },
      beginEnd: () => output.beginEnd(),
      setClock: (bootToRealNs) => alerting.setClock(bootToRealNs),
      takeSnapshot: () => takeSnapshot().isPossible,
      take: (batch) => alerting.take(batch),
      tellLoss: (loss) => alerting.tellLoss(loss),
      look: () => {
        processes.dropVanished(vanishedChecksMax);
        alerting.look(native.clocks().boottimeNs);
      },
      flush: () => alerting.flush(),
      end: (kernel: Counters) => {
        alerting.end();
        this.#tellUnwritten(output.end());
        const judgement = alerting.readJudgement();
        writeStatus(formatDrainReport({ kernel, engine: alerting.counters, judgement }));
      },
    };
  }

  #tellUnwritten(count: number): void {
    if (count === 0) return;
    const what = count === 1 ? '1 alert or loss was' : `${count} alerts or losses were`;
    this.#parts.writeStatus(
      `fimbul: write alerts: ${what} not written: standard output did not take them\n` +
        '  → keep the program that reads the alerts running and reading\n',
    );
    process.exitCode = 1;
  }

  #makeKill({ processes, proc }: ProcessContext): Kill {
    const { actions, native, writeStatus } = this.#parts;
    if (!actions.kill) return refuseToKill('not allowed');
    const killer = new Killer({
      ...{ native, processes, proc, writeStatus },
      members: new CgroupMembers(),
      protection: new KillProtection(proc, process.pid),
      disarmer: new KillDisarmer(actions.killDisarmer),
    });
    return (action, match) => killer.kill(action, match);
  }

  #describeStart(): string {
    const { probe, plan, policies, release, actions } = this.#parts;
    const lines = probe.degradations.map(
      ({ program, error }) => `fimbul: degraded: ${program} is not used: ${error.what}\n`,
    );
    lines.push(...describePlannedActions(policies.rules, actions));
    lines.push(
      `fimbul: ready: ${describeRuleCounts(policies)}; ` +
        `${summarizeBackends(plan.operations)} on Linux ${release}; pid ${process.pid}\n`,
    );
    return lines.join('');
  }
}
