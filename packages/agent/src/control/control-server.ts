// SPDX-License-Identifier: Apache-2.0
// HTTP within bounds: a few clients at a time, small requests, one answer for each connection, and
// an end to every connection whatever the other side does. An answer is made in one go between two
// looks into the ring, so no client can hold up the agent; a fault in making one is that client's
// answer and a line of the agent's, never its end.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { formatBug } from '@fimbul/config/run';

export type Answer = {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  /** The method that a path knows, for who came with another one. */
  readonly allowed?: string;
};

/** What a path answers to the parameters of the request. */
export type Routes = ReadonlyMap<string, (query: URLSearchParams) => Answer>;

/** What a path does when it is posted to; the answer may take its time. */
export type Orders = ReadonlyMap<string, () => Promise<Answer>>;

export type ControlServerParts = {
  readonly routes: Routes;
  /** Absent where nothing is done for those who ask. */
  readonly orders?: Orders;
  /** Whether to answer a request that names this host; absent for the socket, where all may. */
  readonly isOwnHost?: (host: string) => boolean;
  /** Writes a line about the agent itself. */
  readonly writeStatus: (text: string) => void;
};

export const plainText = 'text/plain; charset=utf-8';

export type Limits = {
  readonly clients: number;
  /** For a request to arrive whole. */
  readonly requestMs: number;
  /** The end of every connection, however slowly it is read. */
  readonly connectionMs: number;
  /** How often requests under way are looked at. */
  readonly checkMs: number;
};

const usualLimits: Limits = { clients: 32, requestMs: 5_000, connectionMs: 15_000, checkMs: 1_000 };
/** Different faults that are told; what they say may differ each time. */
const faultsToldMax = 20;
const headerBytesMax = 8 * 1024;

function answerText(status: number, text: string): Answer {
  return { status, type: plainText, body: `${text}\n` };
}

function refuseMethod(allowed: 'GET' | 'POST'): Answer {
  return { ...answerText(405, `only ${allowed} is known here`), allowed };
}

/** Answers a request whose parameters are wrong. */
export class BadRequest extends Error {}

type Answered = Answer | Promise<Answer>;

function answer(parts: ControlServerParts, request: IncomingMessage): Answered {
  const { routes, orders, isOwnHost } = parts;
  const { method, url = '', headers } = request;
  // A page in a browser can give any name to a local address, but not send another one.
  if (isOwnHost && !isOwnHost(headers.host ?? '')) {
    return answerText(421, 'name this host by its address');
  }
  const parsed = URL.parse(url, 'http://fimbul');
  if (parsed === null) return answerText(400, 'this is not a path');
  const order = orders?.get(parsed.pathname);
  if (order !== undefined) return method === 'POST' ? order() : refuseMethod('POST');
  if (method !== 'GET') return refuseMethod('GET');
  const route = routes.get(parsed.pathname);
  if (route === undefined) return answerText(404, `known are: ${[...routes.keys()].join(', ')}`);
  try {
    return route(parsed.searchParams);
  } catch (error) {
    if (error instanceof BadRequest) return answerText(400, error.message);
    throw error;
  }
}

function send(response: ServerResponse, { status, type, body, allowed }: Answer): void {
  response.writeHead(status, {
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    Connection: 'close',
    ...(allowed === undefined ? {} : { Allow: allowed }),
  });
  response.end(body);
}

/** Makes a server that does not listen yet. */
export function makeControlServer(parts: ControlServerParts, limits = usualLimits): Server {
  const told = new Set<string>();
  const timers = new WeakMap<Socket, NodeJS.Timeout>();
  const limitConnection = (socket: Socket): NodeJS.Timeout => {
    const timer = setTimeout(() => socket.destroy(), limits.connectionMs);
    return timer.unref();
  };
  const server = createServer({
    requestTimeout: limits.requestMs,
    headersTimeout: limits.requestMs,
    connectionsCheckingInterval: limits.checkMs,
    maxHeaderSize: headerBytesMax,
  });
  server.maxConnections = limits.clients;
  const sendFault = (response: ServerResponse, error: unknown): void => {
    const text = formatBug(error);
    if (!told.has(text) && told.size < faultsToldMax) parts.writeStatus(text);
    if (told.size < faultsToldMax) told.add(text);
    send(response, answerText(500, text.trimEnd()));
  };
  server.on('request', (request, response) => {
    try {
      const answered = answer(parts, request);
      if (!(answered instanceof Promise)) {
        send(response, answered);
        return;
      }
      // It has arrived whole; how long the work takes is not the client's to answer for.
      clearTimeout(timers.get(request.socket));
      answered.then(
        (made) => {
          const { socket } = request;
          timers.set(socket, limitConnection(socket));
          send(response, made);
        },
        (error: unknown) => sendFault(response, error),
      );
    } catch (error) {
      sendFault(response, error);
    }
  });
  server.on('connection', (socket: Socket) => {
    timers.set(socket, limitConnection(socket));
    socket.on('close', () => clearTimeout(timers.get(socket)));
    // A client that goes away in the middle is none of our business.
    socket.on('error', () => undefined);
  });
  server.on('clientError', (_error, socket: Socket) => {
    if (socket.writable) socket.write('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
    socket.destroySoon();
  });
  return server;
}
