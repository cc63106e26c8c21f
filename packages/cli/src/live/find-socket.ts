// SPDX-License-Identifier: Apache-2.0
// Where the agent answers: the socket that is named, or the one of its configuration.

import { resolve } from 'node:path';
import { type Config, Failure } from '@fimbul/config';

export type SocketFlags = { readonly config?: string; readonly socket?: string };

export function findSocket(
  { config, socket }: SocketFlags,
  load: (path: string | null) => Pick<Config, 'control'>,
): string {
  if (socket !== undefined) return resolve(socket);
  const { socketPath } = load(config ?? null).control;
  if (socketPath !== null) return socketPath;
  throw new Failure(
    'the configuration says that the agent has no control socket',
    'set control.socket in it, and start the agent again',
  );
}
