// SPDX-License-Identifier: Apache-2.0
// The contract of an alert's JSON: the path of every value is the name of a declared field, and
// the value has the form that the field's declaration says.

import { type FieldSpec, fieldsByName, isVariablePath } from '@fimbul/schema';
import type { Alert, Json } from './alert.ts';

const timeForm = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/;
const decimalForm = /^-?(?:0|[1-9]\d*)$/;

function isString(value: Json): value is string {
  return typeof value === 'string';
}

function hasForm(spec: FieldSpec, value: Json): boolean {
  switch (spec.type) {
    case 'string':
    case 'ip':
      return isString(value);
    case 'bool':
      return typeof value === 'boolean';
    case 'int':
      switch (spec.style) {
        case 'number':
          return Number.isSafeInteger(value);
        case 'decimal':
          return isString(value) && decimalForm.test(value);
        case 'time':
          return isString(value) && timeForm.test(value);
        case 'names':
          return Array.isArray(value) && value.every(isString);
      }
  }
}

/** In an ancestor every value is one element of the field, but for those that are lists anyway. */
function isWholeList(spec: FieldSpec): boolean {
  return spec.list && (!spec.name.startsWith('process.ancestors.') || spec.name.endsWith('.argv'));
}

/** Lists of objects whose members are fields. */
const objectLists: readonly string[] = ['process.ancestors', 'rule.actions'];

/** A variable has the type that its policy gives it; its integers are decimal text. */
function isVariableValue(value: Json): boolean {
  const values = Array.isArray(value) ? value : [value];
  return values.every((element) => isString(element) || typeof element === 'boolean');
}

function checkLeaf(name: string, value: Json): string[] {
  if (isVariablePath(name)) {
    return isVariableValue(value) ? [] : [`${name} is no variable: ${JSON.stringify(value)}`];
  }
  const spec = fieldsByName.get(name);
  if (spec === undefined) return [`${name} is no field`];
  const values = isWholeList(spec) ? value : [value];
  if (!Array.isArray(values)) return [`${name} is no list: ${JSON.stringify(value)}`];
  return values
    .filter((element) => !hasForm(spec, element))
    .map((element) => `${name} is no ${spec.type} (${spec.style}): ${JSON.stringify(element)}`);
}

function check(prefix: string, alert: Alert): string[] {
  return Object.entries(alert).flatMap(([key, value]) => {
    const name = prefix === '' ? key : `${prefix}.${key}`;
    if (objectLists.includes(name) && Array.isArray(value)) {
      return value.flatMap((element) => check(name, element as Alert));
    }
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? check(name, value as Alert) : checkLeaf(name, value);
  });
}

/** Returns what is wrong with the shape of an alert. */
export function findShapeFaults(alert: Alert): readonly string[] {
  return check('', alert);
}
