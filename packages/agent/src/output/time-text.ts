// SPDX-License-Identifier: Apache-2.0
// Times as RFC 3339 text with nanoseconds.

const nsPerSecond = 1_000_000_000n;

/** Formats nanoseconds since 1970, in UTC: `2026-01-31T12:00:00.123456789Z`. */
export function formatTime(ns: bigint): string {
  const fraction = ((ns % nsPerSecond) + nsPerSecond) % nsPerSecond;
  const seconds = (ns - fraction) / nsPerSecond;
  const milliseconds = Number(seconds) * 1000;
  // Dates beyond what JavaScript holds come from hostile or broken filesystems.
  if (Math.abs(milliseconds) > 8.64e15) return `@${ns}ns`;
  const text = new Date(milliseconds).toISOString();
  return `${text.slice(0, -5)}.${fraction.toString().padStart(9, '0')}Z`;
}
