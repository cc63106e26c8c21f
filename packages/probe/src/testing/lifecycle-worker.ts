// SPDX-License-Identifier: Apache-2.0
// A worker thread with a watched ring, which ends as `workerData.ending` says. It reports once when
// its callback ran for the first time.

import { parentPort, workerData } from 'node:worker_threads';
import { loadNative } from '../native.ts';
import { startNumbered, trigger } from './numbered.ts';

const { ring } = startNumbered(loadNative(), workerData.bytes);
const buffer = new Uint8Array(4096);
const index = new Uint32Array(64);
let reported = false;

ring.onReadable(() => {
  // Terminating means that this callback may be cut off at any point, this one included.
  if (workerData.ending === 'spin' && reported) for (;;) trigger();
  if (workerData.ending === 'throw') throw new Error('thrown in a worker');
  ring.read(buffer, index);
  if (!reported) parentPort?.postMessage('readable');
  reported = true;
  if (workerData.ending === 'exit') process.exit(3);
  if (workerData.ending === 'unref') ring.unref();
  else trigger();
});
trigger();
