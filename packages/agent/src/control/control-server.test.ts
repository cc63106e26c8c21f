// SPDX-License-Identifier: Apache-2.0
// A server that listens on a socket of the test's own, with clients that do everything wrong: each
// gets an answer or an end, and the next one is served.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { request, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import {
  type Answer,
  BadRequest,
  makeControlServer,
  plainText,
  type Routes,
} from './control-server.ts';

const directory = mkdtempSync(join(tmpdir(), 'fimbul-server-'));
const path = join(directory, 's');
const status: string[] = [];
const large = 'x'.repeat(20 * 1024 * 1024);
const routes: Routes = new Map<string, (query: URLSearchParams) => Answer>([
  ['/ok', () => ({ status: 200, type: plainText, body: 'fine\n' })],
  ['/large', () => ({ status: 200, type: plainText, body: large })],
  [
    '/asks',
    (query) => {
      throw new BadRequest(`no ${query.get('x')}`);
    },
  ],
  [
    '/bug',
    () => {
      throw new Error('a bug');
    },
  ],
]);
const done: Answer = { status: 200, type: plainText, body: 'done\n' };
let server: Server;
const sockets: Socket[] = [];
const limits = { clients: 32, requestMs: 400, connectionMs: 1_200, checkMs: 50 };

before(async () => {
  server = makeControlServer(
    {
      routes,
      orders: new Map([
        ['/slow', () => new Promise((resolve) => setTimeout(resolve, 1_500, done))],
        ['/faulty', () => Promise.reject(new Error('a late bug'))],
      ]),
      isOwnHost: (host) => host !== 'evil.example',
      writeStatus: (text) => void status.push(text),
    },
    limits,
  );
  server.listen(path);
  await once(server, 'listening');
});

after(() => {
  for (const socket of sockets) socket.destroy();
  server.close();
  server.closeAllConnections();
  rmSync(directory, { recursive: true });
});

function ask(
  target: string,
  options: { readonly method?: string; readonly headers?: Record<string, string> } = {},
): Promise<{ readonly status: number; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath: path, path: target, ...options }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      response.on('error', reject);
    });
    asked.on('error', reject).end();
  });
}

function open(): Socket {
  const socket = connect(path);
  socket.on('error', () => undefined);
  sockets.push(socket);
  return socket;
}

/** Sends text and returns all that comes back until the other side ends it. */
function waitForClose(socket: Socket): Promise<void> {
  return new Promise((resolve) => void socket.on('close', () => resolve()));
}

async function send(text: string | Uint8Array): Promise<string> {
  const socket = open();
  let answer = '';
  socket.setEncoding('latin1').on('data', (part: string) => {
    answer += part;
  });
  socket.write(text);
  await waitForClose(socket);
  return answer;
}

async function assertServes(): Promise<void> {
  assert.deepEqual(await ask('/ok'), { status: 200, body: 'fine\n' });
}

describe('a request', () => {
  it('gets what its path answers', assertServes);

  it('is told which paths there are', async () => {
    const { status: code, body } = await ask('/nothing?x=1');
    assert.equal(code, 404);
    assert.equal(body, 'known are: /ok, /large, /asks, /bug\n');
  });

  it('is refused when it wants to change something', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      assert.equal((await ask('/ok', { method })).status, 405, method);
    }
  });

  it('is refused when it names another host', async () => {
    assert.equal((await ask('/ok', { headers: { host: 'evil.example' } })).status, 421);
  });

  it('is told what is wrong with its parameters', async () => {
    assert.deepEqual(await ask('/asks?x=y'), { status: 400, body: 'no y\n' });
  });

  it('does not end the agent by a bug, which is told once', async () => {
    for (let count = 0; count < 3; count += 1) {
      const { status: code, body } = await ask('/bug');
      assert.equal(code, 500);
      assert.match(body, /^fimbul: unexpected error: a bug\n/);
    }
    assert.equal(status.length, 1);
  });
});

