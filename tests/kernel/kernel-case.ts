// SPDX-License-Identifier: Apache-2.0
// A case: in this place, do this, expect exactly these records. Pure data; run-case.ts runs it.

import type { FeatureName } from './kernel-features.ts';
import type { Step } from './steps.ts';

/** Where a case runs; each has a scratch filesystem of its own. */
export type FilesystemName = 'ext4' | 'tmpfs' | 'overlay';

/** What is in the directory of a case before it begins. */
export type Fixture =
  | {
      readonly kind: 'file';
      readonly mode: number;
      readonly content: string;
      readonly uid: number;
    }
  | { readonly kind: 'directory'; readonly mode: number }
  | { readonly kind: 'symlink'; readonly target: string }
  | { readonly kind: 'hardlink'; readonly to: string };

export type KernelCase = {
  readonly name: string;
  /** Default: ext4. */
  readonly filesystems?: readonly FilesystemName[];
  /** Kernels without one of these skip the case. */
  readonly needs?: readonly FeatureName[];
  /** Files by name, made in this order. */
  readonly files?: Readonly<Record<string, Fixture>>;
  /** Done before by another process, whose records do not count. */
  readonly setUp?: readonly Step[];
  readonly steps: readonly Step[];
  /** Done after, whatever happened. */
  readonly tearDown?: readonly Step[];
  /** Which failed calls the filters let pass; default: EACCES and EPERM. */
  readonly failures?: 'permission' | 'all';
};

export function file(mode = 0o644, uid = 0): Fixture {
  return { kind: 'file', mode, content: '', uid };
}

export function directory(mode = 0o755): Fixture {
  return { kind: 'directory', mode };
}

export function symlink(target: string): Fixture {
  return { kind: 'symlink', target };
}

export function hardlink(to: string): Fixture {
  return { kind: 'hardlink', to };
}
