// SPDX-License-Identifier: Apache-2.0
// Where things are: the installed places, or the checkout that this file is in.

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const installedConfigPath = '/etc/fimbul/fimbul.yaml';
export const installedPolicyDirectory = '/etc/fimbul/policies.d';

/** The root of the checkout, or of the installed tree. */
export const rootDirectory = fileURLToPath(new URL('../../..', import.meta.url));

/** The policies that come with this version. */
export const builtInPolicyDirectory = fileURLToPath(new URL('../../../policies', import.meta.url));

/** Gets the configuration file that applies when none is named, or null when there is none. */
export function findDefaultConfigPath(installed = installedConfigPath): string | null {
  return existsSync(installed) ? installed : null;
}

/** Gets the policies that apply when none are named. */
export function getDefaultPolicyPaths(installed = installedPolicyDirectory): string[] {
  return [existsSync(installed) ? installed : builtInPolicyDirectory];
}
