// SPDX-License-Identifier: Apache-2.0
// What /proc tells of a process and of the BPF objects that it holds.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseCpuTicks, readBpfUsage, readPssBytes, sumBpfUsage, sumPss } from './process-usage.ts';

const map = (id: number, bytes: number): string =>
  `pos:\t0\nflags:\t02000002\nmap_type:\t27\nmemlock:\t${bytes}\nmap_id:\t${id}\nfrozen:\t0\n`;
const program = (id: number, runs: number): string =>
  `pos:\t0\nprog_type:\t17\nprog_jited:\t1\nmemlock:\t8192\nprog_id:\t${id}\n` +
  `run_time_ns:\t${runs * 100}\nrun_cnt:\t${runs}\nrecursion_misses:\t0\n`;
const link = 'link_type:\traw_tracepoint\nlink_id:\t1\nprog_tag:\tab\nprog_id:\t7\n';

describe('sumBpfUsage', () => {
  it('counts each map and program once, whatever stands for it', () => {
    const texts = [map(3, 4096), map(3, 4096), map(4, 100), program(7, 5), program(8, 2), link];
    const usage = sumBpfUsage([...texts, 'pos:\t0\nflags:\t0\n', program(7, 5)]);
    assert.deepEqual(usage, {
      ...{ mapBytes: 4196, maps: 2, programBytes: 16384, runs: 7, runNs: 700 },
    });
  });
});

describe('sumPss', () => {
  it('leaves out maps of BPF, which are counted elsewhere', () => {
    const smaps =
      '7f00-7f10 rw-s 00001000 00:0e 1036  anon_inode:bpf-map\nRss: 9 kB\nPss: 100 kB\n' +
      '7f10-7f20 rw-p 00000000 00:00 0 \nPss: 3 kB\nPss_Anon: 3 kB\n' +
      '7f20-7f30 r-xp 00000000 fd:00 12  /usr/bin/a name\nPss: 4 kB\n';
    assert.equal(sumPss(smaps), 7 * 1024);
  });
});

describe('parseCpuTicks', () => {
  it('is not confused by a name', () => {
    const rest = 'S 1 2 3 4 5 6 7 8 9 10 20 12 6 4 20 0';
    assert.equal(parseCpuTicks(`77 (a) b) ${rest}`), 42);
  });
});

describe('a process that holds nothing of BPF', () => {
  it('has memory, and no maps', () => {
    assert.ok(readPssBytes(process.pid) > 1_000_000);
    assert.equal(readBpfUsage(process.pid).maps, 0);
  });
});
