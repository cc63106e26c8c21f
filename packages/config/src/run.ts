// SPDX-License-Identifier: Apache-2.0
// What a program needs while it runs, once its configuration and policies are read: failures in
// words, privilege, places. Nothing that reads YAML or checks it against a schema.

export { escapeControls } from '@fimbul/schema';
export type { ActionConfig, BackendChoice, Config, ControlConfig } from './config-file.ts';
export { type ExitCode, Failure, formatBug, formatFailure } from './failure.ts';
export { explainFileError } from './file-text.ts';
export { rootDirectory } from './paths.ts';
export { makeEnvironmentPlain } from './plain-environment.ts';
export { requirePrivilege } from './privilege.ts';
export {
  openSocketDirectory,
  type SocketDirectory,
  withSocketDirectory,
} from './socket-directory.ts';
export { version } from './version.ts';
