// SPDX-License-Identifier: Apache-2.0
// One end of a process with live kernel handles, chosen by the first argument. The parent looks at
// the exit code and at what was printed; "reached" on stdout says that the scenario was set up.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { loadNative } from '../native.ts';
import { getAddonPath, loadAddon } from '../native-addon.ts';
import { expectOk, openNumbered, startNumbered, trigger } from './numbered.ts';

const [scenario, objectPath = ''] = process.argv.slice(2);
const bytes = new Uint8Array(readFileSync(objectPath));

function countKernelHandles(): number {
  let count = 0;
  for (const fd of readdirSync('/proc/self/fd')) {
    try {
      if (readlinkSync(`/proc/self/fd/${fd}`).startsWith('anon_inode:bpf')) count += 1;
    } catch {
      // The descriptor that listed the directory is gone by now.
    }
  }
  return count;
}

function countRingMappings(): number {
  const maps = readFileSync('/proc/self/maps', 'latin1');
  return maps.split('\n').filter((line) => line.includes('bpf-map')).length;
}

async function collectUntilReleased(): Promise<void> {
  assert.ok(globalThis.gc, 'run with --expose-gc');
  for (let turn = 0; turn < 50 && countKernelHandles() + countRingMappings() > 0; turn += 1) {
    globalThis.gc();
    await nextTurn();
  }
  assert.equal(countKernelHandles(), 0);
  assert.equal(countRingMappings(), 0);
}

/** Unclosed handles of every kind, dropped. */
async function collectGarbage(): Promise<void> {
  (() => {
    const native = loadNative();
    startNumbered(native, bytes);
    expectOk(native.enableRunStats());
    expectOk(native.openKernelTypes());
    assert.ok(countKernelHandles() > 5 && countRingMappings() > 0);
  })();
  console.log('reached');
  await collectUntilReleased();
}

/** The same while the event loop watches the ring, through the addon itself. */
async function collectWatchedRing(): Promise<void> {
  (() => {
    const raw = loadAddon(getAddonPath()).openObject(bytes, 'numbered', null);
    assert.ok(!('errno' in raw));
    assert.equal(raw.load(), 0);
    const ring = raw.ring(raw.maps().findIndex((map) => map.name === 'records'));
    assert.ok(typeof ring !== 'number');
    assert.equal(
      ring.onReadable(() => {}),
      0,
    );
  })();
  console.log('reached');
  await collectUntilReleased();
}

/** A watched ring stays although nobody else holds it. */
async function keepWatchedRing(): Promise<void> {
  assert.ok(globalThis.gc, 'run with --expose-gc');
  await new Promise<void>((resolve) => {
    startNumbered(loadNative(), bytes).ring.onReadable(() => {
      console.log('reached');
      resolve();
    });
    for (let round = 0; round < 5; round += 1) globalThis.gc?.();
    setImmediate(() => {
      globalThis.gc?.();
      trigger();
    });
  });
  process.exit();
}

function watchUnreferenced(): void {
  const { ring } = startNumbered(loadNative(), bytes);
  ring.onReadable(() => {});
  ring.unref();
  ring.ref();
  ring.unref();
  console.log('reached');
}

function unreferenceBeforeWatching(): void {
  const { ring } = startNumbered(loadNative(), bytes);
  ring.unref().onReadable(() => {});
  console.log('reached');
}

function closeWhileWatching(): void {
  const { object, ring } = startNumbered(loadNative(), bytes);
  ring.onReadable(() => {});
  setImmediate(() => object.close());
  console.log('reached');
}

function exitWhileWatching(): void {
  const { ring } = startNumbered(loadNative(), bytes);
  ring.onReadable(() => {
    console.log('reached');
    process.exit(7);
  });
  trigger();
}

function throwOnce(): void {
  const { ring, object } = startNumbered(loadNative(), bytes);
  const caught: string[] = [];
  process.on('uncaughtException', (error) => void caught.push(error.message));
  let calls = 0;
  ring.onReadable(() => {
    calls += 1;
    if (calls <= 2) throw new Error(`call ${calls}`);
    assert.equal(ring.read(new Uint8Array(64), new Uint32Array(8)), 1);
    assert.deepEqual(caught, ['call 1', 'call 2']);
    console.log('reached');
    object.close();
  });
  trigger();
}

function throwUncaught(): void {
  const { ring } = startNumbered(loadNative(), bytes);
  ring.onReadable(() => {
    console.log('reached');
    throw new Error('thrown in the callback');
  });
  trigger();
}

function refuseQuietly(): void {
  const object = openNumbered(loadNative(), bytes);
  object.setAutoload('refused_by_verifier', true);
  assert.equal(object.load().ok, false);
  console.log('reached');
}

function loadAndRun(): void {
  const { ring, object } = startNumbered(loadNative(), bytes);
  trigger();
  assert.equal(ring.read(new Uint8Array(64), new Uint32Array(8)), 1);
  console.log('reached');
  object.close();
}

const scenarios: Readonly<Record<string, () => void | Promise<void>>> = {
  collectGarbage,
  collectWatchedRing,
  keepWatchedRing,
  watchUnreferenced,
  unreferenceBeforeWatching,
  closeWhileWatching,
  exitWhileWatching,
  throwOnce,
  throwUncaught,
  refuseQuietly,
  loadAndRun,
};

const run = scenarios[scenario ?? ''];
assert.ok(run, `no scenario ${scenario}`);
await run();
