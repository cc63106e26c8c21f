// SPDX-License-Identifier: Apache-2.0
// Replaces the rules while they judge: compile beside, make ready, let the kernel's filter and the
// rules take over between two events, and forget those before once no event of theirs can come.
// One at a time: who asks while one is under way gets a whole one after it.

import { formatBug } from '@fimbul/config/run';
import type { Native, Probe } from '@fimbul/probe';
import type { CompiledPolicies } from '@fimbul/rules/run';
import { type ReloadDocument, statusFormat } from '@fimbul/schema';
import type { CompileReply } from '../compile/reload-reply.ts';
import type { PreparedRules, Takeover } from '../engine/rule-sets.ts';
import type { LoadedPolicies } from '../load-policies.ts';
import { describeRuleCounts } from '../rule-counts.ts';

/** Between two looks whether the ring has been read far enough. */
const lookMs = 10;
/** Records that come faster than they are judged hold up no reload. */
const catchUpMs = 2_000;

/** Who judges. */
export type Judging = {
  prepareRules(policies: CompiledPolicies): PreparedRules;
  replaceRules(rules: PreparedRules, policies: CompiledPolicies, takeover: Takeover): void;
  forgetReplacedRules(): void;
};

export type ReloaderParts = {
  readonly native: Pick<Native, 'clocks' | 'waitForPrograms'>;
  readonly probe: Pick<
    Probe,
    | 'filterGeneration'
    | 'fitFilter'
    | 'replaceFilter'
    | 'forgetReplacedFilter'
    | 'ringEnd'
    | 'isReadTo'
  >;
  readonly judging: Judging;
  readonly compile: () => Promise<CompileReply>;
  /** Told once other rules judge. */
  readonly onReloaded: (loaded: LoadedPolicies) => void;
  /** Writes a line about the agent itself. */
  readonly writeStatus: (text: string) => void;
};

type Installed = { readonly generation: number; readonly leftOut: readonly string[] };
type Refusal = { readonly what: string; readonly advice: string; readonly report?: string };

const ending: Refusal = {
  what: 'reload policies: the agent is ending',
  advice: 'start it again: it reads the policies then',
};

/** Rules that cannot be made to run are no reason to end those that do. */
function trySteps<Made>(steps: () => Made): Made | Refusal {
  try {
    return steps();
  } catch (error) {
    return {
      what: `reload policies: ${formatBug(error).trimEnd()}; nothing has changed`,
      advice: 'take back the change of the policies, or start the agent again',
    };
  }
}

function describeLeftOut(leftOut: readonly string[]): readonly string[] {
  if (leftOut.length === 0) return [];
  return [
    `the kernel has no room for all ${leftOut.join(' and ')} of these rules, so that more events ` +
      'reach the agent; start it again to make room',
  ];
}

export class Reloader {
  readonly #parts: ReloaderParts;
  #running: Promise<ReloadDocument> | null = null;
  #next: Promise<ReloadDocument> | null = null;
  /** Whether those before are gone; while they go, a promise of it. */
  #leaving: Promise<boolean> = Promise.resolve(true);
  #isEnded = false;
  readonly counts = { reloaded: 0, refused: 0 };

  constructor(parts: ReloaderParts) {
    this.#parts = parts;
  }

