// SPDX-License-Identifier: Apache-2.0
// Arithmetic on the counters of a window: how many events there were to judge, how many of them a
// rule matched, and which share of all others the kernel dropped.

import type { Counters, KindCounters } from '@fimbul/probe';
import { type FileOperation, fileOperations } from '@fimbul/schema';

export type Window = {
  readonly seen: number;
  /** Failures that no rule asks for, what is no file, and the agent's own work. */
  readonly ignored: number;
  readonly dropped: number;
  readonly sent: number;
  readonly lost: number;
  readonly matched: number;
};

export const emptyWindow: Window = {
  seen: 0,
  ignored: 0,
  dropped: 0,
  sent: 0,
  lost: 0,
  matched: 0,
};

function sumOf(counters: KindCounters, prefix: string): number {
  return Object.entries(counters)
    .filter(([name]) => name.startsWith(prefix))
    .reduce((sum, [, value]) => sum + value, 0);
}

function toWindow(counters: KindCounters): Window {
  return {
    seen: counters.seen,
    ignored: sumOf(counters, 'ignored_'),
    dropped: counters.approver_dropped + counters.discarder_dropped,
    sent: counters.sent,
    lost: sumOf(counters, 'lost_'),
    matched: 0,
  };
}

function combine(a: Window, b: Window, sign: 1 | -1): Window {
  return {
    seen: a.seen + sign * b.seen,
    ignored: a.ignored + sign * b.ignored,
    dropped: a.dropped + sign * b.dropped,
    sent: a.sent + sign * b.sent,
    lost: a.lost + sign * b.lost,
    matched: a.matched + sign * b.matched,
  };
}

/** Adds up windows: of several operations, or of several workloads. */
export function addWindows(windows: readonly Window[]): Window {
  return windows.reduce((sum, window) => combine(sum, window, 1), emptyWindow);
}

export type OperationWindows = Readonly<Record<FileOperation, Window>>;

/** What happened to each operation between two readings, with the matches that we counted. */
export function openWindows(
  before: Counters,
  after: Counters,
  matched: Readonly<Record<FileOperation, number>>,
): OperationWindows {
  return Object.fromEntries(
    fileOperations.map((operation) => {
      const [first, last] = [before, after].map(({ kinds }) => toWindow(kinds[operation]));
      const window = combine(last ?? emptyWindow, first ?? emptyWindow, -1);
      return [operation, { ...window, matched: matched[operation] }];
    }),
  ) as Record<FileOperation, Window>;
}

/** Of the events that no rule matched, how many percent the kernel dropped; null without any. */
export function getDroppedPercent(window: Window): number | null {
  const unmatched = window.dropped + window.sent + window.lost - window.matched;
  return unmatched === 0 ? null : (100 * window.dropped) / unmatched;
}
