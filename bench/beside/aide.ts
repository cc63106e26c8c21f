// SPDX-License-Identifier: Apache-2.0
// AIDE, scanning a directory and the programs of the host again and again.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../workloads/workload.ts';
import { type Contender, Daemon, type Evidence, findEvidence } from './contender.ts';
import type { Tools } from './tools.ts';

const periodSeconds = 5;

/** Scans and waits by turns; its end is also that of what it waits for. */
const script = `
trap 'kill "$child"; exit 0' TERM
while :; do
  "$2" --check -c "$3" & child=$!
  wait "$child" || [ $? -lt "$4" ]
  sleep "$1" & child=$!
  wait "$child"
done
`;

/** Its exit status tells of differences; from 14 on it failed. */
const failedFrom = 14;

/** A file's entry ends with an empty line, and says what differs in it. */
export function findAideEvidence(text: string, path: string, program: string): Evidence {
  const entry = text.split('\n\n').find((part) => part.trim().startsWith(`File: ${path}\n`));
  if (entry === undefined) return findEvidence(text, path, program);
  const names = [...entry.matchAll(/^\s*(\w+)\s+: .*\|/gm)].map(([, name]) => name);
  return { told: `File: ${path} (${names.join(' ')})`, namesProcess: entry.includes(program) };
}

export function makeAide(tools: Tools): Contender {
  return {
    name: 'aide',
    start: async (watched) => {
      const database = join(tools.directory, 'aide.db');
      const settings = join(tools.directory, 'aide.conf');
      writeFileSync(
        settings,
        [
          `database_in=file:${database}`,
          `database_out=file:${database}`,
          'Everything = p+i+n+u+g+s+m+c+sha256',
          `${watched} Everything`,
          '/usr/bin Everything',
          '',
        ].join('\n'),
      );
      const program = tools.find('usr/bin/aide');
      const { environment } = tools;
      await run(program, ['--init', '-c', settings], { environment });
      const args = [String(periodSeconds), program, settings, String(failedFrom)];
      const daemon = await Daemon.start(
        ['sh', '-euc', script, 'sh', ...args],
        join(tools.directory, 'aide.log'),
        100,
        environment,
      );
      return {
        pid: daemon.pid,
        ask: async (path, name) => {
          const check = ['-c', `"$1" --check -c "$2" || [ $? -lt ${failedFrom} ]`];
          const report = await run('sh', [...check, 'sh', program, settings], { environment });
          return findAideEvidence(report, path, name);
        },
        stop: () => daemon.stop(),
      };
    },
  };
}
