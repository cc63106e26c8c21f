// SPDX-License-Identifier: Apache-2.0
// A scratch directory for a benchmark, the compiled trigger programs, and a probe to measure with.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { builtInPolicyDirectory, readPolicyFiles, rootDirectory } from '@fimbul/config';
import {
  type BackendName,
  getObjectPath,
  loadNative,
  type PlanRefusal,
  type Probe,
  type ProbePlan,
  planProbe,
  readKernelFeatures,
  readObjectFile,
  startProbe,
} from '@fimbul/probe';
import { type CompiledPolicies, compilePolicies } from '@fimbul/rules';
import { NodeProcSource } from '../packages/agent/src/context/node-proc-source.ts';

export type Workspace = { readonly directory: string; readonly remove: () => void };

export function createWorkspace(): Workspace {
  const base = join(rootDirectory, '.fimbul');
  mkdirSync(base, { recursive: true });
  const directory = mkdtempSync(join(base, 'bench-'));
  return { directory, remove: () => rmSync(directory, { recursive: true }) };
}

/** Compiles a trigger program into the workspace and returns its path. */
export function compileProgram(workspace: Workspace, name: string): string {
  const program = join(workspace.directory, name);
  const source = join(rootDirectory, 'bench/programs', `${name}.c`);
  execFileSync('clang', ['-O2', '-Wall', '-Wextra', '-o', program, source]);
  return program;
}

/** The default policy, as the agent loads it. */
export function compileDefaultPolicy(): CompiledPolicies {
  return compilePolicies(readPolicyFiles([builtInPolicyDirectory]));
}

const defaultRingBytes = 32 * 1024 * 1024;

export type BenchProbeOptions = {
  /** Without one, what the agent would choose. */
  readonly plan?: ProbePlan | PlanRefusal;
  readonly ringBytes?: number;
};

/** A plan for the running kernel, or why there is none with this backend. */
export function planBenchProbe(backend: BackendName | 'auto'): ProbePlan | PlanRefusal {
  const features = readKernelFeatures(loadNative());
  if (!features.ok) throw features.error;
  return planProbe(features.value, backend);
}

/** Starts a probe with the filters of some policies. */
export function startBenchProbe(
  policies: Pick<CompiledPolicies, 'filter'>,
  options: BenchProbeOptions = {},
): Probe {
  const { plan = planBenchProbe('auto'), ringBytes = defaultRingBytes } = options;
  if ('what' in plan) throw new Error(plan.what);
  const object = readObjectFile(getObjectPath());
  if (!object.ok) throw object.error;
  const started = startProbe(loadNative(), {
    plan,
    objectBytes: object.value,
    filter: policies.filter,
    ringBytes,
    agentPid: process.pid,
    hostNamespaces: new NodeProcSource().readHostNamespaces(),
  });
  if (!started.ok) throw started.error;
  return started.value;
}
