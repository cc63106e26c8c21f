// SPDX-License-Identifier: Apache-2.0
// Starting a probe on a kernel that is played here: what is done in which order, what happens when
// something is refused, and that nothing stays behind.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { KernelFilter } from '@fimbul/schema';
import type { BpfLink } from '../bpf-link.ts';
import type { BpfObject } from '../bpf-object.ts';
import type { Native } from '../native.ts';
import type { Attachment } from '../plan/attachments.ts';
import type { Exclusion, ProbePlan } from '../plan/plan.ts';
import { refuse, succeed } from '../probe-error.ts';
import { type ProbeOptions, startProbe } from './probe.ts';

type Kernel = {
  /** Programs that the verifier refuses; `null` refuses without naming one. */
  readonly refusesToLoad?: readonly (string | null)[];
  readonly refusesToAttach?: readonly string[];
  /** Returns are followed for few calls at once, and not counted. */
  readonly lacksTracefs?: boolean;
  /** Map entries that fit. */
  readonly room?: number;
};

function attachment(
  name: string,
  required: boolean,
  changes: Partial<Attachment> = {},
): Attachment {
  return { name, target: null, operation: 'open', required, losesEvents: required, ...changes };
}

const plan: ProbePlan = {
  backends: [],
  operations: [],
  programs: [
    attachment('exec', true),
    attachment('first', false),
    attachment('second', false),
    attachment('sys_exit', true),
  ],
  typedReads: true,
  leftToOthers: ['unlink', 'chmod'],
  openRootHasMount: true,
};
const builtPrograms = [
  ...['exec', 'first', 'second', 'sys_exit', 'sys_exit_probed'],
  ...['fexit_open', 'kprobe_open_begin', 'kretprobe_open'],
];

const filter: KernelFilter = {
  operations: [
    {
      operation: 'unlink',
      lanes: 1n,
      source: { names: new Map([['a', 1n]]), otherNames: 0n, longNames: 0n },
      destination: null,
      values: [],
      sourceRow: 0,
      destinationRow: 0,
      anySourcePath: 1n,
      anyDestinationPath: 1n,
      failures: 'all',
      programRow: 0,
      anyProcess: 1n,
    },
  ],
  paths: { states: [], classes: [[1n]] },
  programs: null,
};

/** A kernel that writes down what is asked of it. */
function makeNative(kernel: Kernel): { native: Native; log: string[] } {
  const log: string[] = [];
  const makeObject = (): BpfObject => {
    const loaded = new Set<string>();
    let entries = 0;
    const object = {
      programs: () => builtPrograms.map((name) => ({ name })),
      setAutoload: (name: string, wanted: boolean) => {
        if (wanted) loaded.add(name);
      },
      setAttachTarget: (name: string, target: string) => {
        log.push(`aim ${name} at ${target}`);
        return succeed(undefined);
      },
      setAutocreate: (name: string, wanted: boolean) => {
        if (!wanted) log.push(`leave out ${name}`);
      },
      setMapEntries: (name: string, count: number) => log.push(`${name} has ${count}`),
      setVariable: (name: string, value: unknown) => log.push(`${name} is ${value}`),
      load: () => {
        log.push(`load ${[...loaded].join(' ')}`);
        const refused = kernel.refusesToLoad?.find((name) => name === null || loaded.has(name));
        if (refused === undefined) return succeed(undefined);
        const program = refused === null ? {} : { program: refused };
        return refuse({ code: 'load_refused', what: 'refused', advice: 'none', ...program });
      },
      mapSet: (name: string) => {
        const line = `set ${name}`;
        if (log.at(-1) !== line) log.push(line);
        if (name !== 'filter_filesystems') entries += 1;
        return entries > (kernel.room ?? 100) ? 'full' : 'set';
      },
      mapDelete: (name: string) => log.push(`delete ${name}`),
      attach: (name: string, target?: string) => {
        log.push(`attach ${name}${target === undefined ? '' : ` to ${target}`}`);
        if (kernel.refusesToAttach?.includes(name)) {
          return refuse({ code: 'attach_refused', what: name, advice: 'none', program: name });
        }
        const detach = (): void => void log.push(`detach ${name}`);
        const callsMax = kernel.lacksTracefs ? null : 4096;
        const link = { program: name, detach, callsMax, missedRuns: () => null };
        return succeed(link as unknown as BpfLink);
      },
      ring: () => ({}),
      close: () => log.push('close'),
    };
    // The probe uses no more of an object than this.
    return object as unknown as BpfObject;
  };
  const native: Pick<Native, 'openObject' | 'findKernelSymbol'> = {
    openObject: () => succeed(makeObject()),
    findKernelSymbol: (name) => BigInt(name.length),
  };
  return { native: native as Native, log };
}

