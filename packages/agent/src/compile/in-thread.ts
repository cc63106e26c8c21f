// SPDX-License-Identifier: Apache-2.0
// Compiles on another thread of this process: the compiler and what it needs are gone afterwards,
// and the kernel side passes over what it opens, which it would not of a process of its own.

import { Worker } from 'node:worker_threads';
import { Failure } from '@fimbul/config/run';
import {
  type PackedCompileReply,
  type PackedStartReply,
  unpackCompileReply,
  unpackStartReply,
} from './packed-policies.ts';
import type { CompileReply } from './reload-reply.ts';
import type { StartReply, StartTask } from './start-reply.ts';

export type CompileTask =
  | ({ readonly kind: 'start' } & StartTask)
  | { readonly kind: 'reload'; readonly paths: readonly string[] };

const workerFile = new URL('./worker.ts', import.meta.url);

function startThread(task: CompileTask, file: URL): Worker {
  return new Worker(file, { workerData: task });
}

/** Compiles the policies again; what ends the thread is an answer too. */
export function compileInThread(
  paths: readonly string[],
  file: URL = workerFile,
): Promise<CompileReply> {
  return new Promise((resolve) => {
    const fail = (reason: string): void =>
      resolve({
        kind: 'refused',
        what: `reload policies: compiling them ended: ${reason}; nothing has changed`,
        advice: 'look whether the policies can be loaded with "fimbul rules check"',
        report: '',
      });
    const thread = startThread({ kind: 'reload', paths }, file);
    thread.once('message', (reply: PackedCompileReply) => resolve(unpackCompileReply(reply)));
    thread.once('error', (error) => fail(error instanceof Error ? error.message : String(error)));
    thread.once('exit', (code) => fail(`the thread ended with ${code}`));
    // An agent that ends does not wait for it.
    thread.unref();
  });
}

/** Prepares a start. Resolves once the thread has ended; what it throws is thrown here. */
export function prepareInThread(task: StartTask, file: URL = workerFile): Promise<StartReply> {
  return new Promise((resolve, reject) => {
    let reply: StartReply | null = null;
    const thread = startThread({ kind: 'start', ...task }, file);
    thread.once('message', (message: PackedStartReply) => {
      reply = unpackStartReply(message);
    });
    thread.once('error', reject);
    thread.once('exit', (code) => {
      if (reply !== null) return resolve(reply);
      reject(
        new Failure(
          `compile the policies: the thread ended with ${code}`,
          'look whether the policies can be loaded with "fimbul rules check"',
        ),
      );
    });
  });
}
