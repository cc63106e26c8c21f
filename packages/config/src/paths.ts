// SPDX-License-Identifier: Apache-2.0
// Where things are: the installed places, or the checkout that this file is in.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const installedConfigPath = '/etc/fimbul/fimbul.yaml';
export const installedPolicyDirectory = '/etc/fimbul/policies.d';
export const installedSocketPath = '/run/fimbul/fimbul.sock';

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

/** Gets where the agent answers when nothing else is configured; a checkout keeps to itself. */
export function getDefaultSocketPath(root = rootDirectory): string {
  const isCheckout = existsSync(join(root, 'tools', 'setup.sh'));
  return isCheckout ? join(root, '.fimbul', 'run', 'fimbul.sock') : installedSocketPath;
}
