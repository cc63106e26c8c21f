// SPDX-License-Identifier: Apache-2.0
// The plan: which backend serves which operation on this kernel, which programs are loaded, and
// what that costs. Pure: it can be printed and tested anywhere, and is then applied by load/.

import { type FileOperation, fileOperations } from '@fimbul/schema';
import {
  type Attachment,
  listProcessAttachments,
  type PlannedOperation,
  processOperations,
} from './attachments.ts';
import {
  type BackendVerdict,
  judgeBackend,
  listPreferences,
  type Service,
  serve,
} from './backend-choice.ts';
import { type BackendName, backendNames, isPreemptible, type KernelFeatures } from './features.ts';
import { optionalHooks, replacedByTimestamps, timestampHooks } from './hooks.ts';
import { describeLimits } from './limits.ts';

export type OperationPlan = {
  readonly operation: PlannedOperation;
  readonly backend: BackendName;
  /** Why this backend. */
  readonly reason: string;
  /** What this backend cannot see or cannot be sure of on this kernel, one sentence each. */
  readonly limits: readonly string[];
};

export type ProbePlan = {
  readonly backends: readonly BackendVerdict[];
  readonly operations: readonly OperationPlan[];
  /** In the order in which they attach: processes before files, ends before begins. */
  readonly programs: readonly Attachment[];
  readonly typedReads: boolean;
  /** File operations that the program at the end of all system calls leaves to others. */
  readonly leftToOthers: readonly FileOperation[];
  /** do_file_open_root takes a directory in two parameters (before Linux 5.12). */
  readonly openRootHasMount: boolean;
};

export type PlanRefusal = { readonly what: string; readonly advice: string };

/** A backend that did not load or attach for an operation, with the words of the kernel. */
export type Exclusion = {
  readonly operation: PlannedOperation;
  readonly backend: BackendName;
  readonly reason: string;
};

type Chosen = Service & { readonly operation: FileOperation; readonly reason: string };

type Request = {
  readonly features: KernelFeatures;
  readonly forced: BackendName | 'auto';
  readonly verdicts: readonly BackendVerdict[];
  readonly exclusions: readonly Exclusion[];
};

/** Why a backend cannot serve an operation, or how it does. */
function tryBackend(
  operation: FileOperation,
  backend: BackendName,
  { features, verdicts, exclusions }: Request,
): Service | string {
  const verdict = verdicts.find((entry) => entry.backend === backend);
  if (verdict?.verdict !== 'usable') return verdict?.detail ?? 'not known';
  const excluded = exclusions.find(
    (entry) => entry.operation === operation && entry.backend === backend,
  );
  return excluded?.reason ?? serve(operation, backend, features);
}

function chooseBackend(operation: FileOperation, request: Request): Chosen | null {
  const { forced, features } = request;
  const others = listPreferences(operation, features).filter((name) => name !== forced);
  const preferences = forced === 'auto' ? others : [forced, ...others];
  const reasons: string[] = [];
  for (const backend of preferences) {
    const service = tryBackend(operation, backend, request);
    if (typeof service === 'string') {
      reasons.push(`${backend}: ${service}`);
      continue;
    }
    if (backend === forced) reasons.push('forced by --backend');
    if (reasons.length === 0) reasons.push(`the best for ${features.preemption} preemption`);
    return { ...service, operation, reason: reasons.join('; ') };
  }
  return null;
}

/** Each program has a variant that reads by probe reads instead of through typed pointers. */
function nameVariant(attachment: Attachment, typedReads: boolean): Attachment {
  return typedReads ? attachment : { ...attachment, name: `${attachment.name}_probed` };
}

function attachTracepoint(
  tracepoint: string,
  operation: PlannedOperation,
  required: boolean,
): Attachment {
  return { name: tracepoint, target: null, operation, required, losesEvents: required };
}

const processTracepoints = {
  fork: 'sched_process_fork',
  exec: 'sched_process_exec',
  exit: 'sched_process_exit',
} as const;

type ProcessPlan = { readonly backend: BackendName; readonly attachments: readonly Attachment[] };

function planProcesses({ features, forced, verdicts, exclusions }: Request): ProcessPlan {
  const usable = verdicts.some((v) => v.backend === 'kprobe' && v.verdict === 'usable');
  const excluded = exclusions.some(
    ({ operation, backend }) => operation in processTracepoints && backend === 'kprobe',
  );
  const wanted =
    forced === 'kprobe' || (isPreemptible(features) && (forced === 'auto' || forced === 'lsm'));
  const attachments = usable && wanted && !excluded ? listProcessAttachments(features) : null;
  if (attachments) return { backend: 'kprobe', attachments };
  return {
    backend: 'tracepoint',
    attachments: processOperations.map((name) =>
      attachTracepoint(processTracepoints[name], name, true),
    ),
  };
}

