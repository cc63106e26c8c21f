// SPDX-License-Identifier: Apache-2.0
// Where variables of rules stand in an alert. Their names are the policy's, so they are no declared
// fields; what they belong to is.

/** What comes before the name of a variable, by what the variable belongs to. */
export const variablePrefixes = {
  global: 'variables.',
  process: 'process.variables.',
  container: 'container.variables.',
  cgroup: 'cgroup.variables.',
} as const;

const variablePath = /^(?:(?:process|container|cgroup)\.)?variables\.[A-Za-z0-9_]+$/;

/** True for the path of a variable in an alert. */
export function isVariablePath(path: string): boolean {
  return variablePath.test(path);
}
