// SPDX-License-Identifier: Apache-2.0
// Names are bytes: whatever the kernel takes as a name comes back as it is, in every record.

import { constants } from 'node:fs';
import type { KernelCase } from '../kernel-case.ts';
import { call, expectRecord } from '../steps.ts';

const { O_CREAT, O_WRONLY } = constants;

const names: Readonly<Record<string, string>> = {
  'a line break, a tab and a space': 'line\nbreak\tand space ',
  'escapes and quotes': '\\n%00"\'\x1b[31m$(id)`',
  'bytes that are not UTF-8': '\xff\xfe\x80 \xc3(',
  'UTF-8': '\xc3\xa9\xe2\x82\xac\xf0\x9f\x94\x92',
  '255 bytes': `${'long'.repeat(63)}end`,
  'dots alone': '...',
};

export const nameCases: readonly KernelCase[] = Object.entries(names).map(([what, name]) => ({
  name: `a name of ${what}`,
  filesystems: ['ext4', 'tmpfs', 'overlay'],
  steps: [
    expectRecord(call('open', name, O_CREAT | O_WRONLY, 0o644), {
      file: { path: name },
      created: true,
    }),
    expectRecord(call('chmod', name, 0o600), { file: { path: name } }),
    call('mkdir', 'dir', 0o755),
    expectRecord(call('rename', name, `dir/${name}`), {
      file: { path: name },
      destination: { path: `dir/${name}` },
    }),
    expectRecord(call('unlink', `dir/${name}`), { file: { path: `dir/${name}` } }),
  ],
}));
