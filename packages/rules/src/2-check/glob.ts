// SPDX-License-Identifier: Apache-2.0
// The two kinds of pattern. A glob matches a whole path component by component: `*` stays inside
// one, one `**` stands for any number of them. A simple pattern matches a whole string and its `*`
// any run of bytes. `?`, `[` and `{` are ordinary bytes, and nothing matches the empty pattern.

export type Glob = {
  /** The pattern as bytes, with `*`-led patterns anchored at the root and glued `**` as `*`. */
  readonly pattern: string;
  /** Components before `**`, or all of them. */
  readonly prefix: readonly string[];
  /** Components after `**`; null where the pattern has none. */
  readonly suffix: readonly string[] | null;
};

/** Compiles a glob; null when `**` stands in it twice. */
export function compileGlob(pattern: string): Glob | null {
  const components = pattern
    .split('/')
    .map((component) => (component === '**' ? component : component.replace(/\*+/g, '*')));
  if (components[0] === '*') components.unshift('');
  const doubleStar = components.indexOf('**');
  const normalized = components.join('/');
  if (doubleStar === -1) return { pattern: normalized, prefix: components, suffix: null };
  const suffix = components.slice(doubleStar + 1);
  if (suffix.includes('**')) return null;
  return { pattern: normalized, prefix: components.slice(0, doubleStar), suffix };
}

/** The simple match: `*` is any run of bytes, the rest is exact. */
export function matchesPattern(pattern: string, value: string): boolean {
  const parts = pattern.split('*');
  const first = parts[0] ?? '';
  const last = parts.at(-1) ?? '';
  if (parts.length === 1) return pattern !== '' && pattern === value;
  if (value.length < first.length + last.length) return false;
  if (!value.startsWith(first) || !value.endsWith(last)) return false;
  let at = first.length;
  const limit = value.length - last.length;
  for (let index = 1; index < parts.length - 1; index++) {
    const part = parts[index] ?? '';
    const found = value.indexOf(part, at);
    if (found === -1 || found + part.length > limit) return false;
    at = found + part.length;
  }
  return true;
}

function matchesComponent(pattern: string | undefined, component: string | undefined): boolean {
  if (pattern === undefined || component === undefined) return false;
  return pattern === component || (pattern.includes('*') && matchesPattern(pattern, component));
}

/** Matches a path. Prefix and suffix may overlap: `/a/b/**` + `/b/c` accepts `/a/b/c`. */
export function matchesGlob(glob: Glob, path: string): boolean {
  if (path === '') return false;
  const { prefix, suffix } = glob;
  const components = path.split('/');
  if (suffix === null && components.length !== prefix.length) return false;
  if (suffix !== null && components.length <= Math.max(prefix.length, suffix.length)) return false;
  if (!prefix.every((part, index) => matchesComponent(part, components[index]))) return false;
  if (suffix === null) return true;
  const offset = components.length - suffix.length;
  return suffix.every((part, index) => matchesComponent(part, components[offset + index]));
}

/** The last component, where the glob accepts only one; null where it accepts several. */
export function getGlobName(glob: Glob): string | null {
  const last = glob.suffix === null ? glob.prefix.at(-1) : glob.suffix.at(-1);
  return last === undefined || last === '' || last.includes('*') ? null : last;
}
