// SPDX-License-Identifier: Apache-2.0
// The life of a BPF object on the running kernel: open, adjust, load, attach, map values, close,
// and what it says when the kernel or the caller is wrong.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadNative } from './native.ts';
import type { ProbeError, Result } from './probe-error.ts';
import {
  compileNumbered,
  drainNumbered,
  expectOk,
  openNumbered,
  startNumbered,
  trigger,
} from './testing/numbered.ts';

const native = loadNative();
const bytes = compileNumbered();

function expectError(result: Result<unknown>): ProbeError {
  assert.ok(!result.ok);
  return result.error;
}

function word(value: number): Uint8Array {
  return new Uint8Array(new Uint32Array([value]).buffer);
}

function longWord(value: number): Uint8Array {
  return new Uint8Array(new BigUint64Array([BigInt(value)]).buffer);
}

test('openObject lists maps, programs and variables', () => {
  const object = openNumbered(native, bytes);
  const table = object.maps().find((map) => map.name === 'table');
  assert.deepEqual(table, {
    name: 'table',
    type: 'hash',
    keyBytes: 8,
    valueBytes: 4,
    valueBytesAll: 4,
    maxEntries: 4,
  });
  const calls = object.maps().find((map) => map.name === 'calls');
  assert.equal(calls?.valueBytesAll, 8 * native.possibleCpus());
  assert.deepEqual(
    object.programs().map(({ name, section, autoload }) => [name, section, autoload]),
    [
      ['numbered_sys_enter', 'tp_btf/sys_enter', true],
      ['held_sys_enter', 'tp_btf/sys_enter', false],
      ['refused_by_verifier', 'raw_tp/sys_enter', false],
      ['attached_to_nothing', 'raw_tp/no_such_tracepoint', false],
    ],
  );
  const variable = object.variables().find(({ name }) => name === 'watched_syscall');
  assert.equal(variable?.section, '.rodata');
  assert.equal(variable?.size, 8);
  assert.equal(object.maps()[variable?.map ?? -1]?.name, 'numbered.rodata');
  object.close();
});

test('openObject refuses bytes that are not a BPF object', () => {
  for (const wrong of [new Uint8Array(0), new Uint8Array(64), bytes.subarray(0, 1000)]) {
    const error = expectError(native.openObject(wrong, { name: 'broken' }));
    assert.equal(error.code, 'object_invalid');
    assert.match(error.message, /open BPF object "broken" of \d+ bytes: .*; build it again/);
  }
});

test('openObject refuses kernel types that are not there', () => {
  const error = expectError(native.openObject(bytes, { btfPath: '/nonexistent/vmlinux' }));
  assert.equal(error.code, 'kernel_types_unreadable');
  assert.match(error.message, /\/nonexistent\/vmlinux cannot be read/);
});

test('load says so when the kernel types are not types', () => {
  const directory = mkdtempSync(join(tmpdir(), 'fimbul-types-'));
  const btfPath = join(directory, 'vmlinux');
  writeFileSync(btfPath, 'not types at all');
  const object = openNumbered(native, bytes, { btfPath });
  const error = expectError(object.load());
  assert.equal(error.code, 'kernel_types_unreadable');
  assert.match(error.log, /failed to parse target BTF/);
  object.close();
  rmSync(directory, { recursive: true });
});

test('load relocates against kernel types that are named', () => {
  const object = openNumbered(native, bytes, { btfPath: '/sys/kernel/btf/vmlinux' });
  expectOk(object.load());
  object.close();
});

test('load names the refused program, one telling line, and keeps the whole log', () => {
  const object = openNumbered(native, bytes);
  object.setAutoload('refused_by_verifier', true);
  const error = expectError(object.load());
  assert.equal(error.code, 'load_refused');
  assert.equal(error.program, 'refused_by_verifier');
  assert.equal(error.errno, 13);
  assert.match(
    error.message,
    /program "refused_by_verifier": EACCES: R0 .* \(\d+ lines omitted\); /,
  );
  assert.match(error.log, /BEGIN PROG LOAD LOG[\s\S]*END PROG LOAD LOG/);
  assert.equal(object.log, error.log);
  assert.throws(() => object.load(), { code: 'wrong_state', message: /it is failed, not open/ });
  assert.throws(() => object.attach('numbered_sys_enter'), { code: 'wrong_state' });
  object.close();
});

