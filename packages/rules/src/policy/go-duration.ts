// SPDX-License-Identifier: Apache-2.0
// Durations as policies write them: `5s`, `1m30s`, `1.5h`, or an integer number of nanoseconds.

const units: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

const int64Max = (1n << 63n) - 1n;

/** What `parseGoDuration` accepts, but for what is too long; and nothing, which is no duration. */
export const durationPattern =
  /^(?:\+?\d{1,19}|(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+|)$/;

/** Parses a duration to nanoseconds; null when it is none, negative or longer than 292 years. */
export function parseGoDuration(text: string): bigint | null {
  if (/^\+?\d{1,19}$/.test(text)) {
    const integer = BigInt(text.replace('+', ''));
    return integer > int64Max ? null : integer;
  }
  const parts = [...text.matchAll(/(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/gy)];
  const length = parts.reduce((sum, part) => sum + part[0].length, 0);
  if (text.length > 100 || parts.length === 0 || length !== text.length) return null;
  let total = 0n;
  for (const [, whole = '', fraction = '', unit = ''] of parts) {
    const size = units[unit];
    if (size === undefined || whole + fraction === '') return null;
    total += BigInt(whole || '0') * size;
    total += (BigInt(fraction || '0') * size) / 10n ** BigInt(fraction.length);
  }
  return total > int64Max ? null : total;
}
