// SPDX-License-Identifier: Apache-2.0
// The other tools, unpacked from their Debian packages into the workspace: nothing is installed, so
// no service starts and nothing is left behind.

import { existsSync, globSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fetchPackages } from '../workloads/packages.ts';
import { run } from '../workloads/workload.ts';

const packages = ['inotify-tools', 'auditd', 'aide'];

export type Tools = {
  /** Where they may keep what they write. */
  readonly directory: string;
  /** What they need to find their libraries. */
  readonly environment: Readonly<Record<string, string>>;
  /** Gets the path of a program; throws when it is not there. */
  readonly find: (path: string) => string;
};

export async function unpackTools(directory: string): Promise<Tools> {
  const archives = join(directory, 'archives');
  const root = join(directory, 'tools');
  mkdirSync(root);
  await fetchPackages(archives, packages);
  for (const archive of globSync(join(archives, '*.deb'))) await run('dpkg', ['-x', archive, root]);
  const libraries = globSync(join(root, '{usr/,}lib/*-linux-gnu*')).join(':');
  return {
    directory,
    environment: { LD_LIBRARY_PATH: libraries },
    find: (path) => {
      const program = join(root, path);
      if (!existsSync(program)) throw new Error(`no ${path} in the packages`);
      return program;
    },
  };
}
