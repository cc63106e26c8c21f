// SPDX-License-Identifier: Apache-2.0
// What the agent costs for an event: real records of a storm, judged again and again, without a
// match, with a match that `every` holds back, and with an alert written as JSON.

import { execFileSync } from 'node:child_process';
import { RecordBatch } from '@fimbul/probe';
import { compilePolicies } from '@fimbul/rules';
import { CgroupCache } from '../packages/agent/src/context/cgroup-cache.ts';
import { ContainerOwners } from '../packages/agent/src/context/container-owners.ts';
import { NodeProcSource } from '../packages/agent/src/context/node-proc-source.ts';
import { ProcessCache } from '../packages/agent/src/context/process-cache.ts';
import { Engine } from '../packages/agent/src/engine/engine.ts';
import type { Match } from '../packages/agent/src/engine/match.ts';
import { describeAlert } from '../packages/agent/src/output/alert-document.ts';
import { toJsonText } from '../packages/agent/src/output/json-text.ts';
import { report } from './report.ts';
import { compileProgram, createWorkspace, startBenchProbe, type Workspace } from './workspace.ts';

const stormFiles = 2000;
const repeats = 30;

function collect(workspace: Workspace): RecordBatch[] {
  const program = compileProgram(workspace, 'file_calls');
  const policies = compilePolicies([
    {
      path: 'bench.policy',
      text: `rules:
  - { id: a, expression: 'open.file.path =~ "${workspace.directory}/**"' }
  - { id: b, expression: 'unlink.file.path =~ "${workspace.directory}/**"' }`,
    },
  ]);
  const probe = startBenchProbe(policies);
  execFileSync(program, ['create_unlink', workspace.directory, String(stormFiles)]);
  probe.detach();
  const batches: RecordBatch[] = [];
  for (;;) {
    const batch = new RecordBatch(1024 * 1024, 4096);
    probe.read(batch);
    if (batch.count === 0) break;
    batches.push(batch);
  }
  probe.close();
  return batches;
}

type Variant = {
  readonly metric: string;
  readonly rules: string;
  /** Takes a match that is told. */
  readonly tell: (match: Match) => void;
};

function measure(batches: readonly RecordBatch[], variant: Variant): number {
  const policies = compilePolicies([{ path: 'bench.policy', text: `rules:\n${variant.rules}` }]);
  const clock = { nowMs: () => performance.now() };
  const proc = new NodeProcSource();
  const engine = new Engine(
    {
      policies,
      processes: new ProcessCache({ proc, cgroups: new CgroupCache(), clock }),
      surroundings: {
        findUser: () => 'root',
        findGroup: () => 'root',
        hostname: 'bench',
        bootToRealNs: 0n,
      },
      runId: 'bench',
      containers: new ContainerOwners(),
      makeUuid: () => '',
      onMatch: (match) => {
        if (match.outcome === 'alert') variant.tell(match);
        return [];
      },
    },
    new RecordBatch(8, 1),
  );
  const judgeAll = (): void => {
    for (const batch of batches) engine.judge(batch);
  };
  judgeAll();
  const records = batches.reduce((sum, batch) => sum + batch.count, 0);
  const start = performance.now();
  for (let repeat = 0; repeat < repeats; repeat += 1) judgeAll();
  return ((performance.now() - start) * 1e6) / (repeats * records);
}

/** Prints nanoseconds per record, and the share of the JSON in them as a ratio. */
export function benchPipeline(): void {
  const workspace = createWorkspace();
  try {
    const batches = collect(workspace);
    const matching = `  - { id: m, expression: 'open.file.path =~ "${workspace.directory}/**"'`;
    let characters = 0;
    const variants: Variant[] = [
      {
        metric: 'no_match',
        rules: `  - { id: n, expression: 'open.file.path =~ "/nowhere/**"' }`,
        tell: () => undefined,
      },
      { metric: 'held_back', rules: `${matching}, every: 1h }`, tell: () => undefined },
      {
        metric: 'alert_json',
        rules: `${matching}, every: 0 }`,
        tell: (match) => {
          characters += toJsonText(describeAlert(match, [])).length;
        },
      },
    ];
    const results = variants.map((variant) => ({ variant, ns: measure(batches, variant) }));
    const base = results[0]?.ns ?? Number.NaN;
    for (const { variant, ns } of results) {
      const context = { ns_per_record: Math.round(ns), files: stormFiles };
      const { metric } = variant;
      report({ bench: 'pipeline', metric, value: ns / base, unit: 'ratio to no_match', context });
    }
    const sizes = batches.flatMap((batch) =>
      Array.from({ length: batch.count }, (_, index) => batch.index[2 * index + 1] ?? 0),
    );
    const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
    report({
      bench: 'pipeline',
      metric: 'record_bytes',
      value: mean,
      unit: 'bytes',
      context: { records: sizes.length, characters_of_json: characters },
    });
  } finally {
    workspace.remove();
  }
}
