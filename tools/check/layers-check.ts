// SPDX-License-Identifier: Apache-2.0
// Checks imports and includes against the table in tools/layers.ts. npm links every package of the
// workspace for every other, so without this an undeclared import would resolve and run.

import { isBuiltin } from 'node:module';
import { bpfLayers, type PackageLayer, packageLayers } from '../layers.ts';
import { findImports, findIncludes, type Reference, resolveRelative } from './import-scan.ts';
import type { Problem } from './problem.ts';
import type { SourceFile } from './source-file.ts';

const scope = '@fimbul/';

type Importer = {
  readonly file: SourceFile;
  readonly packageName: string;
  readonly layer: PackageLayer;
  /** Names that the package's package.json declares. */
  readonly declared: ReadonlySet<string>;
  /** Names under which the packages of the workspace may be imported. */
  readonly exported: ReadonlySet<string>;
};

/** Checks all files. */
export function checkLayers(files: readonly SourceFile[]): readonly Problem[] {
  const paths = new Set(files.map((file) => file.path));
  return files.flatMap((file) => {
    if (/^packages\/.*\.tsx?$/.test(file.path)) return checkPackageFile(file, files);
    if (/^(?:bpf|packages\/[^/]+\/native)\/.*\.(?:c|h|cc)$/.test(file.path)) {
      return findIncludes(file.text).flatMap((reference) => checkInclude(file, reference, paths));
    }
    return [];
  });
}

function checkPackageFile(file: SourceFile, files: readonly SourceFile[]): readonly Problem[] {
  const packageName = file.path.split('/')[1] ?? '';
  const layer = packageLayers[packageName];
  if (layer === undefined) {
    const message = `package '${packageName}' is not in tools/layers.ts: decide what it may import`;
    return [{ path: file.path, rule: 'layers', message }];
  }
  const manifest = files.find(({ path }) => path === `packages/${packageName}/package.json`);
  const declared = readDeclaredNames(manifest?.text ?? '{}');
  const importer = { file, packageName, layer, declared, exported: listExports(files) };
  return findImports(file.text).flatMap((reference) => {
    const message = findImportFault(importer, reference.target);
    return message === undefined
      ? []
      : [{ path: file.path, line: reference.line, rule: 'layers', message }];
  });
}

function findImportFault(importer: Importer, target: string): string | undefined {
  const isTest = importer.file.path.endsWith('.test.ts');
  if (target.startsWith('.')) return findRelativeFault(importer, target, isTest);
  if (isBuiltin(target)) {
    if (importer.layer.nodeOnly || isTest) return undefined;
    return `${importer.packageName} runs in browsers too and must not import '${target}'`;
  }
  const name = target
    .split('/')
    .slice(0, target.startsWith('@') ? 2 : 1)
    .join('/');
  if (name.startsWith(scope)) {
    const other = name.slice(scope.length);
    if (!importer.layer.packages.includes(other)) {
      return `${importer.packageName} must not import ${other} (tools/layers.ts)`;
    }
    if (target !== name && !importer.exported.has(target)) {
      return `import from '${name}', not from inside of it`;
    }
  } else if (isTest) {
    return undefined;
  }
  if (importer.declared.has(name)) return undefined;
  return `'${name}' is not among the dependencies in packages/${importer.packageName}/package.json`;
}

function findRelativeFault(
  importer: Importer,
  target: string,
  isTest: boolean,
): string | undefined {
  const path = resolveRelative(importer.file.path, target);
  const packageRoot = `packages/${importer.packageName}/`;
  if (!path.startsWith(packageRoot)) {
    return `'${target}' leaves the package: import another package by its name`;
  }
  const { folders } = importer.layer;
  const from = getFolder(importer.file.path, packageRoot);
  const to = getFolder(path, packageRoot);
  if (folders === undefined || from === undefined || to === undefined || from === to || isTest) {
    return undefined;
  }
  const allowed = folders[from];
  const name = importer.packageName;
  if (allowed === undefined) return `folder '${from}' of ${name} is not in tools/layers.ts`;
  return allowed.includes(to) ? undefined : `${name}/${from} must not import ${name}/${to}`;
}

/** Returns the folder of src/ that a file stands in; files directly in src/ belong to none. */
function getFolder(path: string, packageRoot: string): string | undefined {
  const [src, folder, rest] = path.slice(packageRoot.length).split('/');
  return src === 'src' && rest !== undefined ? folder : undefined;
}

function checkInclude(
  file: SourceFile,
  reference: Reference,
  paths: ReadonlySet<string>,
): readonly Problem[] {
  const message = findIncludeFault(file.path, reference.target, paths);
  return message === undefined
    ? []
    : [{ path: file.path, line: reference.line, rule: 'layers', message }];
}

function findIncludeFault(
  path: string,
  target: string,
  paths: ReadonlySet<string>,
): string | undefined {
  const inBpf = path.startsWith('bpf/');
  const beside = resolveRelative(path, target);
  const resolved = [beside, ...(inBpf ? [`bpf/${target}`] : [])].find((p) => paths.has(p));
  if (resolved === undefined) {
    return `"${target}" is not in the checkout: system headers are included in angle brackets`;
  }
  const [root = ''] = path.split('/');
  if (!inBpf) {
    const native = path.slice(0, path.indexOf('/native/') + '/native/'.length);
    return resolved.startsWith(native) ? undefined : `the addon must not include ${resolved}`;
  }
  if (!resolved.startsWith(`${root}/`)) return `bpf must not include ${resolved}`;
  const from = getBpfLayer(path);
  const to = getBpfLayer(resolved);
  // What stands outside of the layers, such as bpf/tests, may use all of them.
  if (from === undefined) return undefined;
  if (to === undefined) return `bpf/${bpfLayers[from]} must not include ${resolved}`;
  return to <= from
    ? undefined
    : `bpf/${bpfLayers[from]} must not include bpf/${bpfLayers[to]} (${bpfLayers.join(' → ')})`;
}

function getBpfLayer(path: string): number | undefined {
  const folder = path.split('/')[1] ?? '';
  const index = bpfLayers.findIndex((layer) => layer === folder);
  return index === -1 ? undefined : index;
}

function listExports(files: readonly SourceFile[]): ReadonlySet<string> {
  const names = files.flatMap(({ path, text }) => {
    const name = /^packages\/([^/]+)\/package\.json$/.exec(path)?.[1];
    if (name === undefined) return [];
    const { exports } = JSON.parse(text) as { readonly exports?: string | object };
    const keys = typeof exports === 'object' ? Object.keys(exports) : [];
    return keys.map((key) => `${scope}${name}${key.slice(1)}`);
  });
  return new Set(names);
}

function readDeclaredNames(manifest: string): ReadonlySet<string> {
  const parsed = JSON.parse(manifest) as {
    readonly dependencies?: Readonly<Record<string, string>>;
    readonly devDependencies?: Readonly<Record<string, string>>;
  };
  return new Set([
    ...Object.keys(parsed.dependencies ?? {}),
    ...Object.keys(parsed.devDependencies ?? {}),
  ]);
}
