// SPDX-License-Identifier: Apache-2.0
// Keys of a policy file as a table: the name, what its value looks like, what it is for.

import type { KeySpec, KeyTable } from '../../packages/rules/src/policy/policy-keys.ts';
import { code, table } from './markdown.ts';

const forms: Readonly<Record<Exclude<KeySpec['form'], 'choice' | 'choices' | 'integer'>, string>> =
  {
    text: 'text',
    expression: 'expression',
    boolean: 'true or false',
    duration: 'duration',
    texts: 'list of texts',
    'text-map': 'map of texts',
    value: 'a value or a list of values',
    map: 'map',
    list: 'list',
  };

function describeForm(spec: KeySpec): string {
  switch (spec.form) {
    case 'choice':
    case 'choices': {
      const choices = spec.choices
        .filter((choice) => choice !== '')
        .map(code)
        .join(', ');
      return spec.form === 'choice' ? choices : `list of ${choices}`;
    }
    case 'integer':
      return `integer from ${spec.min} to ${spec.max}`;
    default:
      return forms[spec.form];
  }
}

/** Writes the table of some keys; `notes` has what is worth adding to a key. */
export function describeKeys(keys: KeyTable, notes: Readonly<Record<string, string>> = {}): string {
  return table(
    ['key', 'value', 'what it is for'],
    Object.entries(keys).map(([name, spec]) => {
      const note = notes[name];
      return [code(name), describeForm(spec), `${spec.description}${note ? ` ${note}` : ''}`];
    }),
  );
}
