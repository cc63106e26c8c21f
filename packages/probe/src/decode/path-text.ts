// SPDX-License-Identifier: Apache-2.0
// Paths out of records, as byte strings. The kernel writes components leaf first; a caller's string
// is joined to the directory it starts from. Joining is lexical: what symbolic links would make of
// it is not known here, which is why such a path is marked as the caller's.

/** Turns `passwd/etc` into `/etc/passwd`; empty is the root. */
export function pathFromLeafFirst(components: string): string {
  return `/${reverseComponents(components)}`;
}

/** Turns `c/b` into `b/c`: the end of a path whose beginning is not known. */
export function reverseComponents(components: string): string {
  if (!components.includes('/')) return components;
  return components.split('/').reverse().join('/');
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
