// SPDX-License-Identifier: Apache-2.0
// What an agent starts with: its options and compiled policies, or why it cannot start. Made on
// another thread, it is plain data.

import { type ExitCode, Failure } from '@fimbul/config';
import { type LoadedPolicies, loadPolicies } from '../load-policies.ts';
import { type AgentOptions, readOptions } from '../options.ts';
import { leaveOutExplanations } from './explanations.ts';

export type StartTask = {
  readonly argv: readonly string[];
  /** Where relative paths start; null where that is gone. */
  readonly directory: string | null;
  /** Whether diagnostics go to a terminal. */
  readonly isErrorTerminal: boolean;
};

export type StartReply =
  | {
      readonly kind: 'prepared';
      readonly options: AgentOptions;
      readonly loaded: LoadedPolicies;
    }
  | {
      readonly kind: 'failed';
      /** Diagnostics to be shown before the rest, empty when there are none. */
      readonly report: string;
      readonly what: string;
      readonly advice: string;
      readonly exitCode: ExitCode;
    };

/** Reads the command line, the configuration and the policies of this host. */
export function prepareStart({ argv, directory, isErrorTerminal }: StartTask): StartReply {
  let told = '';
  const tell = (report: string): void => {
    told += report;
  };
  try {
    const options = readOptions(argv, directory);
    // The option speaks of standard output; diagnostics may go elsewhere, into a log.
    const color = options.color && isErrorTerminal;
    const loaded = loadPolicies(options.policies, { color, isForThisHost: true }, tell);
    const policies = leaveOutExplanations(loaded.policies);
    return { kind: 'prepared', options, loaded: { ...loaded, policies } };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { message, advice, exitCode } = error;
    return { kind: 'failed', report: told, what: message, advice, exitCode };
  }
}
