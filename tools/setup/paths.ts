// SPDX-License-Identifier: Apache-2.0
// Where the checkout's parts are. Everything that set-up makes goes to build/ (or node_modules/);
// downloads that another checkout can use again go to the user's cache.

import { homedir } from 'node:os';
import { join } from 'node:path';

export const rootDirectory = join(import.meta.dirname, '..', '..');
export const buildDirectory = join(rootDirectory, 'build');
export const logDirectory = join(buildDirectory, 'log');

/** Exists while everything that set-up makes is in place. bin/fimbul looks for it. */
export const readyFile = join(buildDirectory, 'ready');

const cacheHome = process.env['XDG_CACHE_HOME'];

export const cacheDirectory = join(
  cacheHome === undefined || cacheHome === '' ? join(homedir(), '.cache') : cacheHome,
  'fimbul',
);
