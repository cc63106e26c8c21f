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
import { operatorCatalogue } from '../operator-catalogue.ts';

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

/** The operators between two values by how they are written. */
const operators: ReadonlyMap<string, Suggestion> = new Map(
  operatorCatalogue
    .filter(({ grouping }) => grouping !== 'prefix')
    .flatMap((rank) => rank.operators)
    .flatMap(({ written, operands: detail, meaning: description }) => {
      const labels = written === 'not in' ? [written] : written.split(' ');
      return labels.map((label): [string, Suggestion] => [
        label,
        { label, kind: 'operator', detail, description },
      ]);
    }),
);

function pick(...labels: readonly string[]): readonly Suggestion[] {
  return labels.flatMap((label) => operators.get(label) ?? []);
}

export const logicOperators = pick('&&', '||');
export const comparisonOperators = pick('==', '!=');
export const patternOperators = pick('=~', '!~');
export const membershipOperators = pick('in', 'not in');
export const networkOperators = pick('allin');
export const orderOperators = pick('>', '>=', '<', '<=');
export const integerOperators = pick('&', '|', '^', '+', '-');

export const negation: Suggestion = {
  label: 'not',
  kind: 'word',
  detail: 'negation',
  description:
    'True where the one value after it is false; parentheses make it of a whole condition.',
};

export const truthValues: readonly Suggestion[] = ['true', 'false'].map((label) => ({
  label,
  kind: 'word',
  detail: 'boolean',
  description: '',
}));
