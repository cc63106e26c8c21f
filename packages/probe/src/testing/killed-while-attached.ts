// SPDX-License-Identifier: Apache-2.0
// An agent that is killed while a program is attached to the return of the function it is told.

import { writeSync } from 'node:fs';
import { loadNative } from '../native.ts';
import { attachKind, compileAttachKinds, openAttachKind } from './attach-kinds.ts';

const object = openAttachKind(loadNative(), compileAttachKinds(), 'kretprobe');
const attached = attachKind(object, 'kretprobe', process.argv[2] ?? '');
writeSync(1, attached.ok ? 'attached\n' : `${attached.error.code}\n`);
process.kill(process.pid, 'SIGKILL');
