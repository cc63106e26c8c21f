// SPDX-License-Identifier: Apache-2.0
// The state of checking one expression: what it may name, what it was found to read, and what is
// wrong with it. Problems are collected, so that one pass finds all of them.

import type { EventType, FieldSpec } from '@fimbul/schema';
import type { Tree } from '../1-parse/tree.ts';
import type { DiagnosticCode } from '../diagnostic-catalogue.ts';
import { createDiagnostic, type Diagnostic, type DiagnosticWords } from '../diagnostics.ts';
import { locateSpan, type Span } from '../source-text.ts';
import type { FieldModel } from './field-model.ts';
import type { Register } from './registers.ts';
import type { VariableSpec } from './variables.ts';

/** A macro as the checker sees it; a broken one has an error that was reported at its place. */
export type Macro = {
  readonly id: string;
  readonly tree: Tree | null;
};

/** What all expressions of a compilation may name. */
export type CheckContext = {
  readonly macros: ReadonlyMap<string, Macro>;
  /** By full name: `seen`, `process.seen`. */
  readonly variables: ReadonlyMap<string, VariableSpec>;
  /** The event types that this agent produces. */
  readonly events: ReadonlySet<EventType>;
};

/** A field that an expression reads, under the name it is written with. */
export type FieldUse = { readonly field: FieldSpec; readonly span: Span };

export type Scope = {
  readonly context: CheckContext;
  readonly model: FieldModel;
  /** What `fim.write.file` stands for, such as `open.file`; null where it may not stand. */
  readonly changedFile: string | null;
  /** What the expression belongs to, for messages: `a macro`. */
  readonly owner: string;
  readonly problems: Diagnostic[];
  hasErrors: boolean;
  /** Of the problems, unknown names that are none where the event type is known in part. */
  readonly foreignNames: Set<Diagnostic>;
  /** Event types that the expression names, each with its first place. */
  readonly events: Map<EventType, Span>;
  /** By the name that is written. */
  readonly fieldsRead: Map<string, FieldUse>;
  /** The first mention of `fim.write.file`. */
  writtenFile: Span | null;
  /** By name. */
  readonly registers: Map<string, Register>;
  /** Macros being put in, outermost first. */
  readonly expanding: string[];
  partsLeft: number;
  /** Levels of the tree above the node being checked, through macros too. */
  depth: number;
  bindings: number;
  suggestionsLeft: number;
};

/** With their macros, deeper expressions are refused, so that no phase can exhaust the stack. */
export const depthMax = 300;

/** More parts than any rule needs; doubling macros reach it after a dozen steps. */
export const partsMax = 50_000;

/** More problems of one expression than anybody reads. */
const problemsMax = 100;

/** Looking for near names is dear: after so many unknown names there is no more suggestion. */
const suggestionsMax = 20;

export type ScopeOptions = Pick<Scope, 'context' | 'model' | 'changedFile' | 'owner'>;

export function createScope(options: ScopeOptions): Scope {
  return {
    ...options,
    problems: [],
    hasErrors: false,
    foreignNames: new Set(),
    events: new Map(),
    fieldsRead: new Map(),
    writtenFile: null,
    registers: new Map(),
    expanding: [],
    partsLeft: partsMax,
    depth: 0,
    bindings: 0,
    suggestionsLeft: suggestionsMax,
  };
}

export function report<Code extends DiagnosticCode>(
  scope: Scope,
  code: Code,
  words: DiagnosticWords<Code>,
  span: Span,
): void {
  repeatProblems(scope, [createDiagnostic(code, words, locateSpan(span))]);
}

/** Reports what was found before about something that is used again. */
export function repeatProblems(scope: Scope, problems: readonly Diagnostic[]): void {
  for (const problem of problems) {
    const isError = problem.severity === 'error';
    scope.hasErrors ||= isError;
    // Warnings leave room for the errors after them.
    const limit = isError ? 2 * problemsMax : problemsMax;
    if (scope.problems.length < limit) scope.problems.push(problem);
  }
}

/** Takes back problems that turned out to be none. */
export function withdrawProblems(scope: Scope, withdrawn: ReadonlySet<Diagnostic>): void {
  if (withdrawn.size === 0) return;
  const rest = scope.problems.filter((problem) => !withdrawn.has(problem));
  scope.problems.splice(0, Number.POSITIVE_INFINITY, ...rest);
  scope.hasErrors = rest.some(({ severity }) => severity === 'error');
}

/** Counts parts of an expression; false, and reported once, when there are too many. */
export function spendParts(scope: Scope, count: number, span: Span): boolean {
  const had = scope.partsLeft >= 0;
  scope.partsLeft -= count;
  if (scope.partsLeft >= 0) return true;
  if (had) report(scope, 'FR1006', { limit: String(partsMax) }, span);
  return false;
}