function start(kernel: Kernel, changes: Partial<ProbeOptions> = {}) {
  const { native, log } = makeNative(kernel);
  const options: ProbeOptions = {
    plan,
    objectBytes: new Uint8Array(),
    filter,
    ringBytes: 4096,
    agentPid: 42,
    hostNamespaces: { pid: 43, mount: 44 },
    ...changes,
  };
  return { result: startProbe(native, options), log };
}

function only(log: readonly string[], verb: string): string[] {
  return log
    .filter((line) => line.startsWith(`${verb} `))
    .map((line) => line.slice(verb.length + 1));
}

describe('startProbe', () => {
  it('sets up, loads what is planned, installs the filters, and only then attaches', () => {
    const { result, log } = start({});
    assert.ok(result.ok);
    assert.deepEqual(log, [
      'ring has 4096',
      ...['filter_names has 2048', 'filter_value_tables has 512', 'filter_value_masks has 8192'],
      ...['filter_path_states has 2048', 'filter_path_classes has 512'],
      ...['filter_path_edges has 2048', 'filter_path_affixes has 2048'],
      ...['calls has 1', 'opens has 1'],
      ...['leave out calls_of_tasks', 'leave out opens_of_tasks'],
      ...['typed_reads is true', 'open_root_has_mount is true'],
      ...['agent_pid is 42', 'host_pid_namespace is 43', 'host_mount_namespace is 44'],
      'syscalls_left_out is 10',
      ...['rename_lock_address is 11', 'mount_lock_address is 10'],
      // A quarter is kept for records of processes.
      'ring_reserve_above is 3072',
      'load exec first second sys_exit',
      ...[
        'set filter_filesystems',
        'set filter_path_classes',
        'set filter_programs',
        'set filter_names',
        'set filter_name_blooms',
        'set filter_operations',
      ],
      'set filter_bank',
      ...['attach exec', 'attach first', 'attach second', 'attach sys_exit'],
    ]);
    assert.deepEqual(result.value.programs, ['exec', 'first', 'second', 'sys_exit']);
    assert.deepEqual(result.value.degradations, []);
  });

  it('keeps calls with their tasks where reads are typed, and in tables elsewhere', () => {
    const names = ['fentry_unlink_begin', 'kprobe_open_begin', 'sys_exit'];
    const programs = names.map((name) => attachment(name, true));
    for (const typedReads of [true, false]) {
      const { log } = start({}, { plan: { ...plan, typedReads, programs } });
      assert.deepEqual(
        only(log, 'leave'),
        typedReads ? [] : ['out calls_of_tasks', 'out opens_of_tasks'],
      );
      assert.ok(!log.includes('calls has 1') && !log.includes('opens has 1'));
    }
  });

  it('does without an optional program that the kernel does not load', () => {
    const { result, log } = start({ refusesToLoad: ['first', 'second'] });
    assert.ok(result.ok);
    assert.deepEqual(only(log, 'load'), [
      'exec first second sys_exit',
      'exec second sys_exit',
      'exec sys_exit',
    ]);
    assert.deepEqual(only(log, 'attach'), ['exec', 'sys_exit']);
    assert.deepEqual(
      result.value.degradations.map(({ program }) => program),
      ['first', 'second'],
    );
    // One for each object that did not load; the last one lives.
    assert.equal(log.filter((line) => line === 'close').length, 2);
  });

  it('fails when a required program is not loaded', () => {
    const { result, log } = start({ refusesToLoad: ['sys_exit'] });
    assert.ok(!result.ok);
    assert.equal(result.error.program, 'sys_exit');
    assert.equal(only(log, 'load').length, 1);
    assert.deepEqual(only(log, 'attach'), []);
    assert.equal(log.at(-1), 'close');
  });

  it('fails when the kernel refuses without naming a program', () => {
    const { result, log } = start({ refusesToLoad: [null] });
    assert.ok(!result.ok);
    assert.equal(only(log, 'load').length, 1);
    assert.equal(log.at(-1), 'close');
  });

  it('does without an optional program that the kernel does not attach', () => {
    const { result, log } = start({ refusesToAttach: ['first'] });
    assert.ok(result.ok);
    assert.deepEqual(result.value.programs, ['exec', 'second', 'sys_exit']);
    assert.deepEqual(
      result.value.degradations.map(({ program, error }) => `${program} ${error.code}`),
      ['first attach_refused'],
    );
    assert.ok(!log.includes('close'));
  });

  it('fails and leaves nothing attached when a required program is not attached', () => {
    const { result, log } = start({ refusesToAttach: ['sys_exit'] });
    assert.ok(!result.ok);
    assert.equal(result.error.code, 'attach_refused');
    // Closing the object detaches all of its links.
    assert.equal(log.at(-1), 'close');
  });

  it('fails before it attaches when the filter does not fit', () => {
    const { result, log } = start({ room: 2 });
    assert.ok(!result.ok);
    assert.equal(result.error.code, 'map_refused');
    assert.match(result.error.message, /the map filter_names is full/);
    assert.deepEqual(only(log, 'attach'), []);
    assert.equal(log.at(-1), 'close');
  });

  it('refuses a filter that no table has room for before it loads anything', () => {
    const names = new Map(Array.from({ length: 16385 }, (_, index) => [`${index}`, 1n] as const));
    const [operation] = filter.operations;
    assert.ok(operation);
    const source = { names, otherNames: 0n, longNames: 0n };
    const { result, log } = start(
      {},
      { filter: { ...filter, operations: [{ ...operation, source }] } },
    );
    assert.ok(!result.ok);
    assert.equal(result.error.code, 'filter_too_large');
    assert.match(result.error.message, /16385 names, more than the 16384 .* use patterns/);
    assert.deepEqual(log, []);
  });
});