describe('a client that sends', () => {
  const cases: readonly (readonly [what: string, text: string | Uint8Array])[] = [
    ['garbage', Uint8Array.from({ length: 4096 }, (_, index) => (index * 37) % 256)],
    ['another protocol', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['a header without an end', `GET /ok HTTP/1.1\r\nX: ${'y'.repeat(100_000)}`],
    ['a path without an end', `GET /${'y'.repeat(100_000)}`],
    ['headers without number', `GET /ok HTTP/1.1\r\n${'a: b\r\n'.repeat(10_000)}\r\n`],
    ['two lengths', 'GET /ok HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    ['no host', 'GET /ok HTTP/1.1\r\n\r\n'],
  ];
  for (const [what, text] of cases) {
    it(`${what} is answered with a refusal`, async () => {
      assert.match(await send(text), /^(HTTP\/1\.1 4\d\d |$)/);
      await assertServes();
    });
  }

  it('a path that is none is told so', async () => {
    assert.match(await send('GET //[ HTTP/1.1\r\nHost: x\r\n\r\n'), /^HTTP\/1\.1 400 /);
  });

  it('a body without an end is not listened to', async () => {
    const head = 'POST /ok HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n';
    const answer = await send(`${head}${'5\r\nabcde\r\n'.repeat(10_000)}`);
    // The end may overtake the answer, since the rest of the body was never read.
    assert.match(answer, /^(HTTP\/1\.1 405 |$)/);
    await assertServes();
  });

  it('many requests on one connection gets one answer', async () => {
    const answer = await send('GET /ok HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(1000));
    assert.equal(answer.match(/HTTP\/1\.1 200/g)?.length, 1);
  });
});

/** Looks again and again, since what the other side did takes time to arrive. */
async function waitUntil(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadlineMs = performance.now() + 10_000;
  while (!(await holds())) {
    assert.ok(performance.now() < deadlineMs, `never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function countConnections(): Promise<number> {
  return new Promise((resolve) => server.getConnections((_, count) => resolve(count)));
}

describe('clients that are slow', () => {
  it('are ended when they never finish their request', async () => {
    const socket = open();
    socket.resume();
    socket.write('GET /ok HTTP/1.1\r\n');
    const timer = setInterval(() => socket.write('a: b\r\n'), 50);
    try {
      await assertServes();
      await waitForClose(socket);
    } finally {
      clearInterval(timer);
    }
    await assertServes();
  });

  it('are ended when they never read, or say nothing', async () => {
    const silent = open();
    const deaf = open();
    deaf.pause();
    deaf.write('GET /large HTTP/1.1\r\nHost: x\r\n\r\n');
    await waitUntil('both are connected', async () => (await countConnections()) === 2);
    await assertServes();
    // Only reading would show them the end; the server's own count shows it without.
    await waitUntil('both are gone', async () => (await countConnections()) === 0);
    silent.destroy();
    deaf.destroy();
  });

  it('take no more than the places there are, and the places come back', async () => {
    const many = Array.from({ length: 100 }, open);
    let closed = 0;
    for (const socket of many) {
      socket.resume();
      socket.on('close', () => {
        closed += 1;
      });
    }
    await waitUntil('those beyond the places are gone', () => closed >= 100 - limits.clients);
    assert.ok((await countConnections()) <= limits.clients);
    for (const socket of many) socket.destroy();
    await waitUntil('all are gone', async () => (await countConnections()) === 0);
    await assertServes();
  });
});

describe('an order', () => {
  it('takes longer than a connection may, where it was posted', async () => {
    assert.deepEqual(await ask('/slow', { method: 'POST' }), { status: 200, body: 'done\n' });
  });

  it('is no document, and no document is an order', async () => {
    assert.equal((await ask('/slow')).status, 405);
    assert.match(await send('GET /slow HTTP/1.1\r\nHost: x\r\n\r\n'), /\r\nAllow: POST\r\n/);
    assert.match(await send('POST /ok HTTP/1.1\r\nHost: x\r\n\r\n'), /\r\nAllow: GET\r\n/);
  });

  it('that comes to grief is answered as that', async () => {
    const { status: code, body } = await ask('/faulty', { method: 'POST' });
    assert.equal(code, 500);
    assert.match(body, /a late bug/);
  });
});
