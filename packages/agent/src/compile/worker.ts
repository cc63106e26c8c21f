// SPDX-License-Identifier: Apache-2.0
// The thread that reads and compiles, and takes its memory with it when it ends. What it gives is
// copied as it is; code is made of it where it runs.

import { parentPort, workerData } from 'node:worker_threads';
import type { CompileTask } from './in-thread.ts';
import { packCompileReply, packStartReply } from './packed-policies.ts';
import { compileForReload } from './reload-reply.ts';
import { prepareStart } from './start-reply.ts';

const task = workerData as CompileTask;

parentPort?.postMessage(
  task.kind === 'start'
    ? packStartReply(prepareStart(task))
    : packCompileReply(compileForReload(task.paths)),
);
