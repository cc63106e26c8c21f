// SPDX-License-Identifier: Apache-2.0
// The bytes of a global variable's first value. Integers are little-endian two's complement of the
// variable's own size; a value that does not fit is a bug of the caller and throws.

import type { BpfVariableDescription } from './native-addon.ts';
import { ProbeError } from './probe-error.ts';

export type VariableValue = number | bigint | boolean | Uint8Array;

/** Encodes a value for a variable; arrays and structs are given as exactly their bytes. */
export function encodeVariable(variable: BpfVariableDescription, value: VariableValue): Uint8Array {
  if (value instanceof Uint8Array) {
    if (value.length !== variable.size) throw misfit(variable, `${value.length} bytes`);
    return value;
  }
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    throw misfit(variable, `the number ${value}`);
  }
  const integer = BigInt(value);
  const bits = BigInt(8 * variable.size);
  const fits = integer >= -(1n << (bits - 1n)) && integer < 1n << bits;
  if (variable.size > 8 || !fits) throw misfit(variable, `the integer ${integer}`);
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, integer), true);
  return bytes.subarray(0, variable.size);
}

function misfit(variable: BpfVariableDescription, value: string): ProbeError {
  return new ProbeError({
    code: 'wrong_argument',
    what: `set variable "${variable.name}" of ${variable.size} bytes to ${value}`,
    advice: 'pass an integer that fits, or exactly its bytes',
  });
}
