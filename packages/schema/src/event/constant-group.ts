// SPDX-License-Identifier: Apache-2.0
// A group of constants that belong together: the errors, the flags of one call.

export type ConstantGroup = Readonly<Record<string, bigint>>;

/** Names that are numbered one after the other; `_` stands for a number that has none. */
export function numberFrom(first: bigint, lines: readonly string[]): ConstantGroup {
  return Object.fromEntries(
    lines
      .flatMap((line) => line.split(' '))
      .map((name, index): [string, bigint] => [name, first + BigInt(index)])
      .filter(([name]) => name !== '_'),
  );
}
