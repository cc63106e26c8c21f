// SPDX-License-Identifier: Apache-2.0
// An entry of one of the kernel filter's maps, as bytes.

export type FilterMap =
  | 'filter_operations'
  | 'filter_names'
  | 'filter_name_blooms'
  | 'filter_value_tables'
  | 'filter_value_masks'
  | 'filter_path_states'
  | 'filter_path_edges'
  | 'filter_path_affixes'
  | 'filter_path_classes'
  | 'filter_programs'
  | 'filter_processes_told';

export type MapEntry = {
  readonly map: FilterMap;
  readonly key: Uint8Array;
  readonly value: Uint8Array;
};

/** Entries of these maps are there or not; those of the others always are. */
export const hashMaps: ReadonlySet<FilterMap> = new Set([
  'filter_names',
  'filter_path_edges',
  'filter_path_affixes',
]);

export function encodeU32(value: number): Uint8Array {
  return new Uint8Array(Uint32Array.of(value).buffer);
}

export function encodeU64(value: bigint): Uint8Array {
  return new Uint8Array(BigUint64Array.of(value).buffer);
}

/** The bytes of a name. One that the kernel's tables cannot hold is a bug of the compiler. */
export function encodeName(name: string, bytesMax: number): Uint8Array {
  // A name with a NUL is no file's name, and would be cut to another.
  if (name.length > bytesMax || name.includes('\0')) {
    throw new RangeError(`name of ${name.length} bytes does not fit the kernel's table`);
  }
  return Buffer.from(name, 'latin1');
}
