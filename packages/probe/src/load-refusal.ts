// SPDX-License-Identifier: Apache-2.0
// Explains why the kernel refused a BPF object: the program, the verifier's last meaningful line,
// and what to do, which depends on the errno. The whole log travels with the error.

import { release } from 'node:os';
import { parseLoadLog } from './load-log.ts';
import { errnoName, type ProbeErrorFacts } from './probe-error.ts';

const EPERM = 1;
const ENOENT = 2;
const ESRCH = 3;
const E2BIG = 7;
const ENOMEM = 12;
const EACCES = 13;
const EINVAL = 22;

/** Facts of the error for a load that returned `errno` after saying `log`. */
export function explainLoad(objectName: string, errno: number, log: string): ProbeErrorFacts {
  const parsed = parseLoadLog(log);
  const program = parsed.program === null ? '' : `, program "${parsed.program}"`;
  const reason = parsed.summary === '' ? '' : `: ${parsed.summary}`;
  const omitted =
    parsed.omittedLineCount === 0 ? '' : ` (${parsed.omittedLineCount} lines omitted)`;
  const typesUnreadable = /valid kernel BTF|vmlinux BTF|failed to parse target BTF/.test(log);
  return {
    code: typesUnreadable ? 'kernel_types_unreadable' : 'load_refused',
    errno,
    ...(parsed.program === null ? {} : { program: parsed.program }),
    what: `load BPF object "${objectName}"${program}: ${errnoName(errno)}${reason}${omitted}`,
    advice: typesUnreadable
      ? 'the kernel must be built with CONFIG_DEBUG_INFO_BTF and /sys/kernel/btf be readable'
      : adviseOnLoad(errno, release()),
    log,
  };
}

/** Says what to do about a refused load on a kernel of this release. */
export function adviseOnLoad(errno: number, kernelRelease: string): string {
  switch (errno) {
    case EPERM:
    case ENOMEM: {
      const rights =
        errno === EPERM
          ? 'run as root or with CAP_BPF, CAP_PERFMON and CAP_SYS_RESOURCE; kernel lockdown, a ' +
            'container or a kernel without this kind of program refuse too'
          : 'free memory or make the maps smaller';
      return locksMemory(kernelRelease)
        ? `${rights}; on this kernel raise "ulimit -l" (RLIMIT_MEMLOCK) as well`
        : rights;
    }
    case ENOENT:
    case ESRCH:
      return 'this kernel lacks what the program attaches to: choose another backend';
    case E2BIG:
      return 'the program is too large for this kernel: load fewer or smaller programs';
    case EACCES:
    case EINVAL:
      return 'the verifier of this kernel refused it: report its whole log';
    default:
      return 'report the whole log';
  }
}

/** KERNEL 5.11: BPF memory is charged to the control group and no longer to RLIMIT_MEMLOCK. */
function locksMemory(kernelRelease: string): boolean {
  const [major = 0, minor = 0] = kernelRelease.split('.').map(Number);
  return major < 5 || (major === 5 && minor < 11);
}
