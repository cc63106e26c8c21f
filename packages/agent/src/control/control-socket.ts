// SPDX-License-Identifier: Apache-2.0
// The agent's socket in the filesystem: for root alone, in a directory that nobody else may write.
// A lock beside it, which dies with its holder, tells a living agent's socket from one that a dead
// agent left: the former is never touched, the latter is replaced. All names are looked up in the
// directory that was checked (through its descriptor), which also makes long paths short enough.

import { closeSync, fstatSync, lstatSync, mkdirSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { dirname } from 'node:path';
import { explainFileError, openSocketDirectory } from '@fimbul/config/run';
import type { FileLock, Native } from '@fimbul/probe';

const directoryMode = 0o700;
const othersMayWrite = 0o022;
/** Takes from a socket all rights but its owner's to connect. */
const socketMask = 0o177;

/** Why there is no socket, in words that follow "no control socket at PATH". */
export type SocketRefusal = { readonly refusal: string; readonly advice: string };

type Place = { readonly directory: number; readonly short: string };

function findFault(directory: number, path: string): string | null {
  const { uid, mode } = fstatSync(directory);
  if (uid !== 0 && uid !== process.geteuid?.()) return `${path} belongs to another user (${uid})`;
  return (mode & othersMayWrite) === 0 ? null : `others may write ${path}`;
}

function openPlace(path: string): Place | SocketRefusal {
  const directory = dirname(path);
  mkdirSync(directory, { recursive: true, mode: directoryMode });
  const place = openSocketDirectory(path);
  const fault = findFault(place.directory, directory);
  if (fault === null) return place;
  closeSync(place.directory);
  return { refusal: fault, advice: 'name a socket in a directory of root’s own' };
}

/** Binds at once, so that the socket is never there for others. */
function listenAlone(server: Server, path: string): void {
  const before = process.umask(socketMask);
  try {
    server.listen(path);
  } finally {
    process.umask(before);
  }
}

export class ControlSocket {
  readonly #server: Server;
  readonly #place: Place;
  readonly #lock: FileLock;
  #isClosed = false;

  private constructor(server: Server, place: Place, lock: FileLock) {
    this.#server = server;
    this.#place = place;
    this.#lock = lock;
  }

  /** Makes the server listen at a path. */
  static open(
    native: Pick<Native, 'lockFile'>,
    path: string,
    server: Server,
  ): ControlSocket | SocketRefusal {
    const advice = 'mend that, or name another path as control.socket in the configuration';
    let place: Place | SocketRefusal;
    try {
      place = openPlace(path);
    } catch (error) {
      return { refusal: explainFileError(error), advice };
    }
    if ('refusal' in place) return place;
    const opened = ControlSocket.#openAt(native, place, server);
    if ('refusal' in opened) closeSync(place.directory);
    return opened;
  }

  static #openAt(
    native: Pick<Native, 'lockFile'>,
    place: Place,
    server: Server,
  ): ControlSocket | SocketRefusal {
    const advice = 'mend that, or name another path as control.socket in the configuration';
    const lock = native.lockFile(`${place.short}.lock`);
    if (lock === 'held') {
      return {
        refusal: 'another agent has it',
        advice: 'that agent answers there; to ask this one too, give it another control.socket',
      };
    }
    if (!lock.ok) return { refusal: lock.error.what, advice };
    const socket = new ControlSocket(server, place, lock.value);
    if (lstatSync(place.short, { throwIfNoEntry: false })?.isSocket() === false) {
      lock.value.close();
      return { refusal: 'something is there that is no socket', advice };
    }
    // Whoever listened there has ended: the lock is ours.
    rmSync(place.short, { force: true });
    // What is wrong with listening shows below.
    server.on('error', () => undefined);
    listenAlone(server, place.short);
    if (server.listening) return socket;
    lock.value.close();
    return { refusal: 'the kernel refuses to listen there', advice };
  }

  /** Ends all connections and removes the socket; repeating it changes nothing. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#server.close();
    this.#server.closeAllConnections();
    rmSync(this.#place.short, { force: true });
    this.#lock.close();
    closeSync(this.#place.directory);
  }
}
