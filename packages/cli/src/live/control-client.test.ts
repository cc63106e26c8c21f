// SPDX-License-Identifier: Apache-2.0
// Every way in which there is no answer has its own message, and none is a stack trace.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { Failure } from '@fimbul/config';
import { askAgent } from './control-client.ts';

let directory = '';
let path = '';
let server: Server | null = null;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'fimbul-client-'));
  path = join(directory, 's');
});

afterEach(() => {
  server?.close();
  server?.closeAllConnections();
  server = null;
  rmSync(directory, { recursive: true });
});

async function serve(answer: RequestListener): Promise<void> {
  server = createServer(answer);
  server.listen(path);
  await once(server, 'listening');
}

async function fail(at: string): Promise<Failure> {
  try {
    await askAgent(at, '/v1/status');
  } catch (error) {
    assert.ok(error instanceof Failure, String(error));
    assert.equal(error.exitCode, 1);
    return error;
  }
  assert.fail('there was an answer');
}

test('a document of the known format is what is asked for', async () => {
  await serve((request, response) => response.end(JSON.stringify({ format: 1, u: request.url })));
  assert.deepEqual(await askAgent(path, '/v1/x?y=z'), { format: 1, u: '/v1/x?y=z' });
});

test('no socket, and no directory of it: no agent is running', async () => {
  for (const at of [path, join(directory, 'no', 's')]) {
    const { message, advice } = await fail(at);
    assert.equal(message, `no agent is running: there is no socket ${at}`);
    assert.match(advice, /start one with "fimbul run"/);
  }
});

test('a socket of a dead agent: no agent is running', async () => {
  const script = `require('node:net').createServer().listen(${JSON.stringify(path)}, () =>
    process.kill(process.pid, 'SIGKILL'));`;
  spawnSync(process.execPath, ['-e', script]);
  assert.match(
    (await fail(path)).message,
    /^no agent is running: the one that made .* was killed$/,
  );
});

test('something else at the path', async () => {
  writeFileSync(path, '');
  assert.match((await fail(path)).message, /^(no agent is running|ask the agent at )/);
  const folder = join(directory, 'folder');
  mkdirSync(folder);
  assert.match((await fail(folder)).message, /^(no agent is running|ask the agent at )/);
});

test('an answer of another format, of another kind, or broken off', async () => {
  const unknown = /it answers in a way that this version does not know$/;
  const answers: readonly (readonly [RequestListener, RegExp])[] = [
    [(_, response) => response.end('{"format":2}'), unknown],
    [(_, response) => response.end('null'), unknown],
    [(_, response) => response.end('<html>'), unknown],
    [(_, response) => response.writeHead(500).end('{"format":1}'), unknown],
    [(request) => request.socket.destroy(), /^ask the agent at .*: socket hang up$/],
    [
      (request, response) => {
        response.writeHead(200, { 'Content-Length': 10 }).write('{');
        setTimeout(() => request.socket.destroy(), 20);
      },
      /^ask the agent at .*: aborted$/,
    ],
  ];
  for (const [answer, message] of answers) {
    await serve(answer);
    assert.match((await fail(path)).message, message);
    server?.close();
    server?.closeAllConnections();
    rmSync(path, { force: true });
  }
});
