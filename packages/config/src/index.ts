// SPDX-License-Identifier: Apache-2.0
// What the programs on one host share: configuration, policy files, places, expected failures.

export { backendChoices, loadConfig, parseConfig } from './config-file.ts';
export {
  type FileText,
  readFileText,
  readStandardInput,
  requireText,
  type Unreadable,
} from './file-text.ts';
export { readHostFacts } from './host-facts.ts';
export { builtInPolicyDirectory, getDefaultPolicyPaths } from './paths.ts';
export { collectPolicyFiles, type PolicyFile, readPolicyFiles } from './policy-files.ts';
export * from './run.ts';
