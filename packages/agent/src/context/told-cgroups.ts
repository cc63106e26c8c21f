// SPDX-License-Identifier: Apache-2.0
// What the kernel filter is told of a control group. Its path alone decides where it has the shape
// of a container's; in any other group there may be containers that have none.

import type { ToldCgroup } from '@fimbul/probe';
import type { Cgroup, CgroupKey } from './cgroup-cache.ts';

/** Describes a group that a record told of. */
export function describeCgroup(
  { hierarchy, id }: CgroupKey,
  { runtimeContainerId }: Cgroup,
): ToldCgroup {
  return { hierarchy, id, kind: runtimeContainerId === '' ? 'plain' : 'of_container' };
}
