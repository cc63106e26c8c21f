// SPDX-License-Identifier: Apache-2.0
// A running agent: a probe whose records are judged, with /proc to explain the processes.

import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { type ActionConfig, type ControlConfig, version } from '@fimbul/config/run';
import {
  type Counters,
  type Native,
  type Probe,
  type ProbePlan,
  RecordBatch,
  summarizeBackends,
} from '@fimbul/probe';
import type { CompiledPolicies } from '@fimbul/rules/run';
import type { PolicyRow } from '@fimbul/schema';
import { type Kill, Killer, refuseToKill } from './actions/kill.ts';
import { KillDisarmer } from './actions/kill-disarmer.ts';
import { KillProtection } from './actions/kill-protection.ts';
import { describePlannedActions } from './actions/planned-actions.ts';
import { Alerting } from './alerting.ts';
import type { CompileReply } from './compile/reload-reply.ts';
import { CgroupMembers } from './context/cgroup-members.ts';
import { describeCgroup } from './context/told-cgroups.ts';
import { tellProcesses } from './context/told-processes.ts';
import { AgentControl } from './control/agent-control.ts';
import { formatDrainReport } from './health/drain-report.ts';
import type { OutputStream } from './output/output-stream.ts';
import type { Sink } from './output/sink.ts';
import type { WriteStatus } from './output/status-stream.ts';
import { formatTime } from './output/time-text.ts';
import { ProbeRun, type RecordConsumer } from './probe-run.ts';
import { createProcessContext, type ProcessContext } from './process-context.ts';
import { Reloader } from './reload/reloader.ts';
import { describeRuleCounts } from './rule-counts.ts';

/** Processes looked for in /proc at each look, in case their exit was lost. */
const vanishedChecksMax = 64;
/** After a start or a reload. */
const settleMs = 3000;

export type AgentParts = {
  readonly native: Native;
  readonly probe: Probe;
  readonly plan: ProbePlan;
  /** Release of the running kernel. */
  readonly release: string;
  readonly policies: CompiledPolicies;
  readonly policyFiles: readonly PolicyRow[];
  /** Compiles the policies as they are now, without holding up judging. */
  readonly compile: () => Promise<CompileReply>;
  /** What rules may do to this host. */
  readonly actions: ActionConfig;
  /** Where it tells of itself. */
  readonly control: ControlConfig;
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
  readonly #control: AgentControl;
  readonly #reloader: Reloader;

  constructor(parts: AgentParts) {
    this.#parts = parts;
    const { native, probe, durationMs, writeStatus } = parts;
    const context = createProcessContext({
      tellCgroup: (key, group) => probe.tellCgroup(describeCgroup(key, group)),
    });
    const alerting = this.#makeAlerting(context);
    this.#reloader = this.#makeReloader(alerting, context);
    this.#control = this.#makeControl(alerting);
    const consumer = this.#makeConsumer(context, alerting);
    const greeting = this.#describeStart();
    this.#run = new ProbeRun({ native, probe, consumer, durationMs, greeting, writeStatus });
  }

  /** Takes the snapshot, starts reading and says that it is ready. */
  start(): void {
    this.#control.open();
    this.#run.start();
    this.#releaseMemorySoon();
  }

  /** Reads the policies again; what comes of it is told. */
  reload(): void {
    void this.#reloader.request();
  }

  /** Ends the run in order; repeating it changes nothing. */
  stop(): void {
    this.#run.stop();
  }

  /** What loading and compiling took for a moment, once what is left of it has been collected. */
  #releaseMemorySoon(): void {
    setTimeout(() => this.#parts.native.releaseFreeMemory(), settleMs).unref();
  }

  #makeReloader(alerting: Alerting, { processes }: ProcessContext): Reloader {
    const { native, probe, compile, actions, writeStatus } = this.#parts;
    return new Reloader({
      ...{ native, probe, compile, writeStatus, judging: alerting },
      onReloaded: ({ policies, files }) => {
        tellProcesses(processes.listLive(), probe);
        this.#control.takeRules(policies, files);
        this.#releaseMemorySoon();
        for (const line of describePlannedActions(policies.rules, actions)) writeStatus(line);
      },
    });
  }

  #makeAlerting(context: ProcessContext): Alerting {
    const { policies, probe, sink, runId, writeStatus } = this.#parts;
    const { processes, names } = context;
    const parts = { policies, processes, names, hostname: hostname(), sink, runId, writeStatus };
    return new Alerting(
      {
        ...parts,
        generation: probe.filterGeneration,
        makeUuid: randomUUID,
        kill: this.#makeKill(context),
      },
      RecordBatch.of(),
    );
  }

  #makeControl(alerting: Alerting): AgentControl {
    const { native, probe, plan, policies, policyFiles, release, control } = this.#parts;
    const { writeStatus } = this.#parts;
    const started = formatTime(native.clocks().realtimeNs);
    return new AgentControl({
      ...{ native, probe, plan, policies, policyFiles, writeStatus },
      judging: alerting,
      reloader: this.#reloader,
      facts: {
        agent: { version, pid: process.pid, started },
        host: { hostname: hostname(), kernel: release },
        degradations: probe.degradations.map(
          ({ program, error }) => `${program} is not used: ${error.what}`,
        ),
      },
      config: control,
    });
  }

  #makeConsumer({ processes, takeSnapshot }: ProcessContext, alerting: Alerting): RecordConsumer {
    const { writeStatus, native, output, probe } = this.#parts;
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
      beginEnd: () => {
        this.#reloader.end();
        output.beginEnd();
      },
      setClock: (bootToRealNs) => alerting.setClock(bootToRealNs),
      takeSnapshot: () => {
        const { isPossible } = takeSnapshot();
        tellProcesses(processes.listLive(), probe);
        return isPossible;
      },
      take: (batch) => alerting.take(batch),
      tellLoss: (loss) => {
        this.#control.tellLoss(loss);
        alerting.tellLoss(loss);
      },
      look: () => {
        processes.dropVanished(vanishedChecksMax);
        alerting.look(native.clocks().boottimeNs);
      },
      flush: () => alerting.flush(),
      end: (kernel: Counters) => {
        this.#control.close();
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
