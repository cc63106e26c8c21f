// SPDX-License-Identifier: Apache-2.0
// What emitted code does with values at run time and JavaScript has no operator for: values as
// text, letters in lower case, domains, lists of lists. Emitted code refers to these as constants.

import { toByteString } from '@fimbul/schema';
import { getDomain } from 'tldts';
import { formatIpNet } from '../1-parse/network.ts';
import { isList, type RuntimeValue } from '../2-check/typed.ts';

/** Writes a value into a text: integers in decimal, lists with commas. */
export function toText(value: RuntimeValue): string {
  if (isList(value)) return value.map(toText).join(',');
  switch (typeof value) {
    case 'string':
      return value;
    case 'object':
      return formatIpNet(value);
    default:
      return String(value);
  }
}

/** Puts ASCII letters into lower case; other bytes stay: they are no letters by themselves. */
export function toLowerAscii(value: string): string {
  return value.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** Returns the registrable domain of a domain name in lower case, empty where it has none. */
export function getRootDomain(name: string): string {
  const lower = toLowerAscii(name);
  const domain = getDomain(lower, { allowPrivateDomains: true, extractHostname: false });
  return toByteString(domain ?? '');
}

/** Joins the lists that a list field has for the elements of an iterator. */
export function flattenLists<Item>(lists: readonly (readonly Item[])[]): Item[] {
  const items: Item[] = [];
  for (const list of lists) {
    for (const item of list) items.push(item);
  }
  return items;
}

/** Counts what is in the lists that a list field has for the elements of an iterator. */
export function countItems(lists: readonly (readonly unknown[])[]): number {
  let count = 0;
  for (const list of lists) count += list.length;
  return count;
}

/** Integers of lists as variables keep them. */
export function toBigints(values: readonly (number | bigint)[]): readonly bigint[] {
  return values.map(BigInt);
}
