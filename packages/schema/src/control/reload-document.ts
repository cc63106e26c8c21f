// SPDX-License-Identifier: Apache-2.0
// What became of a reload, told at the control socket: `POST /v1/reload`, once the rules judge or
// it is certain that they will not.

import type { PolicyRow, statusFormat } from './status-document.ts';

export type ReloadDocument = {
  readonly format: typeof statusFormat;
  /** Diagnostics as text, empty when there are none. */
  readonly report: string;
  /** What the rules' filter marks records with that judge now. */
  readonly generation: number;
} & (
  | {
      readonly outcome: 'reloaded';
      readonly policies: readonly PolicyRow[];
      /** How many rules judge, and how many others there are, in words. */
      readonly rules: string;
      /** What is not as good as it could be. */
      readonly degradations: readonly string[];
      /** Reading and compiling, beside judging. */
      readonly compile_seconds: number;
      /** The longest time in which no event was judged; events waited in the ring. */
      readonly pause_seconds: number;
    }
  | {
      readonly outcome: 'refused';
      readonly what: string;
      readonly advice: string;
    }
);
