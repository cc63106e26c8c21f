// SPDX-License-Identifier: Apache-2.0
// All that may be written in an expression, with what an editor shows beside it. Fields and
// constants come from the schema; macros and variables from whoever knows the policy.

import {
  type ConstantGroupName,
  constantDescriptions,
  constantGroups,
  type FieldSpec,
  fields,
  fieldsByName,
  hostFields,
} from '@fimbul/schema';
import { writtenFiles } from '../2-check/written-file.ts';

export type SuggestionKind = 'field' | 'constant' | 'macro' | 'variable' | 'operator' | 'word';

export type Suggestion = {
  /** What is written. */
  readonly label: string;
  readonly kind: SuggestionKind;
  /** A few words beside the label. */
  readonly detail: string;
  /** A sentence or two, for whoever asks for more. */
  readonly description: string;
};

export type FieldSuggestion = Suggestion & { readonly kind: 'field'; readonly field: FieldSpec };

export function describeType({ type, list, iterator, style }: FieldSpec): string {
  const names = { string: 'string', int: 'integer', bool: 'boolean', ip: 'network address' };
  const name = style === 'time' ? 'time' : names[type];
  if (list) return `list of ${name === 'network address' ? 'network addresses' : `${name}s`}`;
  return iterator === null ? name : `${name} of each of ${iterator}`;
}

function suggestField(field: FieldSpec, label = field.name): FieldSuggestion {
  const missing = field.filled ? '' : ' This agent does not fill it yet.';
  const description = field.description + missing;
  return { label, kind: 'field', detail: describeType(field), description, field };
}

const writtenFilePrefix = 'fim.write.file.';

/** The fields of a file that every event that changes files has. */
function listWrittenFileFields(): readonly FieldSuggestion[] {
  const [first, ...others] = writtenFiles.map(({ changedFile }) => `${changedFile}.`);
  if (first === undefined) return [];
  return fields.flatMap((field) => {
    if (!field.inRules || !field.name.startsWith(first)) return [];
    const rest = field.name.slice(first.length);
    if (!others.every((prefix) => fieldsByName.has(prefix + rest))) return [];
    const label = writtenFilePrefix + rest;
    // The field belongs to whatever event changes the file, not to the first of them.
    return [suggestField({ ...field, name: label, event: '*' }, label)];
  });
}

export const eventFieldSuggestions: readonly FieldSuggestion[] = [
  ...fields.filter(({ inRules }) => inRules).map((field) => suggestField(field)),
  ...listWrittenFileFields(),
];

export const hostFieldSuggestions: readonly FieldSuggestion[] = hostFields.map((field) =>
  suggestField(field),
);

/** What derives from the value of a field. */
export function suggestDerived(field: FieldSpec): readonly Suggestion[] {
  const lengthOf = field.list ? 'Number of elements' : 'Number of bytes';
  const length: Suggestion = {
    label: `${field.name}.length`,
    kind: 'field',
    detail: 'integer',
    description: `${lengthOf} of ${field.name}.`,
  };
  const domain: Suggestion = {
    label: `${field.name}.root_domain`,
    kind: 'field',
    detail: 'string',
    description: `The part of ${field.name} that can be registered, such as example.com.`,
  };
  return [
    ...(field.list || field.type === 'string' ? [length] : []),
    ...(field.isDomain ? [domain] : []),
  ];
}

const constantsByGroup: ReadonlyMap<ConstantGroupName, readonly Suggestion[]> = new Map(
  (Object.keys(constantGroups) as ConstantGroupName[]).map((name) => [
    name,
    Object.entries<bigint>(constantGroups[name]).map(([label, value]) => ({
      label,
      kind: 'constant',
      detail: formatConstant(name, value),
      description: constantDescriptions[name],
    })),
  ]),
);

/** Rights are read in octal, other numbers in decimal. */
function formatConstant(group: ConstantGroupName, value: bigint): string {
  return group === 'fileModes' ? `0${value.toString(8)}` : String(value);
}

/** The constants of a group, or of all: a name in two groups is one constant. */
export function listConstants(group: ConstantGroupName | null): readonly Suggestion[] {
  if (group !== null) return constantsByGroup.get(group) ?? [];
  const all = [...constantsByGroup.values()].flat();
  return [...new Map(all.map((suggestion) => [suggestion.label, suggestion])).values()];
}

function operator(label: string, detail: string, description: string): Suggestion {
  return { label, kind: 'operator', detail, description };
}

export const logicOperators: readonly Suggestion[] = [
  operator('&&', 'and', 'Both sides hold. It has the rank of ||: use parentheses.'),
  operator('||', 'or', 'One side holds. It has the rank of &&: use parentheses.'),
];

export const comparisonOperators: readonly Suggestion[] = [
  operator('==', 'equal', 'The values are equal; of several values, any is.'),
  operator('!=', 'not equal', 'The values differ; of several values, none is equal.'),
];

export const membershipOperators: readonly Suggestion[] = [
  operator('in', 'one of', 'The value is in the list; of several values, any is.'),
  operator('not in', 'none of', 'The value is not in the list; of several values, none is.'),
];

export const patternOperators: readonly Suggestion[] = [
  operator('=~', 'matches', 'The text matches the pattern: * stands for any characters.'),
  operator('!~', 'does not match', 'The text does not match the pattern.'),
];

export const orderOperators: readonly Suggestion[] = [
  operator('>', 'greater', 'The left side is greater; of a time and a duration: older.'),
  operator('>=', 'greater or equal', 'The left side is greater or equal.'),
  operator('<', 'less', 'The left side is less; of a time and a duration: younger.'),
  operator('<=', 'less or equal', 'The left side is less or equal.'),
];

export const integerOperators: readonly Suggestion[] = [
  operator('&', 'bits of both', 'The bits that both sides have. Binds tighter than comparisons.'),
  operator('|', 'bits of either', 'The bits that one of the sides has.'),
  operator('^', 'bits of one', 'The bits that exactly one of the sides has.'),
  operator('+', 'sum', 'The sum, in 64 bits.'),
  operator('-', 'difference', 'The difference, in 64 bits.'),
];

export const networkOperators: readonly Suggestion[] = [
  operator('allin', 'all in', 'All addresses are inside of one of the networks.'),
];

export const negation: Suggestion = {
  label: 'not',
  kind: 'word',
  detail: 'negation',
  description: 'Negates what follows, up to the next && or ||.',
};

export const truthValues: readonly Suggestion[] = ['true', 'false'].map((label) => ({
  label,
  kind: 'word',
  detail: 'boolean',
  description: '',
}));
