// SPDX-License-Identifier: Apache-2.0
// A case: in this place, do this, expect exactly these records. Pure data; run-case.ts runs it.

import type { FeatureName } from './kernel-features.ts';
import type { Step } from './steps.ts';

/** Where a case runs; each has a scratch filesystem of its own. */
export type FilesystemName = 'ext4' | 'tmpfs' | 'overlay';

/** In a path or in the content of a file: the program that does nothing. */
export const nothingMark = '{nothing}';

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
  | { readonly kind: 'hardlink'; readonly to: string }
  /** A copy of the program that does nothing. */
  | { readonly kind: 'program'; readonly mode: number; readonly uid: number };

export type KernelCase = {
  readonly name: string;
  /** Default: ext4. */
  readonly filesystems?: readonly FilesystemName[];
  /** Kernels without one of these skip the case. */
  readonly needs?: readonly FeatureName[];
  /** Without one of these the tracepoint backend cannot do it, and only that one skips it. */
  readonly tracepointNeeds?: readonly FeatureName[];
  /** Files by name, made in this order. */
  readonly files?: Readonly<Record<string, Fixture>>;
  /** Done before by another process, whose records do not count. */
  readonly setUp?: readonly Step[];
  /** Some need the absolute path of the directory of the case. */
  readonly steps: readonly Step[] | ((directory: string) => readonly Step[]);
  /** Done after, whatever happened. */
  readonly tearDown?: readonly Step[];
  /** Which failed calls the filters let pass; default: EACCES and EPERM. */
  readonly failures?: 'permission' | 'all';
};

export function file(mode = 0o644, uid = 0): Fixture {
  return { kind: 'file', mode, content: '', uid };
}

/** A file that says what interprets it; `{nothing}` is the program that does nothing. */
export function script(content: string): Fixture {
  return { kind: 'file', mode: 0o755, content, uid: 0 };
}

export function program(mode = 0o755, uid = 0): Fixture {
  return { kind: 'program', mode, uid };
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
