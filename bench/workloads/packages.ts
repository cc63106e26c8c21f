// SPDX-License-Identifier: Apache-2.0
// Debian packages with apt: small ones that are there are installed again, one that is not is
// installed and purged. The archives are fetched before, by the sources that apt is set up with.

import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { run, type Workload } from './workload.ts';

const present = ['hostname', 'netbase', 'sensible-utils', 'libcap2-bin'];
const absentChoices = ['tree', 'hello', 'sl'];
const environment = { DEBIAN_FRONTEND: 'noninteractive' };

async function isInstalled(name: string): Promise<boolean> {
  try {
    return (await run('dpkg-query', ['-Wf', '${Status}', name])).includes('ok installed');
  } catch {
    return false;
  }
}

/** Makes what calls apt with archives of our own. */
export function makeApt(archives: string): (...args: string[]) => Promise<string> {
  const options = [
    ...['-o', 'DPkg::Lock::Timeout=120', '-o', `Dir::Cache::archives=${archives}`],
    ...['-q', '--yes', '--no-install-recommends'],
  ];
  return (...args) => run('apt-get', [...options, ...args], { environment });
}

/** Fetches packages, and what they need that is not installed; nothing is installed. */
export async function fetchPackages(archives: string, names: readonly string[]): Promise<void> {
  mkdirSync(join(archives, 'partial'), { recursive: true });
  const fetch = () => makeApt(archives)('install', '--reinstall', '--download-only', ...names);
  await fetch().catch(async () => {
    await run('apt-get', ['update', '-q'], { environment });
    await fetch();
  });
}

export function makePackagesWorkload(directory: string): Workload {
  return {
    name: 'packages',
    prepare: async () => {
      const archives = join(directory, 'archives');
      const apt = makeApt(archives);
      const installed = await Promise.all(present.map(isInstalled));
      const again = present.filter((_, index) => installed[index]);
      const taken = await Promise.all(absentChoices.map(isInstalled));
      const fresh = absentChoices.find((_, index) => !taken[index]);
      if (fresh === undefined || again.length === 0) throw new Error('no package to work with');
      await fetchPackages(archives, [...again, fresh]);
      return {
        run: async () => {
          await apt('install', '--reinstall', ...again);
          await apt('install', fresh);
          await apt('purge', fresh);
        },
        clean: () => Promise.resolve(rmSync(archives, { recursive: true })),
      };
    },
  };
}
