// SPDX-License-Identifier: Apache-2.0
// The default policy as its tests see it: its text, what it says in YAML, and its compiled rules,
// for all event types of the language, so that what this agent does not produce yet is tested too.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { builtInPolicyDirectory } from '@fimbul/config';
import { type CompiledPolicies, compilePolicies, type PolicySource } from '@fimbul/rules';
import { eventTypes } from '@fimbul/schema';
import { parse } from 'yaml';

export type RuleText = {
  readonly id: string;
  readonly description: string;
  readonly expression: string;
  readonly every?: string;
  readonly limiter_token?: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
};

export type MacroText = {
  readonly id: string;
  readonly description: string;
  readonly expression?: string;
  readonly values?: readonly string[];
};

export type TestFile = { readonly path: string; readonly text: string };

function readSource(name: string): PolicySource {
  const path = join(builtInPolicyDirectory, name);
  return { path, text: readFileSync(path, 'utf8') };
}

export const defaultPolicy: PolicySource = readSource('default.policy');

const document = parse(defaultPolicy.text) as {
  readonly macros: readonly MacroText[];
  readonly rules: readonly RuleText[];
};

export const macroTexts: readonly MacroText[] = document.macros;
export const ruleTexts: readonly RuleText[] = document.rules;

/** Compiles the default policy, and others after it. */
export function compileForAllEvents(...others: readonly PolicySource[]): CompiledPolicies {
  return compilePolicies([defaultPolicy, ...others], { events: new Set(eventTypes) });
}

/** The files of rule tests beside the policy. */
export function readTestFiles(): readonly TestFile[] {
  const names = readdirSync(join(builtInPolicyDirectory, 'tests')).sort();
  return names.map((name) => readSource(join('tests', name)));
}