/** Programs that serve operations by tracepoints. */
function listTracepointAttachments(
  operations: readonly FileOperation[],
  { tracepoints }: KernelFeatures,
): readonly Attachment[] {
  const [first] = operations;
  if (first === undefined) return [];
  const has = (name: string): boolean => tracepoints.has(name);
  const superfluous = timestampHooks.some(has) ? replacedByTimestamps : [];
  const optional = optionalHooks.flatMap(({ tracepoint, operations: served }) => {
    const operation = operations.find((name) => served.includes(name));
    if (!operation || !has(tracepoint) || superfluous.includes(tracepoint)) return [];
    return [attachTracepoint(tracepoint, operation, false)];
  });
  // Calls before their objects: objects without the end of their call would be left behind.
  return [attachTracepoint('sys_exit', first, true), ...optional];
}

function refusePlan(request: Request): PlanRefusal {
  const { features, forced, verdicts } = request;
  const asked = verdicts.filter(({ backend }) => forced === 'auto' || backend === forced);
  const reasons = asked.map(({ backend, detail }) => `${backend}: ${detail}`).join('; ');
  return {
    what: `no hook backend works on this kernel (${features.release}): ${reasons}`,
    advice:
      forced === 'auto'
        ? 'run "fimbul doctor"; a kernel of 5.10 or newer with CONFIG_DEBUG_INFO_BTF is needed'
        : 'run "fimbul doctor", or leave out --backend to let the agent choose',
  };
}

function describeOperations(
  chosen: readonly Chosen[],
  processes: ProcessPlan,
  features: KernelFeatures,
): readonly OperationPlan[] {
  const files = chosen.map(({ operation, backend, returns, reason }) => {
    const limits = describeLimits(operation, backend, returns, features);
    return { operation, backend, reason, limits };
  });
  const ofProcesses = (['exec', 'exit', 'fork'] as const).map((operation) => {
    const { backend } = processes;
    const returns = backend === 'kprobe' ? 'kprobe' : 'tracepoint';
    const reason =
      backend === 'kprobe'
        ? 'is not skipped where tasks are preempted inside the kernel'
        : 'shows processes on every kernel';
    return {
      operation,
      backend,
      reason,
      limits: describeLimits(operation, backend, returns, features),
    };
  });
  return [...files, ...ofProcesses];
}

/**
 * Plans for a kernel; `forced` is the backend the user asked for, or `auto`. `exclusions` are what
 * an earlier plan of the same kernel came to grief with.
 */
export function planProbe(
  features: KernelFeatures,
  forced: BackendName | 'auto',
  exclusions: readonly Exclusion[] = [],
): ProbePlan | PlanRefusal {
  const verdicts = backendNames.map((name) => judgeBackend(name, features));
  const request: Request = { features, forced, verdicts, exclusions };
  const isUsable = ({ backend, verdict }: BackendVerdict): boolean =>
    verdict === 'usable' && (forced === 'auto' || backend === forced);
  const chosen = fileOperations.map((operation) => chooseBackend(operation, request));
  const complete = chosen.filter((entry) => entry !== null);
  if (!verdicts.some(isUsable) || complete.length < chosen.length) return refusePlan(request);
  const processes = planProcesses(request);
  const byTracepoint = complete.filter(({ backend }) => backend === 'tracepoint');
  const attachments = [
    ...processes.attachments,
    ...listTracepointAttachments(
      byTracepoint.map(({ operation }) => operation),
      features,
    ),
    ...complete.flatMap((entry) => entry.attachments),
  ];
  return {
    backends: verdicts,
    operations: describeOperations(complete, processes, features),
    programs: attachments.map((entry) => nameVariant(entry, features.typedReads)),
    typedReads: features.typedReads,
    leftToOthers: complete
      .filter(({ backend }) => backend !== 'tracepoint')
      .map(({ operation }) => operation),
    openRootHasMount: features.functions.get('openByRoot')?.parameterCount === 4,
  };
}

/** What served the operation of a program that did not load or attach. */
export function excludeProgram(plan: ProbePlan, program: string, reason: string): Exclusion | null {
  const attachment = plan.programs.find(({ name }) => name === program);
  const operation = plan.operations.find((entry) => entry.operation === attachment?.operation);
  if (!operation || operation.backend === 'tracepoint') return null;
  return { operation: operation.operation, backend: operation.backend, reason };
}
