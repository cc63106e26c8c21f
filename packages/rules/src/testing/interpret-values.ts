// SPDX-License-Identifier: Apache-2.0
// The values that the interpreter computes with.

import { type IpNet, toByteString } from '@fimbul/schema';
import ipaddr from 'ipaddr.js';
import type { TextTree } from '../1-parse/tree.ts';

export type EventScalar = string | bigint | boolean | IpNet;
/** Of a list, its values; of an iterator, an entry for each element; of both, lists in a list. */
export type EventValue = EventScalar | readonly (EventScalar | readonly EventScalar[])[];

/** An event as field names with values; integers are bigint, strings byte strings. */
export type PlainEvent = Readonly<Record<string, EventValue>>;

export type Literal = { readonly kind: 'literal'; readonly tree: TextTree };
export type Text = {
  readonly kind: 'string';
  readonly value: string;
  /** Patterns match it component by component. */
  readonly glob: boolean;
  /** It compares without regard to case. */
  readonly domain: boolean;
};
export type Int = {
  readonly kind: 'int';
  readonly value: bigint;
  readonly duration?: true;
  readonly time?: true;
};
export type Net = { readonly kind: 'ip'; readonly value: IpNet };
export type Each = { readonly kind: 'each'; readonly values: readonly Value[] };
export type Value =
  | { readonly kind: 'bool'; readonly value: boolean }
  | Int
  | Text
  | Literal
  | Net
  | Each;

/** Parses an address or a network the long way: bit by bit. */
export function parseNet(text: string): IpNet {
  const [address = '', length] = text.split('/');
  let parsed = ipaddr.parse(address);
  let prefix = length === undefined ? null : Number(length);
  if (parsed instanceof ipaddr.IPv6 && parsed.isIPv4MappedAddress()) {
    const isMapped = prefix === null || prefix >= 96;
    if (isMapped) {
      parsed = parsed.toIPv4Address();
      if (prefix !== null) prefix -= 96;
    }
  }
  const bytes = parsed.toByteArray();
  const bits = bytes.length * 8;
  const whole = bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  const kept = prefix ?? bits;
  const free = BigInt(bits - kept);
  return { family: bits === 32 ? 4 : 6, address: (whole >> free) << free, prefix: kept };
}

/** A value as it stands in a text; literal text becomes bytes. */
export function toText(value: Value | string): string {
  if (typeof value === 'string') return toByteString(value);
  switch (value.kind) {
    case 'each':
      return value.values.map(toText).join(',');
    case 'literal':
      return toByteString(value.tree.text);
    case 'ip':
      return formatNet(value.value);
    case 'bool':
    case 'int':
    case 'string':
      return String(value.value);
  }
}

function formatNet({ family, address, prefix }: IpNet): string {
  const bits = family === 4 ? 32 : 128;
  const bytes = Array.from({ length: bits / 8 }, (_, index) =>
    Number((address >> BigInt(bits - 8 * (index + 1))) & 0xffn),
  );
  const text = ipaddr.fromByteArray(bytes).toString();
  return prefix === bits ? text : `${text}/${prefix}`;
}
