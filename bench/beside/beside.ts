// SPDX-License-Identifier: Apache-2.0
// The agent beside other ways to watch files: nothing, inotifywait, auditd, AIDE now and then. What
// each costs a program that works in the watched directory, whether it tells of a file that was
// changed and changed back, and whether it names who did it.

import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchOptions } from '../bench-options.ts';
import { readTreeCpuSeconds } from '../measure/process-usage.ts';
import { getMedian, report } from '../report.ts';
import { run, runScript } from '../workloads/workload.ts';
import { compileProgram, createWorkspace } from '../workspace.ts';
import { makeAide } from './aide.ts';
import { makeAudit } from './audit.ts';
import type { Contender, Evidence, Running } from './contender.ts';
import { makeFimbul } from './fimbul.ts';
import { makeInotify } from './inotify.ts';
import { unpackTools } from './tools.ts';

const rounds = 5;
const repeats = 3;
const calls: Readonly<Record<string, number>> = { open_close: 20_000, create_write_unlink: 3000 };

type Taken = {
  readonly nsByCall: Map<string, number[]>;
  /** Seconds of the tool itself, and of the clock. */
  own: number;
  elapsed: number;
  evidence: Evidence | null;
  failure: string | null;
};

const nothing: Contender = {
  name: 'nothing',
  start: () =>
    Promise.resolve({
      pid: null,
      ask: () => Promise.resolve({ told: null, namesProcess: false }),
      stop: () => Promise.resolve(),
    }),
};

const editScript = `
"$2" sh -c 'cp -p "$0" "$0.kept"; echo intruder >>"$0"; cp -p "$0.kept" "$0"; rm "$0.kept"' "$1"
`;

/** Changes a file and changes it back, its time of modification too. */
async function editAndRevert(path: string, editor: string): Promise<void> {
  await runScript(editScript, [path, editor]);
}

class Contest {
  readonly #watched: string;
  readonly #program: string;
  readonly #editor: string;

  constructor(watched: string, program: string, editor: string) {
    this.#watched = watched;
    this.#program = program;
    this.#editor = editor;
  }

  async runRound(contender: Contender, taken: Taken): Promise<void> {
    let running: Running;
    try {
      running = await contender.start(this.#watched);
    } catch (error) {
      taken.failure = error instanceof Error ? error.message : String(error);
      return;
    }
    try {
      await this.#measure(running, taken);
      if (taken.evidence !== null) return;
      const path = join(this.#watched, 'settings');
      await editAndRevert(path, this.#editor);
      taken.evidence = await running.ask(path, this.#editor);
    } finally {
      await running.stop();
    }
  }

  async #measure({ pid }: Running, taken: Taken): Promise<void> {
    const before = pid === null ? 0 : readTreeCpuSeconds(pid);
    const start = performance.now();
    for (const [kind, count] of Object.entries(calls)) {
      const times = taken.nsByCall.get(kind) ?? [];
      taken.nsByCall.set(kind, times);
      for (let repeat = 0; repeat < repeats; repeat += 1) {
        const args = ['-c', '0', this.#program, kind, this.#watched, String(count), 'cpu'];
        times.push(Number(await run('taskset', args)));
      }
    }
    taken.elapsed += (performance.now() - start) / 1000;
    taken.own += pid === null ? 0 : readTreeCpuSeconds(pid) - before;
  }
}

function tell(name: string, taken: Taken, base: Taken): void {
  if (taken.failure !== null) {
    process.stderr.write(`bench: ${name} does not run here: ${taken.failure}\n`);
    return;
  }
  const { evidence, own, elapsed } = taken;
  for (const [kind, times] of taken.nsByCall) {
    const without = base.nsByCall.get(kind) ?? [];
    report({
      bench: 'beside',
      metric: `${name}.${kind}`,
      value: Math.min(...times) / Math.min(...without),
      unit: 'ratio to nothing',
      context: {
        median_ratio: Number((getMedian(times) / getMedian(without)).toFixed(3)),
        own_processor_percent: Number(((100 * own) / elapsed).toFixed(1)),
        edit_and_revert: evidence?.told == null ? 'not told' : 'told',
        process: evidence?.namesProcess ? 'named' : 'not named',
        told: evidence?.told ?? '',
      },
    });
  }
}

/** Prints a line for each way and kind of call. */
export async function benchBeside({ seconds }: BenchOptions): Promise<void> {
  const workspace = createWorkspace();
  const watched = mkdtempSync('/var/tmp/fimbul-beside-');
  try {
    const tools = await unpackTools(workspace.directory);
    mkdirSync(join(watched, 'below'));
    writeFileSync(join(watched, 'settings'), 'allowed = no\n');
    // A program of its own path, so that whoever names it has seen it.
    mkdirSync(join(workspace.directory, 'intruder'));
    const editor = join(workspace.directory, 'intruder/busybox');
    copyFileSync('/bin/busybox', editor);
    const contenders = [
      nothing,
      makeInotify(tools),
      makeAide(tools),
      makeFimbul(workspace.directory),
      makeAudit(tools),
    ];
    const contest = new Contest(watched, compileProgram(workspace, 'file_calls'), editor);
    const results = new Map(
      contenders.map(({ name }): [string, Taken] => [
        name,
        { nsByCall: new Map(), own: 0, elapsed: 0, evidence: null, failure: null },
      ]),
    );
    const roundCount = seconds === null ? rounds : Math.max(1, Math.round(seconds / 20));
    for (let round = 0; round < roundCount; round += 1) {
      for (const contender of contenders) {
        const taken = results.get(contender.name);
        if (taken && taken.failure === null) await contest.runRound(contender, taken);
      }
    }
    const base = results.get('nothing');
    for (const [name, taken] of results) if (base) tell(name, taken, base);
    process.stderr.write(
      'bench: audit rules and the switch of auditing are as they were; processes that started ' +
        'while auditing was on keep its mark until they end\n',
    );
  } finally {
    workspace.remove();
    rmSync(watched, { recursive: true });
  }
}
