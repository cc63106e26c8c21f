// SPDX-License-Identifier: Apache-2.0
// Decides which definitions exist on a host: those whose filters accept it, for a version of the
// language that includes this one.

import type { HostFacts } from '@fimbul/schema';
import { parseExpression } from '../1-parse/parser.ts';
import { checkHostFilter } from '../2-check/check-action.ts';
import { emitCondition } from '../4-emit/emit-condition.ts';
import type { Diagnostic } from '../diagnostics.ts';
import type { ExpressionText } from '../source-text.ts';
import type { Applicability } from './drafts.ts';
import { hostAccessors, hostModel } from './host-model.ts';

export type HostDecision = {
  /** `broken`: a filter has an error; `elsewhere`: not for this host or version. */
  readonly kind: 'here' | 'elsewhere' | 'broken';
  readonly problems: readonly Diagnostic[];
};

type Verdict = { readonly accepts: boolean | null; readonly problems: readonly Diagnostic[] };

const here: HostDecision = { kind: 'here', problems: [] };

/** True when two definitions are for different hosts, so that one id can be both. */
export function areForDifferentHosts(left: Applicability, right: Applicability): boolean {
  const show = ({ filters }: Applicability) => JSON.stringify(filters.map(({ text }) => text));
  return show(left) !== show(right);
}

/** Without a host every filter accepts. */
export function createHostFilter(host: HostFacts | null): (item: Applicability) => HostDecision {
  // Most definitions of a policy share a handful of filters.
  const accepted = new Map<string, boolean>();
  const evaluate = (source: ExpressionText): Verdict => {
    const known = accepted.get(source.text);
    if (known !== undefined) return { accepts: known, problems: [] };
    const { tree, problem } = parseExpression(source);
    if (tree === null) return { accepts: null, problems: [problem] };
    const { node, problems } = checkHostFilter(tree, hostModel);
    if (node === null) return { accepts: null, problems };
    const accepts = host === null || emitCondition(node, hostAccessors)(host);
    if (problems.length === 0) accepted.set(source.text, accepts);
    return { accepts, problems };
  };
  return ({ filters, isForThisVersion }) => {
    if (filters.length === 0 && isForThisVersion) return here;
    const verdicts = filters.map(evaluate);
    const problems = verdicts.flatMap((verdict) => verdict.problems);
    if (verdicts.some(({ accepts }) => accepts === null)) return { kind: 'broken', problems };
    const isHost = filters.length === 0 || verdicts.some(({ accepts }) => accepts === true);
    return { kind: isHost && isForThisVersion ? 'here' : 'elsewhere', problems };
  };
}
