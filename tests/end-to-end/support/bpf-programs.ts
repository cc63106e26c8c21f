// SPDX-License-Identifier: Apache-2.0
// Which BPF programs are loaded, and which of them some process holds. A program that nobody holds
// and that is still there is attached on its own: an agent that is gone must leave none.

import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { childTimeoutMs, runOrFail } from './child.ts';

/** Between two looks at what the kernel frees in its own time. */
const lookIntervalMs = 20;

/** Lists the identifiers of all loaded programs. */
export async function listPrograms(): Promise<ReadonlySet<number>> {
  const programs = JSON.parse(await runOrFail('bpftool', ['prog', 'show', '-j'])) as {
    readonly id: number;
  }[];
  return new Set(programs.map(({ id }) => id));
}

function readOrNothing<Value>(read: () => Value, nothing: Value): Value {
  try {
    return read();
  } catch {
    // The process or the descriptor is gone, or is one that not even root may look at.
    return nothing;
  }
}

/** Lists the programs that a process holds, directly or through their attachment. */
export function listProgramsOf(pid: number | string): ReadonlySet<number> {
  const directory = `/proc/${pid}/fdinfo`;
  const texts = readOrNothing(() => readdirSync(directory), []).map((descriptor) =>
    readOrNothing(() => readFileSync(`${directory}/${descriptor}`, 'utf8'), ''),
  );
  return new Set(
    texts.flatMap((text) => [...text.matchAll(/^prog_id:\s*(\d+)$/gm)].map(([, id]) => Number(id))),
  );
}

function listHeldPrograms(): ReadonlySet<number> {
  const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return new Set(processes.flatMap((pid) => [...listProgramsOf(pid)]));
}

async function waitUntil(what: () => string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = AbortSignal.timeout(childTimeoutMs);
  while (!(await holds())) {
    if (deadline.aborted) throw new Error(what());
    // The kernel tells nobody when it has freed a program.
    await setTimeout(lookIntervalMs);
  }
}

/** Waits until all these programs have gone. */
export async function waitForNoneOf(programs: ReadonlySet<number>): Promise<void> {
  let left: number[] = [];
  await waitUntil(
    () => `programs ${left.join(', ')} are still there`,
    async () => {
      const loaded = await listPrograms();
      left = [...programs].filter((id) => loaded.has(id));
      return left.length === 0;
    },
  );
}

/** Waits until no program is left that nobody holds, apart from those that were there before. */
export async function waitForNoOrphans(before: ReadonlySet<number>): Promise<void> {
  let orphans: number[] = [];
  await waitUntil(
    () => `programs ${orphans.join(', ')} are loaded and nobody holds them`,
    async () => {
      const loaded = await listPrograms();
      const held = listHeldPrograms();
      orphans = [...loaded].filter((id) => !held.has(id) && !before.has(id));
      return orphans.length === 0;
    },
  );
}
