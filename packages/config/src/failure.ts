// SPDX-License-Identifier: Apache-2.0
// An expected failure that a person has to mend: what happened, with what, and what to do. Printed
// as one message without a stack trace. Anything else that is thrown is a bug.

import { escapeControls } from '@fimbul/schema';

/** 1: it did not work; 2: it was called in a wrong way; 3: it worked for a part of its input. */
export type ExitCode = 1 | 2 | 3;

export class Failure extends Error {
  override readonly name = 'Failure';
  readonly advice: string;
  readonly exitCode: ExitCode;

  constructor(what: string, advice: string, exitCode: ExitCode = 1) {
    super(what);
    this.advice = advice;
    this.exitCode = exitCode;
  }
}

/** Formats a failure for stderr: one line for what happened and one for what to do. */
export function formatFailure(failure: Failure): string {
  const { message, advice } = failure;
  return `fimbul: ${escapeControls(message)}\n  → ${escapeControls(advice)}\n`;
}

/** Formats what should not have happened; the trace is for those who ask for it. */
export function formatBug(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const trace = process.env.FIMBUL_TRACE && error instanceof Error ? `${error.stack}\n` : '';
  const advice = 'this is a fault of fimbul; run again with FIMBUL_TRACE=1 and report what it says';
  return `fimbul: unexpected error: ${escapeControls(message)}\n  → ${advice}\n${trace}`;
}
