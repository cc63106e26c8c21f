// SPDX-License-Identifier: Apache-2.0
// The identifier of a container from the path of its control group. Most runtimes write it there
// in a shape of their own, which the path alone decides. Plain runc and its likes use any name the
// caller chose: that is believed only of a process whose pid and mount namespaces are not the
// host's, since any service may have a group of any name.

import type { HostNamespaces } from '@fimbul/probe';

type Shape = {
  readonly component: RegExp;
  /** What the component above must be; null when the shape needs no such witness. */
  readonly parent: RegExp | null;
};

const shapes: readonly Shape[] = [
  // Monitors stand in a scope of their own that is called after the container but is not in it.
  // `docker-ID.scope`, `cri-containerd-ID.scope`, `crio-ID.scope`, `libpod-ID.scope`.
  { component: /^(?!.*-conmon-)[\w.+-]+-([0-9a-f]{64})\.scope$/, parent: null },
  // `/docker/ID`, `/kubepods/burstable/podUID/ID`, `/ecs/TASK/ID`, `/libpod_parent/libpod-ID`.
  { component: /^(?!.*conmon-)(?:libpod-|crio-)?([0-9a-f]{64})$/, parent: null },
  // The systemd form of a path given to a runtime that does not use systemd.
  { component: /^[\w.-]+\.slice:[\w.-]+:([0-9a-f]{64})$/, parent: null },
  // `/ecs/TASK/TASK-NUMBER`: tasks without a host of their own.
  { component: /^([0-9a-f]{32}-[0-9]{1,20})$/, parent: null },
  { component: /^([0-9a-f]{8}(?:-[0-9a-f]{4}){4})$/, parent: /^garden$/ },
  {
    component: /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/,
    parent: /^(?:garden|mesos)$/,
  },
  { component: /^lxc\.payload\.(.+)$/, parent: null },
  { component: /^(.+)$/, parent: /^(?:lxc|lxc\.payload)$/ },
  { component: /^systemd-nspawn@(.+)\.service$/, parent: null },
  // Virtual machines are registered the same way and are no containers.
  { component: /^machine-(?!qemu)(.+)\.scope$/, parent: /^machine\.slice$/ },
];

/** Groups that systemd makes are not named after a plain container. */
const systemdUnit = /\.(?:service|slice|scope|mount|swap|socket)$/;

/** Finds the identifier in a path by the shapes of known runtimes; empty when there is none. */
export function findRuntimeContainerId(path: string): string {
  const components = path.split('/');
  // The innermost container is the one the process runs in.
  for (let index = components.length - 1; index > 0; index--) {
    const component = components[index] ?? '';
    for (const shape of shapes) {
      if (shape.parent !== null && !shape.parent.test(components[index - 1] ?? '')) continue;
      const id = shape.component.exec(component)?.[1];
      if (id !== undefined) return id;
    }
  }
  return '';
}

/** Whether a process is so far from the host that any name of its group is a container's. */
export function isIsolated(
  process: { readonly pidNamespace: number; readonly mountNamespace: number },
  host: HostNamespaces,
): boolean {
  // Zero is unknown, on either side; a pid namespace alone is then witness enough.
  if (process.pidNamespace === 0 || process.pidNamespace === host.pid) return false;
  return process.mountNamespace === 0 || process.mountNamespace !== host.mount;
}

/**
 * Finds the name of a plain container in the path of an isolated process's group. `known` is the
 * name that the process, or who created it in the same pid namespace, had before: groups that
 * the container makes inside of itself do not rename it.
 */
export function findPlainContainerId(path: string, known: string): string {
  const components = path.split('/');
  if (known !== '' && components.includes(known)) return known;
  const last = components.at(-1) ?? '';
  return systemdUnit.test(last) || last === '..' ? '' : last;
}
