// SPDX-License-Identifier: Apache-2.0
// Facts of this host that the `filters` of policies ask for: its distribution, kernel and name.
// Nothing here fails: what cannot be read is left out, and reads as zero, empty or false.

import { existsSync, readFileSync } from 'node:fs';
import { hostname, release } from 'node:os';
import type { HostFacts } from '@fimbul/schema';

/** What the facts derive from. */
export type HostSources = {
  /** The text of os-release; empty where there is none. */
  readonly osRelease: string;
  /** As `uname -r` gives it. */
  readonly kernelRelease: string;
  readonly hasKernelTypes: boolean;
  readonly hostname: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
};

/** Parses os-release: assignments of a shell, one a line, without anything to expand. */
export function parseOsRelease(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const [, name = '', value = ''] of text.matchAll(/^\s*([A-Za-z_]\w*)=(.*?)\s*$/gm)) {
    values.set(name, unquote(value));
  }
  return values;
}

function unquote(value: string): string {
  const [quote] = value;
  if (value.length < 2 || !value.endsWith(quote ?? '')) return value;
  if (quote === "'") return value.slice(1, -1);
  return quote === '"' ? value.slice(1, -1).replace(/\\([\\"$`])/g, '$1') : value;
}

const rebuildsOfRhel: ReadonlySet<string> = new Set(['rhel', 'centos', 'rocky', 'almalinux']);

function describeDistribution(osRelease: ReadonlyMap<string, string>): HostFacts {
  const id = osRelease.get('ID') ?? '';
  const platform = osRelease.get('PLATFORM_ID') ?? '';
  const version = osRelease.get('VERSION_ID') ?? '';
  const major = version.split('.', 1)[0];
  const isRhel = rebuildsOfRhel.has(id) || platform.startsWith('platform:el');
  const isSles = id === 'sles' || id === 'sles_sap';
  return {
    'os.id': id,
    'os.platform_id': platform,
    'os.version_id': version,
    'os.is_amazon_linux': id === 'amzn',
    'os.is_cos': id === 'cos',
    'os.is_debian': id === 'debian',
    'os.is_oracle': id === 'ol',
    'os.is_rhel': isRhel,
    'os.is_rhel7': isRhel && major === '7',
    'os.is_rhel8': isRhel && major === '8',
    'os.is_sles': isSles,
    'os.is_sles12': isSles && major === '12',
    'os.is_sles15': isSles && major === '15',
    'os.is_ubuntu': id === 'ubuntu',
  };
}

function describeKernel(release: string, isUbuntu: boolean): HostFacts {
  const [, major = '0', minor = '0', patch = '0', rest = ''] =
    /^(\d+)(?:\.(\d+))?(?:\.(\d+))?(.*)$/s.exec(release) ?? [];
  const [, abi = '0', flavor = ''] = (isUbuntu && /^-(\d+)-(.+)$/s.exec(rest)) || [];
  return {
    'kernel.version.major': BigInt(major),
    'kernel.version.minor': BigInt(minor),
    'kernel.version.patch': BigInt(patch),
    'kernel.version.abi': BigInt(abi),
    'kernel.version.flavor': flavor,
  };
}

/** Derives the facts of a host. */
export function deriveHostFacts(sources: HostSources): HostFacts {
  const distribution = describeDistribution(parseOsRelease(sources.osRelease));
  const environment = Object.entries(sources.environment);
  return {
    os: 'linux',
    ...distribution,
    ...describeKernel(sources.kernelRelease, distribution['os.is_ubuntu'] === true),
    'kernel.core.enabled': sources.hasKernelTypes,
    origin: 'ebpf',
    hostname: sources.hostname,
    envs: environment.map(([name, value]) => `${name}=${value ?? ''}`),
  };
}

function readFirst(paths: readonly string[]): string {
  for (const path of paths) {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      // The next one, or none: then nothing is known of the distribution.
    }
  }
  return '';
}

/** Reads the facts of this host. */
export function readHostFacts(): HostFacts {
  return deriveHostFacts({
    osRelease: readFirst(['/etc/os-release', '/usr/lib/os-release']),
    kernelRelease: release(),
    hasKernelTypes: existsSync('/sys/kernel/btf/vmlinux'),
    hostname: hostname(),
    environment: process.env,
  });
}
