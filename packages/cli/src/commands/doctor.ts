// SPDX-License-Identifier: Apache-2.0
// `fimbul doctor`: what this kernel offers, the backend chosen per operation and why, and what that
// choice costs. It asks the kernel by loading trivial programs and leaves nothing behind.

import { Failure, requirePrivilege } from '@fimbul/config';
import {
  type KernelFeatures,
  loadNative,
  type PlanRefusal,
  ProbeError,
  type ProbePlan,
  planProbe,
  readKernelFeatures,
} from '@fimbul/probe';
import type { Command } from 'commander';

type DoctorFlags = { readonly json?: boolean };

type Examination = {
  readonly features: KernelFeatures;
  readonly plan: ProbePlan | null;
  readonly refusal: PlanRefusal | null;
};

function examine(): Examination {
  requirePrivilege('fimbul doctor');
  try {
    const read = readKernelFeatures(loadNative());
    if (!read.ok) throw read.error;
    const plan = planProbe(read.value, 'auto');
    if ('what' in plan) return { features: read.value, plan: null, refusal: plan };
    return { features: read.value, plan, refusal: null };
  } catch (error) {
    if (error instanceof ProbeError) throw new Failure(error.what, error.advice);
    throw error;
  }
}

function describePreemption({ preemption }: KernelFeatures): string {
  switch (preemption) {
    case 'none':
    case 'voluntary':
      return `${preemption}: tasks are not preempted inside the kernel`;
    case 'unknown':
      return 'unknown: taken for one that preempts tasks inside the kernel';
    default:
      return `${preemption}: tasks are preempted inside the kernel`;
  }
}

function describeFeatures(features: KernelFeatures): string[] {
  const tracepoints = [...features.tracepoints.keys()].join(', ');
  return [
    `Kernel            Linux ${features.release}`,
    `Lockdown          ${features.lockdown ?? 'unknown (securityfs is not mounted)'}`,
    `Security modules  ${features.securityModules ?? 'unknown (securityfs is not mounted)'}`,
    `Preemption        ${describePreemption(features)}`,
    `Typed reads       ${features.typedReads ? 'yes' : 'no: probe reads, which are slower'}`,
    `Tracepoints       ${tracepoints}`,
  ];
}

function describePlan(plan: ProbePlan): string[] {
  const lines = ['', 'Backends'];
  for (const { backend, verdict, detail } of plan.backends) {
    lines.push(`  ${backend.padEnd(11)} ${verdict.padEnd(8)} ${detail}`);
  }
  const [first] = plan.operations;
  const common = (first?.limits ?? []).filter((limit) =>
    plan.operations.every(({ limits }) => limits.includes(limit)),
  );
  lines.push('', 'Operations');
  for (const { operation, backend, reason, limits } of plan.operations) {
    lines.push(`  ${operation.padEnd(11)} ${backend.padEnd(11)} ${reason}`);
    const own = limits.filter((limit) => !common.includes(limit));
    for (const limit of own) lines.push(`${' '.repeat(14)}- ${limit}`);
  }
  if (common.length > 0) lines.push('', 'All operations');
  for (const limit of common) lines.push(`  - ${limit}`);
  return lines;
}

function doctor(flags: DoctorFlags): void {
  const { features, plan, refusal } = examine();
  if (flags.json) {
    const { tracepoints, functions, ...rest } = features;
    const kernel = {
      ...rest,
      tracepoints: Object.fromEntries(tracepoints),
      functions: Object.fromEntries(functions),
    };
    process.stdout.write(`${JSON.stringify({ kernel, plan, refusal }, null, 2)}\n`);
  } else {
    const lines = describeFeatures(features);
    if (plan) lines.push(...describePlan(plan));
    if (refusal !== null) lines.push('', refusal.what, `  → ${refusal.advice}`);
    process.stdout.write(`${lines.join('\n')}\n`);
  }
  process.exitCode = plan ? 0 : 1;
}

export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('what this kernel offers, the backend chosen and what it costs')
    .option('--json', 'write it as JSON')
    .action((flags: DoctorFlags) => doctor(flags));
}
