// SPDX-License-Identifier: Apache-2.0
// Asks the running kernel's type descriptions (BTF) for functions and tracepoints by name. Open it
// once for many questions and close it: it holds some 20 MB.

import type { RawKernelTypes } from './native-addon.ts';
import { ProbeError } from './probe-error.ts';

const kindTypedef = 8;
const kindFunction = 12;

export class KernelTypes {
  readonly #raw: RawKernelTypes;
  #closed = false;

  constructor(raw: RawKernelTypes) {
    this.#raw = raw;
  }

  /** Finds a kernel function, such as a kfunc: `vmlinux`, its module, or null. */
  findFunction(name: string): string | null {
    return this.#find(name, kindFunction);
  }

  /** Finds a tracepoint that `tp_btf` can attach to: `vmlinux`, its module, or null. */
  findTracepoint(name: string): string | null {
    return this.#find(`btf_trace_${name}`, kindTypedef);
  }

  /**
   * Counts the parameters of a kernel function, as its source has them; null when there is none.
   * Kernels differ in that, and a program that reads one too many is refused.
   */
  countParameters(name: string): number | null {
    this.#assertOpen(name);
    return this.#raw.countParameters(name);
  }

  close(): void {
    this.#closed = true;
    this.#raw.close();
  }

  #find(name: string, kind: number): string | null {
    this.#assertOpen(name);
    return this.#raw.find(name, kind);
  }

  #assertOpen(name: string): void {
    if (!this.#closed) return;
    throw new ProbeError({
      code: 'closed',
      what: `look for "${name}" in the kernel's types: they are closed`,
      advice: 'open them again with openKernelTypes()',
    });
  }
}
