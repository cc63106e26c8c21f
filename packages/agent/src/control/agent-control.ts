// SPDX-License-Identifier: Apache-2.0
// The agent's control: what it tells of itself at its socket, and to Prometheus where a
// configuration asks for that. What costs (the kernel's statistics of programs, times of rules) is
// on only while somebody watches. Nothing here changes what the agent does but an order to reload.

import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ControlConfig } from '@fimbul/config/run';
import type { Native, Probe, ProbePlan, RunStats } from '@fimbul/probe';
import { type CompiledPolicies, nameRules, RuleMeter } from '@fimbul/rules/run';
import {
  fileOperations,
  type PolicyRow,
  type RecordKind,
  type ReloadDocument,
  type RulesDocument,
  type StatusDocument,
  type StreamDocument,
} from '@fimbul/schema';
import type { EngineCounters, MatchCounters } from '../engine/engine.ts';
import type { LossFound } from '../health/loss-monitor.ts';
import {
  type AgentFacts,
  listPrograms,
  makeRulesDocument,
  makeStatusDocument,
  readCpu,
} from './agent-documents.ts';
import { listMetrics } from './agent-metrics.ts';
import { type Answer, BadRequest, makeControlServer, type Routes } from './control-server.ts';
import { ControlSocket } from './control-socket.ts';
import { LossLedger } from './loss-ledger.ts';
import { isOwnHost } from './metrics-host.ts';
import { formatMetrics, metricsContentType } from './metrics-text.ts';
import { StreamWatch } from './stream-watch.ts';
import { WatchLease } from './watch-lease.ts';

/** Who asks every second is not missed by one late answer. */
const lookLeaseMs = 5_000;
/** Scrapes come up to a minute apart. */
const scrapeLeaseMs = 150_000;
/** However many ask for metrics, they are made this often. */
const metricsMs = 500;
const rulesOneIn = 8;
const nsPerSecond = 1e9;

export type Judging = {
  readonly counters: EngineCounters;
  readonly matchedEvents: Readonly<Partial<Record<RecordKind, number>>>;
  readMatchCounters(): MatchCounters;
  readonly unknownGenerations: number;
  setMeter(meter: RuleMeter | null): void;
  setWatcher(watcher: Pick<StreamWatch, 'take'> | null): void;
};

/** Who reloads. */
export type Reloading = {
  readonly counts: { readonly reloaded: number; readonly refused: number };
  request(): Promise<ReloadDocument>;
};

export type AgentControlParts = {
  readonly native: Pick<Native, 'clocks' | 'enableRunStats' | 'lockFile'>;
  readonly probe: Pick<
    Probe,
    'plan' | 'programs' | 'filterGeneration' | 'readCounters' | 'readProgramStats'
  >;
  readonly plan: ProbePlan;
  readonly policies: CompiledPolicies;
  readonly policyFiles: readonly PolicyRow[];
  readonly judging: Judging;
  readonly reloader: Reloading;
  readonly facts: AgentFacts;
  readonly config: ControlConfig;
  /** Writes a line about the agent itself. */
  readonly writeStatus: (text: string) => void;
};

function answerJson(document: object): Answer {
  return { status: 200, type: 'application/json', body: `${JSON.stringify(document)}\n` };
}

const watchable = ['programs', 'rules', 'stream'] as const;
type Watchable = (typeof watchable)[number];

function readWatched(query: URLSearchParams): readonly Watchable[] {
  return query.getAll('watch').map((name) => {
    const found = watchable.find((known) => known === name);
    if (found === undefined) throw new BadRequest(`watch is one of ${watchable.join(', ')}`);
    return found;
  });
}

export class AgentControl {
  readonly #parts: AgentControlParts;
  readonly #startSeconds: number;
  readonly #cpuStartingSeconds: number;
  readonly #losses = new LossLedger();
  readonly #leases: Readonly<Record<Watchable, WatchLease>>;
  #policies: CompiledPolicies;
  #policyFiles: readonly PolicyRow[];
  #runStats: RunStats | null = null;
  #statsRefusal: string | null = null;
  #meter: RuleMeter | null = null;
  #stream: StreamWatch | null = null;
  #socket: ControlSocket | null = null;
  #metricsServer: Server | null = null;
  #metrics = { text: '', madeMs: Number.NEGATIVE_INFINITY };

