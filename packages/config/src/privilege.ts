// SPDX-License-Identifier: Apache-2.0
// Whether this process may ask the kernel for what the agent needs. Being root is not enough where
// capabilities were taken away, as in most containers, and the kernel's own answer (EPERM) does not
// say what is missing.

import { readFileSync } from 'node:fs';
import { Failure } from './failure.ts';

const sysAdmin = 1n << 21n;
const bpfAndPerfmon = (1n << 39n) | (1n << 38n);

/** Reads the effective capabilities out of the text of /proc/PID/status; null when it has none. */
export function parseEffectiveCapabilities(status: string): bigint | null {
  const digits = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1];
  return digits === undefined ? null : BigInt(`0x${digits}`);
}

/** Whether these capabilities allow to load and attach eBPF programs that look at the host. */
export function mayLoadPrograms(capabilities: bigint): boolean {
  if ((capabilities & sysAdmin) !== 0n) return true;
  return (capabilities & bpfAndPerfmon) === bpfAndPerfmon;
}

/** Throws a Failure that says what is missing; `what` is who needs it, such as `the agent`. */
export function requirePrivilege(what: string): void {
  if (process.geteuid?.() !== 0) {
    throw new Failure(`${what} needs root to load eBPF programs`, 'run it as root, or with sudo');
  }
  const capabilities = parseEffectiveCapabilities(readFileSync('/proc/self/status', 'utf8'));
  if (capabilities === null || mayLoadPrograms(capabilities)) return;
  throw new Failure(
    `${what} may not load eBPF programs: it is root, but has neither CAP_SYS_ADMIN nor both ` +
      'CAP_BPF and CAP_PERFMON',
    'run it on the host, or grant its container these capabilities (such as docker --privileged)',
  );
}