test('a program that names a map which is not made is refused, and others are not', () => {
  const object = openNumbered(native, bytes);
  object.setAutocreate('table', false);
  expectOk(object.load());
  assert.throws(() => object.setAutocreate('table', true), { code: 'wrong_state' });
  object.close();
  const lacking = openNumbered(native, bytes);
  lacking.setAutocreate('calls', false);
  assert.equal(expectError(lacking.load()).program, 'numbered_sys_enter');
  lacking.close();
});

test('attach runs the program and detach ends it', () => {
  const { object, link, ring } = startNumbered(native, bytes);
  trigger(3);
  assert.equal(drainNumbered(ring, 0), 3);
  link.detach();
  link.detach();
  trigger(3);
  assert.equal(ring.pending(), 0);
  object.close();
});

test('attach returns why the kernel refused', () => {
  const object = openNumbered(native, bytes);
  object.setAutoload('attached_to_nothing', true);
  expectOk(object.load());
  const error = expectError(object.attach('attached_to_nothing'));
  assert.equal(error.code, 'attach_refused');
  assert.equal(error.program, 'attached_to_nothing');
  assert.match(error.message, /attach BPF program "attached_to_nothing": ENOENT; /);
  assert.equal(expectError(object.attach('refused_by_verifier')).code, 'attach_refused');
  object.close();
});

test('setVariable changes what the program does', () => {
  const object = openNumbered(native, bytes, { recordsPerCall: 3 });
  object.setVariable('records_per_call', 7n);
  expectOk(object.load());
  expectOk(object.attach('numbered_sys_enter'));
  trigger();
  assert.equal(drainNumbered(object.ring('records'), 0), 7);
  object.close();
});

test('setInitialValue writes bytes where variables() says', () => {
  const object = openNumbered(native, bytes, { recordsPerCall: 3 });
  const variable = object.variables().find(({ name }) => name === 'records_per_call');
  assert.ok(variable);
  object.setInitialValue('numbered.rodata', variable.offset, word(4));
  assert.throws(() => object.setInitialValue('numbered.rodata', 22, word(4)), {
    code: 'wrong_argument',
  });
  expectOk(object.load());
  expectOk(object.attach('numbered_sys_enter'));
  trigger();
  assert.equal(drainNumbered(object.ring('records'), 0), 4);
  object.close();
});

test('what adjusts an object is refused once it is loaded', () => {
  const { object } = startNumbered(native, bytes);
  const wrongState = { code: 'wrong_state' };
  assert.throws(() => object.setVariable('watched_tgid', 1), wrongState);
  assert.throws(() => object.setInitialValue('numbered.rodata', 0, word(1)), wrongState);
  assert.throws(() => object.setMapEntries('table', 8), wrongState);
  assert.throws(() => object.setAutoload('numbered_sys_enter', false), wrongState);
  assert.throws(() => object.load(), wrongState);
  object.close();
});

test('what uses an object is refused until it is loaded', () => {
  const object = openNumbered(native, bytes);
  const wrongState = { code: 'wrong_state' };
  assert.throws(() => object.attach('numbered_sys_enter'), wrongState);
  assert.throws(() => object.ring('records'), wrongState);
  assert.throws(() => object.mapGet('table', longWord(1)), wrongState);
  assert.throws(() => object.mapSet('table', longWord(1), word(1)), wrongState);
  assert.throws(() => object.mapDelete('table', longWord(1)), wrongState);
  assert.throws(() => object.mapNextKey('table', null), wrongState);
  assert.throws(() => object.programStats('numbered_sys_enter'), wrongState);
  object.close();
});

test('mapSet, mapGet, mapDelete and mapNextKey work on a hash map', () => {
  const { object } = startNumbered(native, bytes);
  assert.equal(object.mapGet('table', longWord(1)), null);
  assert.equal(object.mapNextKey('table', null), null);
  assert.equal(object.mapSet('table', longWord(1), word(10)), 'stored');
  assert.equal(object.mapSet('table', longWord(1), word(11), 'new'), 'exists');
  assert.equal(object.mapSet('table', longWord(2), word(20), 'existing'), 'missing');
  assert.equal(object.mapSet('table', longWord(1), word(12), 'existing'), 'stored');
  assert.deepEqual(object.mapGet('table', longWord(1)), word(12));
  for (const key of [2, 3, 4]) object.mapSet('table', longWord(key), word(key), 'new');
  assert.equal(object.mapSet('table', longWord(5), word(5)), 'full');
  const keys: string[] = [];
  for (let key = object.mapNextKey('table', null); key; key = object.mapNextKey('table', key)) {
    keys.push(String(key[0]));
  }
  assert.deepEqual(keys.sort(), ['1', '2', '3', '4']);
  assert.equal(object.mapDelete('table', longWord(4)), true);
  assert.equal(object.mapDelete('table', longWord(4)), false);
  object.close();
});

