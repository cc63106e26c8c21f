// SPDX-License-Identifier: Apache-2.0
// Who gets a socket, and what happens to one that is there already.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { withSocketDirectory } from '@fimbul/config';
import { loadNative } from '@fimbul/probe';
import { makeControlServer, plainText } from './control-server.ts';
import { ControlSocket } from './control-socket.ts';

const native = loadNative();
const nobody = 65_534;
let root = '';
let path = '';
let opened: ControlSocket[] = [];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'fimbul-socket-'));
  path = join(root, 'run', 'fimbul.sock');
});

afterEach(() => {
  for (const socket of opened.splice(0)) socket.close();
  opened = [];
  rmSync(root, { recursive: true });
});

function open(at: string, body = 'here'): ControlSocket | string {
  const answer = () => ({ status: 200, type: plainText, body });
  const server = makeControlServer({
    routes: new Map([['/', answer]]),
    writeStatus: () => undefined,
  });
  const socket = ControlSocket.open(native, at, server);
  if (!(socket instanceof ControlSocket)) return socket.refusal;
  opened.push(socket);
  return socket;
}

function ask(at: string): Promise<string> {
  return withSocketDirectory(at, (short) => {
    return new Promise<string>((resolve, reject) => {
      const asked = request({ socketPath: short, path: '/' }, (response) => {
        response.setEncoding('utf8').on('data', resolve);
      });
      asked.on('error', reject).end();
    });
  });
}

describe('a control socket', () => {
  it('is root’s alone, in a directory of its own, and is gone at the end', async () => {
    const socket = open(path);
    assert.ok(socket instanceof ControlSocket);
    assert.equal(statSync(path).mode & 0o7777, 0o600);
    assert.equal(statSync(dirname(path)).mode & 0o7777, 0o700);
    assert.equal(await ask(path), 'here');
    socket.close();
    socket.close();
    assert.deepEqual(readdirSync(dirname(path)), []);
  });

  it('leaves the mask of other files as it is', () => {
    const before = process.umask();
    open(path);
    assert.equal(process.umask(), before);
  });

  it('may be longer than the kernel takes', async () => {
    const long = join(root, 'd'.repeat(200), 'e'.repeat(200), 'fimbul.sock');
    open(long);
    assert.equal(await ask(long), 'here');
  });

  it('of a living agent is never taken', async () => {
    open(path, 'first');
    assert.equal(open(path, 'second'), 'another agent has it');
    assert.equal(await ask(path), 'first');
  });

  it('of a dead agent is replaced', async () => {
    mkdirSync(dirname(path), { mode: 0o700 });
    const script = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => {
      require('node:fs').writeFileSync(${JSON.stringify(`${path}.lock`)}, '');
      process.kill(process.pid, 'SIGKILL');
    });`;
    spawnSync(process.execPath, ['-e', script]);
    assert.ok(statSync(path).isSocket(), 'nothing was left behind: nothing is tested');
    await assert.rejects(ask(path), { code: 'ECONNREFUSED' });
    open(path, 'new');
    assert.equal(await ask(path), 'new');
  });

  it('takes the place of a link without following it', () => {
    mkdirSync(dirname(path), { mode: 0o700 });
    const target = join(root, 'precious');
    writeFileSync(target, 'x');
    symlinkSync(target, path);
    assert.equal(open(path), 'something is there that is no socket');
    assert.ok(existsSync(target));
  });

  it('does not remove a file that somebody put there', () => {
    mkdirSync(dirname(path), { mode: 0o700 });
    writeFileSync(path, 'x');
    assert.equal(open(path), 'something is there that is no socket');
    assert.deepEqual(readdirSync(dirname(path)), ['fimbul.sock']);
  });
});

describe('a directory', () => {
  it('that others may write is not taken', () => {
    for (const mode of [0o777, 0o720, 0o702, 0o1777]) {
      mkdirSync(dirname(path), { recursive: true });
      chmodSync(dirname(path), mode);
      assert.match(String(open(path)), /^others may write /, mode.toString(8));
      assert.deepEqual(readdirSync(dirname(path)), []);
    }
  });

  it('of somebody else is not taken', () => {
    mkdirSync(dirname(path), { mode: 0o700 });
    chownSync(dirname(path), nobody, nobody);
    assert.match(String(open(path)), /belongs to another user \(65534\)$/);
  });

  it('that is a link is not taken', () => {
    mkdirSync(join(root, 'real'), { mode: 0o700 });
    symlinkSync('real', dirname(path));
    assert.equal(typeof open(path), 'string');
  });

  it('that cannot be made is told', () => {
    writeFileSync(join(root, 'file'), '');
    assert.match(String(open(join(root, 'file', 'run', 'x.sock'))), /director/);
  });
});
