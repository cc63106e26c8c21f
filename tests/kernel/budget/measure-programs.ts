// SPDX-License-Identifier: Apache-2.0
// What the verifier of the running kernel makes of our programs, loaded and attached as the agent
// does it: by the plan for this kernel, then by the plan for each backend alone. Of a program that
// several plans have, the dearest counts, for what a plan leaves out makes its programs cheaper.

import { isDeepStrictEqual } from 'node:util';
import {
  type BackendName,
  getObjectPath,
  type KernelFeatures,
  loadNative,
  type Native,
  type ProbeError,
  type ProbePlan,
  passEverything,
  planProbe,
  type Result,
  readKernelFeatures,
  readObjectFile,
  startProbe,
} from '@fimbul/probe';

import { type LoadedProgram, mergeReports, type ProgramReport } from './kernel-report.ts';
import { boundStackDepth, parseVerifierStatistics } from './verifier-log.ts';

const instructionBytes = 8;
const ringBytes = 1024 * 1024;

type Backend = BackendName | 'auto';
type BpfObject = Extract<ReturnType<Native['openObject']>, { ok: true }>['value'];

/** Measures every program of every plan that there is for this kernel. */
export function measurePrograms(native: Native = loadNative()): readonly ProgramReport[] {
  const features = expect(readKernelFeatures(native));
  // The first report of a program says whether it is planned.
  const backends: readonly Backend[] = [
    'auto',
    ...(Object.keys(features.backends) as BackendName[]),
  ];
  const plans: ProbePlan[] = [];
  const reports = backends.flatMap((backend) => {
    const plan = planProbe(features, backend);
    if ('what' in plan) return [];
    // Under emulation each load takes seconds.
    if (plans.some(({ programs }) => isDeepStrictEqual(programs, plan.programs))) return [];
    plans.push(plan);
    return measurePlan({ native, features, backend, plan });
  });
  return mergeReports(reports);
}

type PlanRun = {
  readonly native: Native;
  readonly features: KernelFeatures;
  readonly backend: Backend;
  readonly plan: ProbePlan;
};

function measurePlan({ native, features, backend, plan }: PlanRun): readonly ProgramReport[] {
  const { release } = features;
  const isPlanned = backend === 'auto';
  const refused = (error: ProbeError, fallback: string): ProgramReport => {
    const program = getHookName(error.program ?? fallback);
    return { release, program, isPlanned, outcome: 'refused', words: error.what };
  };
  let object: BpfObject | null = null;
  const keeping: Native = {
    ...native,
    openObject: (bytes, options) => {
      const opened = native.openObject(bytes, options);
      if (!opened.ok) return opened;
      object = opened.value;
      for (const { name } of object.programs()) object.keepVerifierLog(name);
      return opened;
    },
  };
  const objectBytes = expect(readObjectFile(getObjectPath()));
  const filter = passEverything('all');
  const options = { plan, objectBytes, filter, ringBytes, agentPid: process.pid };
  const started = startProbe(keeping, options);
  if (!started.ok) return [refused(started.error, `plan for ${backend}`)];
  const probe = started.value;
  try {
    return [
      // One that loads and does not attach is a matter of the kernel cases.
      ...probe.degradations
        .filter(({ error }) => error.code === 'load_refused')
        .map(({ program, error }) => refused(error, program)),
      ...readObject(object, { release, isPlanned }),
    ];
  } finally {
    probe.close();
  }
}

function readObject(
  object: BpfObject | null,
  common: { readonly release: string; readonly isPlanned: boolean },
): readonly LoadedProgram[] {
  if (object === null) throw new Error('the probe started without opening an object');
  return object.programs().flatMap(({ name }) => {
    const stats = object.programStats(name);
    if (stats === null) return [];
    const log = object.verifierLog(name);
    const statistics = parseVerifierStatistics(log);
    if (statistics === null)
      throw new Error(`the verifier's words on ${name} are not known: ${log}`);
    const { verified, verifiedMax, states, peakStates, stackParts, timeUs } = statistics;
    return [
      {
        ...common,
        ...{ program: getHookName(name), outcome: 'loaded', stackParts, verifiedMax, timeUs },
        measures: {
          size: stats.translatedBytes / instructionBytes,
          ...{ verified, states, peak: peakStates },
          stack: boundStackDepth(stackParts),
        },
      },
    ];
  });
}

/** A hook has two programs, `X` and `X_probed`; each kernel has one of them. */
function getHookName(program: string): string {
  return program.replace(/_probed$/, '');
}

function expect<Value>(result: Result<Value>): Value {
  if (result.ok) return result.value;
  throw result.error;
}
