// SPDX-License-Identifier: Apache-2.0
// In which order kernel modules have to be loaded, from what depmod wrote. A module that is built
// into the kernel needs no loading, and neither does what it depends on.

export type ModuleIndex = {
  /** Path below the kernel's module directory by name, in the order of the file. */
  readonly paths: ReadonlyMap<string, string>;
  readonly dependencies: ReadonlyMap<string, readonly string[]>;
  readonly builtIn: ReadonlySet<string>;
};

export type ModuleOrder =
  | { readonly kind: 'order'; readonly paths: readonly string[] }
  | { readonly kind: 'missing'; readonly name: string };

/** Reads modules.dep and modules.builtin. */
export function parseModuleIndex(dependencyText: string, builtInText: string): ModuleIndex {
  const paths = new Map<string, string>();
  const dependencies = new Map<string, readonly string[]>();
  for (const line of dependencyText.split('\n')) {
    const colon = line.indexOf(':');
    if (colon === -1) continue;
    const path = line.slice(0, colon);
    const needed = line
      .slice(colon + 1)
      .split(' ')
      .filter((word) => word !== '');
    paths.set(getModuleName(path), path);
    dependencies.set(getModuleName(path), needed.map(getModuleName));
  }
  const builtIn = builtInText
    .split('\n')
    .filter((line) => line !== '')
    .map(getModuleName);
  return { paths, dependencies, builtIn: new Set(builtIn) };
}

/** Orders modules so that each comes after all that it needs; `missing` names the first gap. */
export function orderModules(index: ModuleIndex, names: readonly string[]): ModuleOrder {
  const done = new Set<string>();
  const paths: string[] = [];
  const visit = (name: string): string | undefined => {
    if (done.has(name) || index.builtIn.has(name)) return undefined;
    const path = index.paths.get(name);
    if (path === undefined) return name;
    done.add(name);
    for (const needed of index.dependencies.get(name) ?? []) {
      const missing = visit(needed);
      if (missing !== undefined) return missing;
    }
    paths.push(path);
    return undefined;
  };
  for (const name of names) {
    const missing = visit(getModuleName(name));
    if (missing !== undefined) return { kind: 'missing', name: missing };
  }
  return { kind: 'order', paths };
}

export function hasModule(index: ModuleIndex, name: string): boolean {
  return index.paths.has(name) || index.builtIn.has(name);
}

/** The kernel's name of a module file: no folder, no suffix, and `_` for `-`. */
function getModuleName(path: string): string {
  const file = path.slice(path.lastIndexOf('/') + 1);
  return file.replace(/\.ko(?:\.[a-z]+)?$/, '').replaceAll('-', '_');
}
