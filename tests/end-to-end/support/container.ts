// SPDX-License-Identifier: Apache-2.0
// A container that plain runc made: a root of its own with busybox and one C program, users of its
// own, and a directory. It has no resource limits, which not every test machine can set.

import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runOrFail } from './child.ts';
import type { Workspace } from './workspace.ts';

export type ContainerOptions = {
  readonly name: string;
  /** The program for /bin/append. */
  readonly append: string;
  /** What the container runs; it ends with it. */
  readonly args: readonly string[];
  /** The control group, where it is not runc's own choice. */
  readonly cgroupsPath?: string;
};

const users = 'captain:x:0:0::/:/bin/sh\nsailor:x:1234:1234::/:/bin/sh\n';
const groups = 'bridge:x:0:\ndeck:x:1234:\n';

function writeBundle(bundle: string, options: ContainerOptions): void {
  const root = join(bundle, 'rootfs');
  for (const name of ['bin', 'etc', 'proc', 'srv'])
    mkdirSync(join(root, name), { recursive: true });
  cpSync('/bin/busybox', join(root, 'bin/busybox'));
  cpSync(options.append, join(root, 'bin/append'));
  for (const applet of ['sh', 'su']) symlinkSync('busybox', join(root, 'bin', applet));
  writeFileSync(join(root, 'etc/passwd'), users);
  writeFileSync(join(root, 'etc/group'), groups);
  const namespaces = ['pid', 'mount', 'ipc', 'uts', 'network'].map((type) => ({ type }));
  const capabilities = ['CAP_SETUID', 'CAP_SETGID', 'CAP_DAC_OVERRIDE'];
  const { cgroupsPath } = options;
  const config = {
    ociVersion: '1.0.2',
    process: {
      terminal: false,
      user: { uid: 0, gid: 0 },
      args: options.args,
      env: ['PATH=/bin'],
      cwd: '/',
      capabilities: {
        bounding: capabilities,
        effective: capabilities,
        permitted: capabilities,
      },
    },
    root: { path: 'rootfs', readonly: false },
    mounts: [{ destination: '/proc', type: 'proc', source: 'proc' }],
    linux: { namespaces, ...(cgroupsPath === undefined ? {} : { cgroupsPath }) },
  };
  writeFileSync(join(bundle, 'config.json'), JSON.stringify(config));
}

/** Runs a container to the end of its program, and leaves nothing of it behind. */
export async function runContainer(workspace: Workspace, options: ContainerOptions): Promise<void> {
  const { name } = options;
  const bundle = workspace.path(`bundle-${name}`);
  writeBundle(bundle, options);
  const state = ['--root', workspace.path('runc')];
  try {
    await runOrFail('runc', [...state, 'run', '--bundle', bundle, name]);
  } finally {
    await runOrFail('runc', [...state, 'delete', '--force', name]);
  }
}
