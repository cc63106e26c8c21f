// SPDX-License-Identifier: Apache-2.0
// A second thread rewrites the name while the call runs: where the kernel's own object shows, the
// path is that of the file that went away, whatever the memory says by then.

import type { KernelCase } from '../kernel-case.ts';

export const raceCases: readonly KernelCase[] = [
  {
    name: 'the name of an unlink is rewritten during the call',
    tracepointNeeds: ['ext4_tracepoints'],
    steps: [{ do: 'race', count: 300 }],
  },
  {
    name: 'the name of an unlink is rewritten during the call, where only inodes show',
    tracepointNeeds: ['timestamp_tracepoints'],
    filesystems: ['tmpfs', 'overlay'],
    steps: [{ do: 'race', count: 300 }],
  },
];
