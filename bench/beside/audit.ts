// SPDX-License-Identifier: Apache-2.0
// auditd with a watch on a directory. Processes that start while auditing is on stay a little
// slower until they end, whatever is done afterwards; rules and the switch are put back. A host
// that has audit rules or a daemon of its own is left alone.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../workloads/workload.ts';
import { type Contender, Daemon, type Evidence, waitForEvidence } from './contender.ts';
import type { Tools } from './tools.ts';

const key = 'fimbul-bench';

function writeSettings(directory: string, log: string): void {
  mkdirSync(join(directory, 'plugins.d'), { recursive: true });
  const settings = [
    'local_events = yes',
    'write_logs = yes',
    `log_file = ${log}`,
    'log_format = RAW',
    'flush = INCREMENTAL_ASYNC',
    'freq = 50',
    'max_log_file = 200',
    'max_log_file_action = IGNORE',
    'space_left = 75',
    'space_left_action = IGNORE',
    'admin_space_left = 50',
    'admin_space_left_action = IGNORE',
    'disk_full_action = IGNORE',
    'disk_error_action = IGNORE',
    `plugin_dir = ${join(directory, 'plugins.d')}`,
  ];
  writeFileSync(join(directory, 'auditd.conf'), `${settings.join('\n')}\n`, { mode: 0o640 });
}

/** An event is several lines with one number; one names the program, another the file. */
export function findAuditEvidence(text: string, path: string, program: string): Evidence {
  const events = Map.groupBy(
    text.split('\n'),
    (line) => /msg=audit\(([^)]*)\)/.exec(line)?.[1] ?? '',
  );
  const about = [...events.values()].filter((lines) =>
    lines.some((line) => line.includes(`name="${path}"`)),
  );
  const last = about.at(-1)?.find((line) => line.includes(path));
  return {
    told: last?.slice(0, 160) ?? null,
    namesProcess: about.some((lines) => lines.some((line) => line.includes(`exe="${program}"`))),
  };
}

export function makeAudit(tools: Tools): Contender {
  const control = (...args: string[]): Promise<string> =>
    run(tools.find('sbin/auditctl'), args, { environment: tools.environment });
  return {
    name: 'auditd',
    start: async (watched) => {
      const status = await control('-s');
      if (!/^pid 0$/m.test(status)) throw new Error('the host has an audit daemon of its own');
      if (!(await control('-l')).includes('No rules')) throw new Error('the host has audit rules');
      const enabled = /^enabled (\d)$/m.exec(status)?.[1] ?? '0';
      const directory = join(tools.directory, 'audit');
      const log = join(directory, 'audit.log');
      writeSettings(directory, log);
      const restore = async (): Promise<void> => {
        await control('-D');
        await control('-e', enabled);
      };
      const daemon = await Daemon.start(
        [tools.find('sbin/auditd'), '-n', '-c', directory],
        join(directory, 'auditd.out'),
        1000,
        tools.environment,
      );
      try {
        await control('-e', '1');
        await control('-a', 'always,exit', '-F', `dir=${watched}`, '-F', 'perm=wa', '-k', key);
      } catch (error) {
        await daemon.stop();
        await restore();
        throw error;
      }
      return {
        pid: daemon.pid,
        ask: (path, program) =>
          waitForEvidence(() => findAuditEvidence(readFileSync(log, 'latin1'), path, program)),
        stop: async () => {
          await control('-D');
          await daemon.stop();
          await restore();
        },
      };
    },
  };
}
