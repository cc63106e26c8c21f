// SPDX-License-Identifier: Apache-2.0
// From the kernel's features to a running probe, with every refusal turned into words for people.

import { readlinkSync } from 'node:fs';
import { Failure } from '@fimbul/config/run';
import {
  getObjectPath,
  loadNative,
  type Native,
  type Probe,
  ProbeError,
  type ProbePlan,
  planProbe,
  type Result,
  readKernelFeatures,
  readObjectFile,
  startProbe,
} from '@fimbul/probe';
import type { CompiledPolicies } from '@fimbul/rules/run';
import { NodeProcSource } from './context/node-proc-source.ts';
import type { AgentOptions } from './options.ts';

/** The initial pid namespace has this inode number in every kernel (PROC_PID_INIT_INO). */
const initialPidNamespace = 'pid:[4026531836]';

function expect<Value>(result: Result<Value>): Value {
  if (result.ok) return result.value;
  throw new Failure(result.error.what, result.error.advice);
}

/** Loads the addon, or tells how to get it. */
export function loadNativeOrFail(): Native {
  try {
    return loadNative();
  } catch (error) {
    if (error instanceof ProbeError) throw new Failure(error.what, error.advice);
    throw error;
  }
}

/** Our id as the kernel counts; 0 where we cannot know it, and our own work is then reported. */
function getAgentPid(): number {
  return readlinkSync('/proc/self/ns/pid') === initialPidNamespace ? process.pid : 0;
}

export type StartedProbe = {
  readonly probe: Probe;
  readonly plan: ProbePlan;
  readonly release: string;
};

/** Starts the probe with the filters of the policies; nothing is left attached when it fails. */
export function startProbeOrFail(
  native: Native,
  options: Pick<AgentOptions, 'backend' | 'ringBytes'>,
  policies: Pick<CompiledPolicies, 'filter'>,
): StartedProbe {
  const features = expect(readKernelFeatures(native));
  const plan = planProbe(features, options.backend);
  if ('what' in plan) throw new Failure(plan.what, plan.advice);
  const probe = expect(
    startProbe(native, {
      plan,
      replan: (exclusions) => planProbe(features, options.backend, exclusions),
      objectBytes: expect(readObjectFile(getObjectPath())),
      filter: policies.filter,
      ringBytes: options.ringBytes,
      agentPid: getAgentPid(),
      hostNamespaces: new NodeProcSource().readHostNamespaces(),
    }),
  );
  return { probe, plan: probe.plan, release: features.release };
}
