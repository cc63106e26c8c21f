// SPDX-License-Identifier: Apache-2.0
// Checks that the lockfiles say what the manifests say, since set-up installs by lockfile alone,
// and that they hold no addresses, which would tie every checkout to its writer's registry.

import type { Problem } from './problem.ts';
import type { SourceFile } from './source-file.ts';

type Dependencies = Readonly<Record<string, string>>;

type Manifest = {
  readonly dependencies?: Dependencies;
  readonly devDependencies?: Dependencies;
  readonly optionalDependencies?: Dependencies;
};

type Lock = { readonly packages: Readonly<Record<string, Manifest>> };

const groups = ['dependencies', 'devDependencies', 'optionalDependencies'] as const;
const exactVersion = /^\d+\.\d+\.\d+(?:-[0-9a-z.-]+)?$/;

/** Checks every package-lock.json and the manifests that it covers. */
export function checkLockfiles(files: readonly SourceFile[]): readonly Problem[] {
  const manifests = files.filter(({ path }) => /(?:^|\/)package\.json$/.test(path));
  return files
    .filter(({ path }) => /(?:^|\/)package-lock\.json$/.test(path))
    .flatMap((lockfile) => {
      const root = lockfile.path.slice(0, -'package-lock.json'.length);
      const covered = manifests.filter(({ path }) =>
        root === '' ? /^(?:packages\/[^/]+\/)?package\.json$/.test(path) : path.startsWith(root),
      );
      const lock = JSON.parse(lockfile.text) as Lock;
      return [
        ...findAddresses(lockfile),
        ...covered.flatMap((manifest) => compare(manifest, lock, root)),
      ];
    });
}

function findAddresses({ path, text }: SourceFile): readonly Problem[] {
  return text.split('\n').flatMap((line, index) => {
    if (!/"resolved": "[a-z+]+:/.test(line)) return [];
    const message = "an address: run 'npm install' with the repository's .npmrc";
    return [{ path, line: index + 1, rule: 'lockfile', message }];
  });
}

function compare(manifest: SourceFile, lock: Lock, root: string): readonly Problem[] {
  const { path } = manifest;
  const key = path.slice(root.length, -'package.json'.length).replace(/\/$/, '');
  const wanted = JSON.parse(manifest.text) as Manifest;
  const locked = lock.packages[key] ?? {};
  return groups.flatMap((group) => {
    const problems: Problem[] = [];
    for (const [name, version] of Object.entries(wanted[group] ?? {})) {
      if (!exactVersion.test(version)) {
        const message = `${name} is '${version}': give one exact version`;
        problems.push({ path, rule: 'lockfile', message });
      }
    }
    const sorted = (dependencies: Dependencies | undefined): string =>
      JSON.stringify(Object.entries(dependencies ?? {}).sort());
    if (sorted(wanted[group]) !== sorted(locked[group])) {
      const message = `${group} differ from the lockfile: run 'npm install' and commit it`;
      problems.push({ path, rule: 'lockfile', message });
    }
    return problems;
  });
}
