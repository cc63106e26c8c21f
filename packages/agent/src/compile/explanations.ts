// SPDX-License-Identifier: Apache-2.0
// What compiling tells about rules, for people who write them. An agent that judges asks for none
// of it, and it is more than all else.

import type { CompiledPolicies } from '@fimbul/rules/run';

/** Leaves only what judging needs. */
export function leaveOutExplanations(policies: CompiledPolicies): CompiledPolicies {
  const explanation = { lanes: [], predicates: [] };
  return {
    ...policies,
    diagnostics: [],
    rules: policies.rules.map((rule) => ({ ...rule, explanation })),
  };
}