describe('a program that an operation cannot do without', () => {
  const functions: ProbePlan = {
    ...plan,
    operations: [{ operation: 'open', backend: 'fexit', reason: '', limits: [] }],
    programs: [attachment('fexit_open', true, { target: 'do_filp_open' })],
  };
  const probes: ProbePlan = {
    ...functions,
    operations: [{ operation: 'open', backend: 'kprobe', reason: '', limits: [] }],
    programs: [
      attachment('kretprobe_open', true, { target: 'do_filp_open' }),
      attachment('kprobe_open_begin', true, { target: 'do_filp_open' }),
    ],
  };

  it('is aimed at its function before it is loaded, or as it attaches', () => {
    const aimed = start({}, { plan: functions }).log;
    assert.ok(aimed.indexOf('aim fexit_open at do_filp_open') < aimed.indexOf('load fexit_open'));
    assert.deepEqual(only(aimed, 'attach'), ['fexit_open']);
    assert.deepEqual(only(start({}, { plan: probes }).log, 'attach'), [
      'kretprobe_open to do_filp_open',
      'kprobe_open_begin to do_filp_open',
    ]);
  });

  it('has the tables that it needs, and no others', () => {
    const list = (used: ProbePlan): readonly string[] =>
      start({}, { plan: used }).log.filter((line) => / has (1|4096)$/.test(line));
    assert.deepEqual(list(probes), ['ring has 4096', 'objects_in_flight has 1', 'calls has 1']);
    assert.deepEqual(list(functions), [
      ...['ring has 4096', 'objects_in_flight has 1', 'calls has 1', 'opens has 1'],
    ]);
  });

  for (const refusal of ['refusesToLoad', 'refusesToAttach'] as const) {
    it(`is replaced by another backend, loudly, when the kernel ${refusal}`, () => {
      const asked: (readonly Exclusion[])[] = [];
      const replan = (exclusions: readonly Exclusion[]): ProbePlan => {
        asked.push(exclusions);
        return probes;
      };
      const { result, log } = start({ [refusal]: ['fexit_open'] }, { plan: functions, replan });
      assert.ok(result.ok);
      assert.deepEqual(
        asked.map((exclusions) => exclusions.map((e) => `${e.operation} ${e.backend}`)),
        [['open fexit']],
      );
      assert.equal(result.value.plan, probes);
      assert.deepEqual(
        result.value.degradations.map(({ program }) => program),
        ['fexit_open'],
      );
      // The object of the first plan is gone, and all that it had attached.
      assert.equal(log.filter((line) => line === 'close').length, 1);
    });
  }

  it('is replaced where returns would be missed without a count', () => {
    const replan = (): ProbePlan => functions;
    const { result, log } = start({ lacksTracefs: true }, { plan: probes, replan });
    assert.ok(result.ok);
    assert.equal(result.value.plan, functions);
    assert.ok(log.includes('detach kretprobe_open'));
    assert.match(result.value.degradations[0]?.error.what ?? '', /without tracefs/);
  });

  it('fails the start when nothing else is left', () => {
    const replan = () => ({ what: 'no backend', advice: 'none' });
    const { result } = start({ refusesToLoad: ['fexit_open'] }, { plan: functions, replan });
    assert.ok(!result.ok);
    assert.equal(result.error.program, 'fexit_open');
  });
});

describe('Probe', () => {
  it('detaches every program and stays readable', () => {
    const { result, log } = start({});
    assert.ok(result.ok);
    result.value.detach();
    assert.deepEqual(only(log, 'detach'), ['sys_exit', 'second', 'first', 'exec']);
    assert.ok(!log.includes('close'));
    result.value.close();
    assert.equal(log.at(-1), 'close');
  });
});