test('setMapEntries sizes a map before it is made', () => {
  const object = openNumbered(native, bytes);
  object.setMapEntries('table', 1);
  expectOk(object.load());
  assert.equal(object.mapSet('table', longWord(1), word(1)), 'stored');
  assert.equal(object.mapSet('table', longWord(2), word(2)), 'full');
  object.close();
});

test('mapGet reads one value for each possible CPU, into a given array too', () => {
  const { object } = startNumbered(native, bytes);
  trigger(5);
  const into = new Uint8Array(8 * native.possibleCpus());
  assert.equal(object.mapGet('calls', word(0), into), into);
  const perCpu = [...new BigUint64Array(into.buffer)];
  assert.equal(
    perCpu.reduce((sum, count) => sum + count, 0n),
    5n,
  );
  object.close();
});

test('maps refuse wrong sizes, wrong names, and what the kernel does not do', () => {
  const { object } = startNumbered(native, bytes);
  const wrongArgument = { code: 'wrong_argument' };
  assert.throws(() => object.mapGet('table', word(1)), wrongArgument);
  assert.throws(() => object.mapGet('table', longWord(1), longWord(1)), wrongArgument);
  assert.throws(() => object.mapSet('table', longWord(1), longWord(1)), wrongArgument);
  assert.throws(() => object.mapDelete('table', word(1)), wrongArgument);
  assert.throws(() => object.mapNextKey('table', word(1)), wrongArgument);
  assert.throws(() => object.mapGet('records', new Uint8Array(0)), wrongArgument);
  assert.throws(() => object.ring('table'), { ...wrongArgument, message: /not a ring/ });
  assert.throws(() => object.mapGet('tabel', longWord(1)), {
    code: 'unknown_name',
    message: /has no map "tabel"; choose one of: .*table/,
  });
  assert.throws(() => object.attach('numbered'), { code: 'unknown_name' });
  // An array has all of its entries for ever.
  const all = new Uint8Array(8 * native.possibleCpus());
  assert.throws(() => object.mapDelete('calls', word(0)), { code: 'map_refused', errno: 22 });
  assert.throws(() => object.mapSet('calls', word(2), all), { code: 'map_refused', errno: 7 });
  object.close();
});

test('programStats counts runs while enableRunStats is held', () => {
  const { object } = startNumbered(native, bytes);
  const before = object.programStats('numbered_sys_enter');
  assert.ok(before && before.verifiedInstructions > 100 && before.translatedBytes > 100);
  const stats = expectOk(native.enableRunStats());
  trigger(10);
  stats.close();
  stats.close();
  const after = object.programStats('numbered_sys_enter');
  assert.ok(after && after.runCount >= before.runCount + 10n);
  assert.ok(after.runTimeNs > before.runTimeNs);
  assert.equal(typeof after.recursionMisses, 'bigint');
  assert.equal(object.programStats('refused_by_verifier'), null);
  object.close();
});

test('close closes links and rings; a closed object refuses everything but close', () => {
  const { object, link, ring } = startNumbered(native, bytes);
  object.close();
  object.close();
  link.detach();
  const closed = { name: 'ProbeError', code: 'closed' };
  assert.throws(() => ring.pending(), closed);
  assert.throws(() => object.maps(), closed);
  assert.throws(() => object.programs(), closed);
  assert.throws(() => object.variables(), closed);
  assert.throws(() => object.setVariable('watched_tgid', 1), closed);
  assert.throws(() => object.load(), closed);
  assert.throws(() => object.attach('numbered_sys_enter'), closed);
  assert.throws(() => object.ring('records'), closed);
  assert.throws(() => object.mapGet('table', longWord(1)), closed);
  assert.throws(() => object.programStats('numbered_sys_enter'), closed);
  assert.equal(object.log, '');
});
