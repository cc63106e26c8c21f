// SPDX-License-Identifier: Apache-2.0
// Paths out of records, as byte strings. The kernel writes components leaf first; a caller's string
// is joined to the directory it starts from. Joining is lexical: what symbolic links would make of
// it is not known here, which is why such a path is marked as the caller's.

const slash = 0x2f;

/** Longer ones are rare: paths end at the 4,096 bytes of PATH_MAX nearly always. */
let turned = Buffer.alloc(8192);

/**
 * Turns the bytes of `passwd/etc` into `/etc/passwd`, where empty is the root; or, not `rooted`,
 * those of `c/b` into `b/c`: the end of a path whose beginning is not known. Every event pays for
 * this: turning bytes and making one string takes a third of the time that strings take.
 */
export function turnComponents(
  bytes: Uint8Array,
  start: number,
  length: number,
  rooted: boolean,
): string {
  if (turned.length <= length) turned = Buffer.alloc(2 * length + 1);
  let size = 0;
  if (rooted) turned[size++] = slash;
  let end = start + length;
  let at = end - 1;
  for (;;) {
    while (at >= start && bytes[at] !== slash) at -= 1;
    for (let from = at + 1; from < end; from += 1) turned[size++] = bytes[from] ?? 0;
    if (at < start) return turned.toString('latin1', 0, size);
    turned[size++] = slash;
    end = at;
    at -= 1;
  }
}

/**
 * Joins a caller's string to the path of the directory it starts from.
 * An absolute string cannot leave that directory: it is the root of the process, a chroot perhaps.
 */
export function joinCallerPath(directory: string, string: string): string {
  const absolute = string.startsWith('/');
  const floor = directory === '/' ? [] : directory.slice(1).split('/');
  const components = [...floor];
  const floorLength = absolute ? floor.length : 0;
  for (const component of string.split('/')) {
    if (component === '' || component === '.') continue;
    if (component === '..') {
      if (components.length > floorLength) components.pop();
    } else {
      components.push(component);
    }
  }
  return `/${components.join('/')}`;
}

/** Returns the last component of a path; the root has none. */
export function getBasename(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
