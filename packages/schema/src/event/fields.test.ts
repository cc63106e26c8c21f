// SPDX-License-Identifier: Apache-2.0
// What everything that derives from the field table relies on.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { constantGroups } from './constants.ts';
import { eventTypes, isEventType } from './event-types.ts';
import { fields, fieldsByName } from './fields.ts';
import { fileOperations } from './operations.ts';

describe('fields', () => {
  it('have a name of their own', () => {
    const seen = new Set<string>();
    for (const { name } of fields) {
      assert.ok(!seen.has(name), `${name} is declared twice`);
      seen.add(name);
    }
    assert.equal(fieldsByName.size, fields.length);
  });

  it('have names that can be paths in one document', () => {
    const names = new Set(fields.map(({ name }) => name));
    for (const name of names) {
      assert.match(name, /^[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)+$/);
      const parts = name.split('.');
      for (let length = 1; length < parts.length; length++) {
        const owner = parts.slice(0, length).join('.');
        assert.ok(!names.has(owner), `${owner} cannot hold a value and ${name}`);
      }
    }
  });

  it('of an event start with its name, others with none', () => {
    for (const { name, event } of fields) {
      const [first = ''] = name.split('.');
      assert.equal(event, isEventType(first) ? first : '*', name);
    }
  });

  it('exist for every event that is declared whole', () => {
    const declared = new Set(fields.map(({ event }) => event));
    const without = eventTypes.filter((event) => !declared.has(event));
    assert.deepEqual(without.toSorted(), [
      ...['bpf', 'capabilities', 'capset', 'failed_dns', 'imds', 'mprotect'],
      ...['network_flow_monitor', 'ondemand', 'packet', 'prctl', 'ptrace', 'selinux', 'setgid'],
      ...['setrlimit', 'setsockopt', 'setuid', 'signal', 'socket', 'sysctl', 'unload_module'],
    ]);
  });

  it('have integer bounds in order, and a description that is a sentence', () => {
    for (const { name, range, description } of fields) {
      assert.ok(range[0] <= range[1], name);
      assert.match(description, /^[A-Z`].*\.$/s, name);
    }
  });

  it('name a constant group that exists, and style names only with one', () => {
    for (const { name, constants, style, type } of fields) {
      if (constants !== null) assert.ok(constants in constantGroups, name);
      if (style === 'names') assert.ok(constants !== null, name);
      if (style !== 'number' || constants !== null) assert.equal(type, 'int', name);
    }
  });

  it('are decided by the kernel only where it has the table', () => {
    for (const { name, filter, event, filterFile, inRules } of fields) {
      if (filter === 'none') continue;
      assert.ok(inRules, name);
      if (filterFile === 'program') {
        assert.match(name, /^process\.(?:ancestors\.)?file\.(?:path|name)$/);
        continue;
      }
      assert.ok((fileOperations as readonly string[]).includes(event), name);
      const isDestination = name.startsWith('rename.file.destination.');
      assert.equal(filterFile, isDestination ? 'destination' : 'source', name);
    }
    const decided = (filter: string) => fields.filter((spec) => spec.filter === filter).length;
    // Each operation has one file, rename has two; of processes two have a known program.
    assert.equal(decided('path'), fileOperations.length + 1 + 2);
    assert.equal(decided('name'), fileOperations.length + 1 + 2);
    assert.equal(decided('partial-path'), 2 * (fileOperations.length + 1));
    assert.equal(decided('result'), fileOperations.length);
  });

  it('of ancestors have a value for each, those of the process and its parent have one', () => {
    for (const { name, list, iterator } of fields) {
      assert.equal(iterator !== null, name.startsWith('process.ancestors.'), name);
      const isList = /(?:tags|argv|args_flags|args_options|envs|envp|groups|hashes|_paths)$/;
      assert.equal(list, isList.test(name), name);
    }
  });

  it('cost more the more has to be done for them', () => {
    const expected: readonly (readonly [string, number])[] = [
      ['process.pid', 1],
      ['process.args', 500],
      ['open.syscall.path', 900],
      ['open.file.hashes', 999],
      ['exec.file.metadata.size', 999],
      ['process.container.tags', 9999],
    ];
    for (const [name, cost] of expected) assert.equal(fieldsByName.get(name)?.cost, cost, name);
    for (const { name, cost } of fields) assert.ok(cost >= 1 && cost <= 9999, name);
  });

  it('with patterns that stop at slashes are those that hold paths', () => {
    for (const { name, match } of fields) {
      const isPath = /\.path$/.test(name) && !name.includes('.syscall.');
      assert.equal(match, isPath ? 'glob' : 'pattern', name);
    }
  });

  it('are networks or domains only where the network is what they are about', () => {
    const ofType = (test: (spec: (typeof fields)[number]) => boolean) =>
      fields.filter(test).map(({ name }) => name);
    assert.deepEqual(
      ofType(({ type }) => type === 'ip'),
      ['accept.addr.ip', 'bind.addr.ip', 'connect.addr.ip'],
    );
    assert.deepEqual(
      ofType(({ isDomain }) => isDomain),
      ['dns.question.name'],
    );
  });

  it('that only alerts have are not for rules', () => {
    const hidden = fields.filter(({ inRules }) => !inRules).map(({ name }) => name);
    for (const name of hidden) {
      assert.match(name, /^(?:event\.(?:id|type)|rule\..+|loss\..+|.+\.path_(?:source|raw))$/);
    }
  });

  it('include what the documentation promises of every event', () => {
    for (const name of [
      'event.timestamp',
      'process.pid',
      'process.auid',
      'process.ancestors.file.path',
      'process.parent.cgroup.id',
      'container.id',
    ]) {
      assert.equal(fieldsByName.get(name)?.event, '*', name);
    }
  });
});
