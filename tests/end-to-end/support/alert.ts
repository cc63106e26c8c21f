// SPDX-License-Identifier: Apache-2.0
// Lines of an agent's JSON as tests read them: values by the names of their fields.

export type Json = string | number | boolean | null | readonly Json[] | Alert;

/** One line of an agent's JSON: an alert, or a loss. */
export type Alert = { readonly [key: string]: Json };

/** Finds a value by the name of its field; undefined when the alert does not have it. */
export function find(alert: Json | undefined, field: string): Json | undefined {
  let value = alert;
  for (const key of field.split('.')) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    value = (value as Alert)[key];
  }
  return value;
}

/** Gets the values of some fields, in the form that `deepEqual` compares well. */
export function pick(
  alert: Json | undefined,
  fields: readonly string[],
): Record<string, Json | undefined> {
  return Object.fromEntries(fields.map((field) => [field, find(alert, field)]));
}

/** Gets the ancestors of the process of an alert, nearest first. */
export function listAncestors(alert: Alert): readonly Alert[] {
  const ancestors = find(alert, 'process.ancestors');
  if (!Array.isArray(ancestors)) throw new Error('the alert has no list of ancestors');
  return ancestors as readonly Alert[];
}

/** Matches an alert of a rule, about a path. */
export function isAlert(alert: Alert, rule: string, path?: string): boolean {
  if (find(alert, 'rule.id') !== rule) return false;
  return path === undefined || find(alert, `${find(alert, 'event.type')}.file.path`) === path;
}
