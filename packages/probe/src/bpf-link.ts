// SPDX-License-Identifier: Apache-2.0
// One attached program. It is detached by `detach()`, by closing its object, and by the kernel when
// this process ends, however that comes.

import type { RawLink } from './native-addon.ts';

export type LinkFacts = {
  readonly program: string;
  /** The function that `attach` was given; null when the program's section said where. */
  readonly target: string | null;
};

export class BpfLink {
  readonly program: string;
  readonly target: string | null;
  /**
   * Of a program at the return of a function: how many calls may be under way at once before the
   * kernel skips returns. Null when it is not known, which means few: about two for each CPU.
   */
  readonly callsMax: number | null;
  readonly #raw: RawLink;
  readonly #onDetach: (link: BpfLink) => void;

  constructor(raw: RawLink, facts: LinkFacts, onDetach: (link: BpfLink) => void) {
    this.#raw = raw;
    this.program = facts.program;
    this.target = facts.target;
    this.callsMax = raw.callsMax();
    this.#onDetach = onDetach;
  }

  /**
   * Counts the runs that the kernel skipped because too many calls were under way; null when it
   * does not tell for this kind, and once detached.
   */
  missedRuns(): bigint | null {
    return this.#raw.missed();
  }

  /** Detaches the program; repeating it changes nothing. */
  detach(): void {
    this.#raw.detach();
    this.#onDetach(this);
  }
}
