// SPDX-License-Identifier: Apache-2.0
// What the programs on one host share: configuration, policy files, places, expected failures.

export { escapeControls } from '@fimbul/schema';
export {
  type ActionConfig,
  type BackendChoice,
  backendChoices,
  type Config,
  loadConfig,
  parseConfig,
} from './config-file.ts';
export { Failure, formatBug, formatFailure } from './failure.ts';
export {
  explainFileError,
  type FileText,
  readFileText,
  readStandardInput,
  requireText,
  type Unreadable,
} from './file-text.ts';
export { readHostFacts } from './host-facts.ts';
export { builtInPolicyDirectory, getDefaultPolicyPaths, rootDirectory } from './paths.ts';
export { makeEnvironmentPlain } from './plain-environment.ts';
export { collectPolicyFiles, type PolicyFile, readPolicyFiles } from './policy-files.ts';
export { requirePrivilege } from './privilege.ts';
export { version } from './version.ts';