  /** Reloads, and tells what came of it once the rules judge. */
  request(): Promise<ReloadDocument> {
    if (this.#running === null) return this.#begin();
    // The one that runs may have read the files before they were what they are now.
    this.#next ??= this.#running
      .catch(() => null)
      .then(() => {
        this.#next = null;
        return this.#begin();
      });
    return this.#next;
  }

  /** Nothing changes from now on: the ring is about to be read for the last time. */
  end(): void {
    this.#isEnded = true;
  }

  #begin(): Promise<ReloadDocument> {
    this.#running = this.#reload().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #reload(): Promise<ReloadDocument> {
    if (this.#isEnded) return this.#refuse(ending);
    const started = performance.now();
    const reply = await this.#parts.compile();
    const compileMs = performance.now() - started;
    if (this.#isEnded) return this.#refuse(ending);
    if (reply.kind === 'refused') return this.#refuse(reply);
    // Their tables are needed, and their records must not be taken for others'.
    if (!((await this.#leaving) || (await this.#leave()))) {
      return this.#refuse({
        what: 'reload policies: the kernel does not tell when the rules before are out of use',
        advice: 'start the agent again',
        report: reply.report,
      });
    }
    if (this.#isEnded) return this.#refuse(ending);
    return this.#takeOver(reply, compileMs);
  }

  /** Two pauses, in which no event is judged; between them the ring is read. */
  async #takeOver(loaded: LoadedPolicies, compileMs: number): Promise<ReloadDocument> {
    const { judging, onReloaded } = this.#parts;
    const { policies, report, files } = loaded;
    const preparing = performance.now();
    const rules = trySteps(() => judging.prepareRules(policies));
    const preparedMs = performance.now() - preparing;
    if ('what' in rules) return this.#refuse({ ...rules, report });
    await this.#catchUp();
    if (this.#isEnded) return this.#refuse(ending);
    const installing = performance.now();
    const installed = trySteps(() => this.#install(rules, policies));
    const installedMs = performance.now() - installing;
    if ('what' in installed) return this.#refuse({ ...installed, report });
    this.#leaving = this.#leave();
    this.counts.reloaded += 1;
    const degradations = describeLeftOut(installed.leftOut);
    onReloaded(loaded);
    this.#tellReloaded(loaded, degradations);
    return {
      ...{ format: statusFormat, outcome: 'reloaded', report, policies: files },
      ...{ generation: installed.generation, rules: describeRuleCounts(policies), degradations },
      compile_seconds: compileMs / 1e3,
      pause_seconds: Math.max(preparedMs, installedMs) / 1e3,
    };
  }

  /** From its last step on, the filter and the rules serve. */
  #install(rules: PreparedRules, policies: CompiledPolicies): Installed | Refusal {
    const { probe, judging, native } = this.#parts;
    const { filter, leftOut } = probe.fitFilter(policies.filter);
    const replaced = probe.replaceFilter(filter);
    if (!replaced.ok) {
      const { what, advice } = replaced.error;
      return { what: `reload policies: ${what}; nothing has changed`, advice };
    }
    const generation = probe.filterGeneration;
    const sinceNs = Number(native.clocks().boottimeNs);
    judging.replaceRules(rules, policies, { generation, sinceNs });
    return { generation, leftOut };
  }

  /** Gives the ring its turn after a pause: until what waits has been read, or for some time. */
  async #catchUp(): Promise<void> {
    const { probe } = this.#parts;
    const end = probe.ringEnd;
    const deadlineMs = performance.now() + catchUpMs;
    do {
      await new Promise((resolve) => setTimeout(resolve, lookMs));
    } while (!this.#isEnded && !probe.isReadTo(end) && performance.now() < deadlineMs);
  }

  /**
   * Waits until no event of the replaced rules can come any more, and forgets them. No program that
   * asked their filter is running after a grace period; what it sent stands in the ring then.
   */
  async #leave(): Promise<boolean> {
    const { native, probe, judging, writeStatus } = this.#parts;
    const waited = await native.waitForPrograms();
    if (this.#isEnded) return false;
    if (!waited.ok) {
      const { what, advice } = waited.error;
      writeStatus(`fimbul: degraded: the rules before stay in memory: ${what}\n  → ${advice}\n`);
      return false;
    }
    const end = probe.ringEnd;
    while (!probe.isReadTo(end)) {
      await new Promise((resolve) => setTimeout(resolve, lookMs));
      if (this.#isEnded) return false;
    }
    judging.forgetReplacedRules();
    probe.forgetReplacedFilter();
    return true;
  }

  #tellReloaded({ policies, report }: LoadedPolicies, degradations: readonly string[]): void {
    const { writeStatus } = this.#parts;
    writeStatus(report);
    for (const text of degradations) writeStatus(`fimbul: degraded: ${text}\n`);
    writeStatus(`fimbul: reloaded: ${describeRuleCounts(policies)}\n`);
    if (policies.rules.length > 0) return;
    writeStatus(
      'fimbul: degraded: no rule is loaded: nothing is watched\n  → add a rule and reload\n',
    );
  }

  #refuse({ what, advice, report = '' }: Refusal): ReloadDocument {
    const { writeStatus, probe } = this.#parts;
    this.counts.refused += 1;
    writeStatus(report);
    writeStatus(`fimbul: ${what}\n  → ${advice}\n`);
    const generation = this.#isEnded ? 0 : probe.filterGeneration;
    return { format: statusFormat, outcome: 'refused', report, generation, what, advice };
  }
}
