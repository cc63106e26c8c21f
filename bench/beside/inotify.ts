// SPDX-License-Identifier: Apache-2.0
// inotifywait on a directory and all below.

import { join } from 'node:path';
import { type Contender, Daemon, findEvidence, waitForEvidence } from './contender.ts';
import type { Tools } from './tools.ts';

export function makeInotify(tools: Tools): Contender {
  return {
    name: 'inotifywait',
    start: async (watched) => {
      const program = tools.find('usr/bin/inotifywait');
      const daemon = await Daemon.start(
        [program, '-m', '-r', '--format', '%w%f %e', watched],
        join(tools.directory, 'inotify.log'),
        'Watches established',
        tools.environment,
      );
      return {
        pid: daemon.pid,
        ask: (path, name) => waitForEvidence(() => findEvidence(daemon.read(), path, name)),
        stop: () => daemon.stop(),
      };
    },
  };
}
