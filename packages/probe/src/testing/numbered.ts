// SPDX-License-Identifier: Apache-2.0
// The BPF program of the tests: records whose every byte follows from their number, emitted when
// this process (or another that is named) asks for its parent's id, which Node itself never does.

import assert from 'node:assert/strict';
import type { BpfLink } from '../bpf-link.ts';
import type { BpfObject } from '../bpf-object.ts';
import type { BpfRing } from '../bpf-ring.ts';
import type { Native, OpenObjectOptions } from '../native.ts';
import type { Result } from '../probe-error.ts';
import { compileTestProgram } from './compile-test-program.ts';

const getppidNumbers: Readonly<Record<string, number>> = { x64: 110, arm64: 173 };

function getWatchedSyscall(): number {
  const number = getppidNumbers[process.arch];
  assert.ok(number, `the test program knows no system calls of ${process.arch}`);
  return number;
}

export function compileNumbered(): Uint8Array {
  return compileTestProgram('numbered');
}

/** Takes the value out of a result that a test expects to be good. */
export function expectOk<T>(result: Result<T>): T {
  if (!result.ok) throw result.error;
  return result.value;
}

export type NumberedOptions = OpenObjectOptions & {
  readonly recordsPerCall?: number;
  readonly discardEvery?: number;
  readonly ringBytes?: number;
  readonly watchedPid?: number;
};

/** Opens the test program with its variables set, not loaded yet. */
export function openNumbered(
  native: Native,
  bytes: Uint8Array,
  options: NumberedOptions = {},
): BpfObject {
  const object = expectOk(native.openObject(bytes, { name: 'numbered', ...options }));
  object.setVariable('watched_tgid', options.watchedPid ?? process.pid);
  object.setVariable('watched_syscall', getWatchedSyscall());
  object.setVariable('records_per_call', options.recordsPerCall ?? 1);
  object.setVariable('discard_every', options.discardEvery ?? 0);
  if (options.ringBytes !== undefined) object.setMapEntries('records', options.ringBytes);
  return object;
}

export type NumberedSource = {
  readonly object: BpfObject;
  readonly link: BpfLink;
  readonly ring: BpfRing;
};

/** Opens, loads and attaches the test program. */
export function startNumbered(
  native: Native,
  bytes: Uint8Array,
  options: NumberedOptions = {},
): NumberedSource {
  const object = openNumbered(native, bytes, options);
  expectOk(object.load());
  const link = expectOk(object.attach('numbered_sys_enter'));
  return { object, link, ring: object.ring('records') };
}

/** Makes the watched system call. */
export function trigger(calls = 1): void {
  for (let call = 0; call < calls; call += 1) assert.ok(process.ppid >= 0);
}

/** Reads a 64-bit global variable of the loaded program. */
export function readCounter(object: BpfObject, name: 'emitted' | 'refused'): number {
  const variable = object.variables().find((candidate) => candidate.name === name);
  const value = object.mapGet('numbered.bss', new Uint8Array(4));
  assert.ok(variable && value);
  return Number(new DataView(value.buffer).getBigUint64(variable.offset, true));
}

const expectedWords = new BigUint64Array(40);
const expectedBytes = new Uint8Array(expectedWords.buffer);

/** Asserts that a batch holds the records from number `first` on, to the last byte. */
export function assertNumbered(
  batch: { buffer: Uint8Array; index: Uint32Array; count: number },
  first: number,
): void {
  for (let position = 0; position < batch.count; position += 1) {
    const number = first + position;
    const start = batch.index[2 * position] ?? -1;
    const length = batch.index[2 * position + 1] ?? -1;
    assert.equal(start % 8, 0, `record ${number} starts at ${start}`);
    assert.equal(length, 8 + (number & 255), `length of record ${number}`);
    for (const word of expectedWords.keys()) expectedWords[word] = BigInt(number + word);
    const record = batch.buffer.subarray(start, start + length);
    assert.equal(Buffer.compare(record, expectedBytes.subarray(0, length)), 0, `record ${number}`);
  }
}

/** Reads everything that waits, asserting that it continues at `first`; returns the next number. */
export function drainNumbered(
  ring: BpfRing,
  first: number,
  sizes: { bufferBytes?: number; indexRecords?: number } = {},
): number {
  const buffer = new Uint8Array(sizes.bufferBytes ?? 65_536);
  const index = new Uint32Array(2 * (sizes.indexRecords ?? 1024));
  let next = first;
  for (;;) {
    const count = ring.read(buffer, index);
    if (count === 0) return next;
    assertNumbered({ buffer, index, count }, next);
    next += count;
  }
}
