// SPDX-License-Identifier: Apache-2.0
// The funnel as people read it: from the kernel's many counters to the few ways in which an event
// ends. Their sum is what was seen, as that of the counters is.

import type { FunnelRow } from '@fimbul/schema';

export type Funnel = {
  readonly seen: number;
  readonly approvers: number;
  readonly discarders: number;
  readonly ignored: number;
  readonly sent: number;
  readonly lost: number;
  /** Null for kinds that no rule is about. */
  readonly matched: number | null;
};

export function sumFunnel({ kernel, matched }: FunnelRow): Funnel {
  const { seen, approver_dropped, discarder_dropped, sent, ...others } = kernel;
  const sum = (start: string): number =>
    Object.entries(others)
      .filter(([name]) => name.startsWith(start))
      .reduce((total, [, value]) => total + value, 0);
  return {
    seen,
    approvers: approver_dropped,
    discarders: discarder_dropped,
    ignored: sum('ignored_'),
    sent,
    lost: sum('lost_'),
    matched,
  };
}

/** Adds up, or takes the difference of, two funnels. */
function combine(left: Funnel, right: Funnel, sign: 1 | -1): Funnel {
  const of = (name: keyof Funnel): number => (left[name] ?? 0) + sign * (right[name] ?? 0);
  return {
    seen: of('seen'),
    approvers: of('approvers'),
    discarders: of('discarders'),
    ignored: of('ignored'),
    sent: of('sent'),
    lost: of('lost'),
    matched: left.matched === null && right.matched === null ? null : of('matched'),
  };
}

export function addFunnels(funnels: readonly Funnel[]): Funnel {
  const none = { seen: 0, approvers: 0, discarders: 0, ignored: 0, sent: 0, lost: 0 };
  return funnels.reduce((sum, funnel) => combine(sum, funnel, 1), { ...none, matched: null });
}

export function subtractFunnel(newer: Funnel, older: Funnel): Funnel {
  return combine(newer, older, -1);
}
