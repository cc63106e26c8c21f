// SPDX-License-Identifier: Apache-2.0
// Keeping up with what the header of each record tells of a process. Most records tell nothing
// new, and then nothing is made: the facts that were known are returned as they are.

import type { ProcessFacts } from '@fimbul/probe';

/** Facts as an entry keeps them: of the process, not of the thread that acted. */
export function factsOfProcess(facts: ProcessFacts): ProcessFacts {
  return facts.tid === facts.pid ? facts : { ...facts, tid: facts.pid };
}

/** Returns `known` itself when `seen` tells nothing new of the process. */
export function mergeFacts(known: ProcessFacts, seen: ProcessFacts): ProcessFacts {
  // A thread may have a name of its own, which is not that of the process.
  const comm = seen.tid === seen.pid ? seen.comm : known.comm;
  // Late in its exit a task has left its namespaces; what it had before still describes it.
  const mountNamespace = seen.mountNamespace || known.mountNamespace;
  const networkNamespace = seen.networkNamespace || known.networkNamespace;
  const pidNamespace = seen.pidNamespace || known.pidNamespace;
  if (
    comm === known.comm &&
    mountNamespace === known.mountNamespace &&
    networkNamespace === known.networkNamespace &&
    pidNamespace === known.pidNamespace &&
    seen.ppid === known.ppid &&
    seen.startTimeNs === known.startTimeNs &&
    hasSameCredentials(seen, known) &&
    seen.cgroupId === known.cgroupId &&
    seen.cgroupHierarchy === known.cgroupHierarchy &&
    seen.isKernelThread === known.isKernelThread
  ) {
    return known;
  }
  return { ...seen, tid: seen.pid, comm, mountNamespace, networkNamespace, pidNamespace };
}

function hasSameCredentials(a: ProcessFacts, b: ProcessFacts): boolean {
  return (
    a.uid === b.uid &&
    a.gid === b.gid &&
    a.euid === b.euid &&
    a.egid === b.egid &&
    a.fsuid === b.fsuid &&
    a.fsgid === b.fsgid &&
    a.auid === b.auid &&
    a.capEffective === b.capEffective &&
    a.capPermitted === b.capPermitted
  );
}
