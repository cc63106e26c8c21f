// SPDX-License-Identifier: Apache-2.0
// What compiling policies for rules that already judge comes to. Nothing half-good is taken: the
// rules that judge now are better than those that an error left of the new ones.

import { Failure } from '@fimbul/config/run';
import type { PolicyRow } from '@fimbul/schema';
import { type LoadedPolicies, type ReadPolicies, readPolicies } from '../load-policies.ts';
import { leaveOutExplanations } from './explanations.ts';

export type CompileReply =
  | ({ readonly kind: 'compiled' } & LoadedPolicies)
  | {
      readonly kind: 'refused';
      readonly what: string;
      readonly advice: string;
      readonly report: string;
    };

function countErrors(files: readonly PolicyRow[]): number {
  return files.reduce((sum, { errors }) => sum + errors, 0);
}

/** Reads and compiles the policies of this host. */
export function compileForReload(
  paths: readonly string[],
  read: ReadPolicies = readPolicies,
): CompileReply {
  try {
    const { policies, report, files } = read(paths, { color: false, isForThisHost: true });
    const errors = countErrors(files);
    if (errors === 0) {
      return { kind: 'compiled', policies: leaveOutExplanations(policies), report, files };
    }
    const count = errors === 1 ? '1 error' : `${errors} errors`;
    return {
      kind: 'refused',
      what: `reload policies: ${count}; nothing has changed`,
      advice: 'correct the policy and reload again; "fimbul rules check" shows all problems',
      report,
    };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const what = `reload policies: ${error.message}; nothing has changed`;
    return { kind: 'refused', what, advice: error.advice, report: '' };
  }
}
