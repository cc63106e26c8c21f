// SPDX-License-Identifier: Apache-2.0
// Fields that rules read and that say in another way what an alert has already. An alert leaves
// them out: whoever reads it can tell.

const derived = new Set([
  // From the arguments.
  ...['args', 'args_flags', 'args_options'],
  // From `is_exec`.
  'is_thread',
  // From `path_detached`.
  ...['mount_visible', 'mount_detached'],
]);

/** True for a field that follows from others of the same alert, by its name or its last part. */
export function isDerived(name: string): boolean {
  return derived.has(name.slice(name.lastIndexOf('.') + 1));
}
