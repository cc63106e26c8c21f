// SPDX-License-Identifier: Apache-2.0
// Names that mean another field: those that the language had before, kept so that rules written
// with them load. An alias that is a field itself would hide it, so none is.

import type { FieldSpec } from './field-spec.ts';
import { fieldsByName } from './fields.ts';

/** Events whose file had its name right under the event. */
const eventsWithOneFile = [
  ...['open', 'chmod', 'chown', 'mkdir', 'rmdir', 'unlink', 'utimes', 'setxattr', 'removexattr'],
  ...['exec', 'process', 'process.ancestors'],
];

/** Where the two files of an event had theirs. */
const filesOfTwo = [
  ['rename.old', 'rename.file'],
  ['rename.new', 'rename.file.destination'],
  ['link.source', 'link.file'],
  ['link.target', 'link.file.destination'],
] as const;

/** What is new after the event had its name right under it. */
const changes: Readonly<Record<string, readonly string[]>> = {
  open: ['mode'],
  chmod: ['mode'],
  mkdir: ['mode'],
  chown: ['uid', 'user', 'gid', 'group'],
  setxattr: ['namespace', 'name'],
  removexattr: ['namespace', 'name'],
};

function nameFile(alias: string, file: string): [string, string][] {
  return [
    [`${alias}.filename`, `${file}.path`],
    [`${alias}.basename`, `${file}.name`],
  ];
}

const containerPrefix = 'process.container.';

/** The container of an event is that of its process. */
function listContainerAliases(): [string, string][] {
  return [...fieldsByName.keys()]
    .filter((name) => name.startsWith(containerPrefix))
    .map((name): [string, string] => [name.slice('process.'.length), name])
    .filter(([alias]) => !fieldsByName.has(alias));
}

/** The name of a field by each other name it has. */
export const fieldAliases: ReadonlyMap<string, string> = new Map([
  ['async', 'event.async'],
  ...eventsWithOneFile.flatMap((event) => nameFile(event, `${event}.file`)),
  ...filesOfTwo.flatMap(([alias, file]) => nameFile(alias, file)),
  ...Object.entries(changes).flatMap(([event, names]) =>
    names.map((name): [string, string] => [
      `${event}.${name}`,
      `${event}.file.destination.${name}`,
    ]),
  ),
  ...['exec', 'process', 'process.ancestors'].map((process): [string, string] => [
    `${process}.name`,
    `${process}.comm`,
  ]),
  ...listContainerAliases(),
]);

/** Compilers ask for every name of every rule, so both kinds of name stand in one map. */
const fieldsByAnyName: ReadonlyMap<string, FieldSpec> = new Map([
  ...[...fieldAliases].map(([alias, target]): [string, FieldSpec] => {
    const spec = fieldsByName.get(target);
    if (spec === undefined) throw new Error(`${alias} leads to ${target}, which is no field`);
    return [alias, spec];
  }),
  ...fieldsByName,
]);

/** Finds a field by the name a rule uses, aliases included. */
export function findField(name: string): FieldSpec | undefined {
  return fieldsByAnyName.get(name);
}
