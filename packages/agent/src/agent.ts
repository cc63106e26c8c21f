// SPDX-License-Identifier: Apache-2.0
// A running agent: a probe whose records are judged, with /proc to explain the processes.

import { hostname } from 'node:os';
import {
  type Counters,
  type Native,
  type Probe,
  type ProbePlan,
  RecordBatch,
  summarizeBackends,
} from '@fimbul/probe';
import type { CompiledPolicies } from '@fimbul/rules';
import { Alerting } from './alerting.ts';
import { formatDrainReport } from './health/drain-report.ts';
import type { Sink } from './output/sink.ts';
import { ProbeRun, type RecordConsumer } from './probe-run.ts';
import { createProcessContext } from './process-context.ts';

/** Processes looked for in /proc at each look, in case their exit was lost. */
const vanishedChecksMax = 64;

export type AgentParts = {
  readonly native: Native;
  readonly probe: Probe;
  readonly plan: ProbePlan;
  /** Release of the running kernel. */
  readonly release: string;
  readonly policies: CompiledPolicies;
  readonly sink: Sink;
  readonly durationMs: number | null;
  readonly runId: string;
  /** Writes a line about the agent itself, never about events. */
  readonly writeStatus: (text: string) => void;
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
    const { policies, sink, runId, writeStatus } = this.#parts;
    const { processes, names, takeSnapshot } = createProcessContext();
    const alerting = new Alerting(
      { policies, processes, names, hostname: hostname(), sink, runId, writeStatus },
      RecordBatch.of(),
    );
    return {
      get counters() {
        return alerting.counters;
      },
      get isClosed() {
        return alerting.isClosed;
      },
      setClock: (bootToRealNs) => alerting.setClock(bootToRealNs),
      takeSnapshot: () => takeSnapshot().isPossible,
      take: (batch) => alerting.take(batch),
      tellLoss: (loss) => alerting.tellLoss(loss),
      look: () => processes.dropVanished(vanishedChecksMax),
      flush: () => alerting.flush(),
      end: (counters: Counters) =>
        writeStatus(formatDrainReport(counters, alerting.counters, policies.rules)),
    };
  }

  #describeStart(): string {
    const { probe, plan, policies, release } = this.#parts;
    const lines = probe.degradations.map(
      ({ program, error }) => `fimbul: degraded: ${program} is not used: ${error.what}\n`,
    );
    const skipped = policies.skippedCount > 0 ? `, ${policies.skippedCount} skipped` : '';
    const elsewhere =
      policies.notApplicableCount > 0 ? `, ${policies.notApplicableCount} not applicable here` : '';
    const count = policies.rules.length;
    lines.push(
      `fimbul: ready: ${count} rule${count === 1 ? '' : 's'}${skipped}${elsewhere}; ` +
        `${summarizeBackends(plan.operations)} on Linux ${release}; pid ${process.pid}\n`,
    );
    return lines.join('');
  }
}
