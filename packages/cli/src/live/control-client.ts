// SPDX-License-Identifier: Apache-2.0
// Asks the running agent at its control socket. That there is none is the usual answer on a host
// without Fimbul, and is told as such; what the agent answers is taken as it is, once its format is
// the one that this version reads.

import { request } from 'node:http';
import { Failure, withSocketDirectory } from '@fimbul/config';
import { statusFormat } from '@fimbul/schema';

const answerMs = 30_000;
/** Compiling takes as long as there are rules, and whatever holds up the agent comes on top. */
const orderMs = 600_000;
const answerBytesMax = 256 * 1024 * 1024;
const startAdvice = 'start one with "fimbul run", or name its socket with --socket';

/** The agent understood, and will not; its document says why. */
const refused = 422;

type Answer = { readonly status: number; readonly body: string };

type Question = { readonly method: 'GET' | 'POST'; readonly path: string };

function ask(socketPath: string, { method, path }: Question): Promise<Answer> {
  const timeout = method === 'GET' ? answerMs : orderMs;
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, method, path, timeout, agent: false }, (response) => {
      const parts: Buffer[] = [];
      let bytes = 0;
      response.on('data', (part: Buffer) => {
        bytes += part.length;
        if (bytes > answerBytesMax) response.destroy(new Error('its answer has no end'));
        else parts.push(part);
      });
      response.on('error', reject);
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts).toString() });
      });
    });
    asked.on('timeout', () => asked.destroy(new Error(`no answer in ${timeout / 1000} seconds`)));
    asked.on('error', reject).end();
  });
}

/** What it means that there was no answer. */
function explain(error: unknown, socketPath: string): Failure {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOENT':
      return new Failure(`no agent is running: there is no socket ${socketPath}`, startAdvice);
    case 'ECONNREFUSED':
      return new Failure(
        `no agent is running: the one that made ${socketPath} was killed`,
        startAdvice,
      );
    case 'EACCES':
    case 'EPERM':
      return new Failure(
        `ask the agent at ${socketPath}: it answers root alone`,
        'run this as root, or with sudo',
      );
    default:
      return new Failure(
        `ask the agent at ${socketPath}: ${message}`,
        'look whether the agent runs: its messages say more',
      );
  }
}

function parse<Document>(socketPath: string, { status, body }: Answer): Document {
  if (status === 200 || status === refused) {
    try {
      const document = JSON.parse(body) as Document & { readonly format?: unknown };
      if (document?.format === statusFormat) return document;
    } catch {
      // What is no JSON is of no agent that this version knows.
    }
  }
  throw new Failure(
    `ask the agent at ${socketPath}: it answers in a way that this version does not know`,
    'use the "fimbul" command of the version that runs there',
  );
}

async function askOrFail<Document>(socketPath: string, question: Question): Promise<Document> {
  let answer: Answer;
  try {
    answer = await withSocketDirectory(socketPath, (short) => ask(short, question));
  } catch (error) {
    throw explain(error, socketPath);
  }
  return parse(socketPath, answer);
}

/** Gets a document of the agent; throws a Failure where there is none. */
export function askAgent<Document>(socketPath: string, path: string): Promise<Document> {
  return askOrFail(socketPath, { method: 'GET', path });
}

/** Has the agent do something, and gets the document that says what came of it. */
export function orderAgent<Document>(socketPath: string, path: string): Promise<Document> {
  return askOrFail(socketPath, { method: 'POST', path });
}