  constructor(parts: AgentControlParts) {
    this.#parts = parts;
    this.#policies = parts.policies;
    this.#policyFiles = parts.policyFiles;
    this.#startSeconds = this.#readClock();
    const { user, system } = readCpu();
    this.#cpuStartingSeconds = user + system;
    this.#leases = {
      programs: new WatchLease({
        start: () => this.#startStatistics(),
        end: () => this.#endStatistics(),
      }),
      rules: new WatchLease({
        start: () => this.#startMeter(),
        end: () => parts.judging.setMeter(null),
      }),
      stream: new WatchLease({
        start: () => parts.judging.setWatcher(this.#keepStream()),
        end: () => parts.judging.setWatcher(null),
      }),
    };
  }

  /** Listens where the configuration says; what does not work is told, and the agent goes on. */
  open(): void {
    const { config, writeStatus, native } = this.#parts;
    if (config.socketPath !== null) {
      const server = makeControlServer({
        routes: this.#listRoutes(),
        orders: new Map([['/v1/reload', () => this.#reload()]]),
        writeStatus,
      });
      const opened = ControlSocket.open(native, config.socketPath, server);
      if (opened instanceof ControlSocket) this.#socket = opened;
      else {
        const what = `no control socket at ${config.socketPath}: ${opened.refusal}`;
        writeStatus(`fimbul: degraded: ${what}\n  → ${opened.advice}\n`);
      }
    }
    if (config.metrics !== null) this.#openMetrics(config.metrics);
  }

  /** Tells of other rules from now on, which go on with the costs of those that stay. */
  takeRules(policies: CompiledPolicies, files: readonly PolicyRow[]): void {
    if (this.#meter !== null) {
      const before = new Map(nameRules(this.#policies.rules).map((name, index) => [name, index]));
      this.#meter = this.#meter.continueFor(
        nameRules(policies.rules).map((name) => before.get(name)),
      );
      if (this.#leases.rules.isOn) this.#parts.judging.setMeter(this.#meter);
    }
    this.#policies = policies;
    this.#policyFiles = files;
    this.#stream = null;
    if (this.#leases.stream.isOn) this.#parts.judging.setWatcher(this.#keepStream());
    this.#metrics.madeMs = Number.NEGATIVE_INFINITY;
  }

  tellLoss(loss: LossFound): void {
    this.#losses.add(loss);
  }

  /** Ends everything that `open` and watchers began; repeating it changes nothing. */
  close(): void {
    for (const lease of Object.values(this.#leases)) lease.close();
    this.#socket?.close();
    this.#metricsServer?.close();
    this.#metricsServer?.closeAllConnections();
  }

  #openMetrics(config: NonNullable<ControlConfig['metrics']>): void {
    const { host, port, isRemoteAllowed, watch } = config;
    const { writeStatus } = this.#parts;
    // Anybody on this host may ask here, so what is kept on was decided before.
    const routes: Routes = new Map([['/metrics', () => this.#answerMetrics(watch)]]);
    const server = makeControlServer({
      ...{ routes, writeStatus },
      ...(isRemoteAllowed ? {} : { isOwnHost }),
    });
    const name = host.includes(':') ? `[${host}]` : host;
    server.on('error', (error) => {
      writeStatus(
        `fimbul: degraded: no metrics at ${name}:${port}: ${error.message}\n` +
          '  → name another address as metrics.listen in the configuration\n',
      );
    });
    server.on('listening', () => {
      const { port: own } = server.address() as AddressInfo;
      writeStatus(`fimbul: metrics at http://${name}:${own}/metrics\n`);
    });
    server.listen({ host, port, exclusive: true });
    this.#metricsServer = server;
  }

  #listRoutes(): Routes {
    const watch = (query: URLSearchParams): void => this.#watch(readWatched(query), lookLeaseMs);
    return new Map([
      [
        '/v1/status',
        (query) => {
          watch(query);
          return answerJson(this.#makeStatus());
        },
      ],
      [
        '/v1/rules',
        (query) => {
          watch(query);
          return answerJson(this.#makeRules());
        },
      ],
      [
        '/v1/stream',
        (query) => {
          watch(query);
          return answerJson(this.#makeStream());
        },
      ],
      [
        '/metrics',
        (query) => {
          return this.#answerMetrics(readWatched(query));
        },
      ],
    ]);
  }

  async #reload(): Promise<Answer> {
    const document = await this.#parts.reloader.request();
    return { ...answerJson(document), status: document.outcome === 'reloaded' ? 200 : 422 };
  }

  #watch(names: readonly Watchable[], forMs: number): void {
    for (const name of names) this.#leases[name].renew(forMs);
  }

  #answerMetrics(watched: readonly Watchable[]): Answer {
    this.#watch(watched, scrapeLeaseMs);
    return { status: 200, type: metricsContentType, body: this.#makeMetrics() };
  }

  #makeMetrics(): string {
    const nowMs = performance.now();
    if (nowMs - this.#metrics.madeMs >= metricsMs) {
      const text = formatMetrics(listMetrics(this.#makeStatus(), this.#makeRules()));
      this.#metrics = { text, madeMs: nowMs };
    }
    return this.#metrics.text;
  }

  #readClock(): number {
    return Number(this.#parts.native.clocks().boottimeNs) / nsPerSecond;
  }

  #makeStatus(): StatusDocument {
    const { probe, plan, judging, reloader, facts } = this.#parts;
    const kernel = probe.readCounters();
    const clockSeconds = this.#readClock();
    return makeStatusDocument({
      ...facts,
      ...{ clockSeconds, plan, kernel, compiled: this.#policies, policies: this.#policyFiles },
      reloads: {
        generation: probe.filterGeneration,
        ...reloader.counts,
        unknown_generations: judging.unknownGenerations,
      },
      uptimeSeconds: clockSeconds - this.#startSeconds,
      cpuStartingSeconds: this.#cpuStartingSeconds,
      engine: judging.counters,
      matchedEvents: judging.matchedEvents,
      losses: this.#losses.list(),
      statistics: {
        on: this.#runStats !== null,
        on_seconds: this.#leases.programs.onMs / 1e3,
        refusal: this.#statsRefusal,
      },
      programs: listPrograms(probe, kernel),
    });
  }

  #makeRules(): RulesDocument {
    const { judging } = this.#parts;
    return makeRulesDocument({
      clockSeconds: this.#readClock(),
      isSampling: this.#leases.rules.isOn,
      oneIn: rulesOneIn,
      rules: this.#policies.rules,
      matches: judging.readMatchCounters(),
      reading: this.#meter?.read() ?? null,
    });
  }

  #makeStream(): StreamDocument {
    const { probe, judging, facts } = this.#parts;
    const { kinds } = probe.readCounters();
    return this.#keepStream().makeDocument({
      clock_seconds: this.#readClock(),
      agent_started: facts.agent.started,
      stream: fileOperations.map((operation) => ({
        operation,
        seen: kinds[operation].seen,
        sent: judging.counters.received[operation],
      })),
      matches: judging.readMatchCounters().rules.map(({ matches }) => matches),
    });
  }

  #keepStream(): StreamWatch {
    this.#stream ??= new StreamWatch(this.#policies, this.#parts.probe.filterGeneration);
    return this.#stream;
  }

  #startStatistics(): void {
    const enabled = this.#parts.native.enableRunStats();
    this.#runStats = enabled.ok ? enabled.value : null;
    this.#statsRefusal = enabled.ok ? null : enabled.error.what;
  }

  #endStatistics(): void {
    this.#runStats?.close();
    this.#runStats = null;
  }

  #startMeter(): void {
    const { judging } = this.#parts;
    this.#meter ??= new RuleMeter({
      ruleCount: this.#policies.rules.length,
      now: () => performance.now(),
      random: Math.random,
      oneIn: rulesOneIn,
    });
    judging.setMeter(this.#meter);
  }
}
