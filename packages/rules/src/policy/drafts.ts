// SPDX-License-Identifier: Apache-2.0
// What a policy file says, before any expression is parsed and any definition meets another one.

import type { HashAction, KillAction, LogAction, SetAction } from '../actions.ts';
import type { Diagnostic } from '../diagnostics.ts';
import type { ExpressionText, Place } from '../source-text.ts';
import type { overrideFields } from './policy-keys.ts';

export type OverrideField = (typeof overrideFields)[number];

/** For which hosts and versions a definition exists. */
export type Applicability = {
  /** Conditions on the host, any of which is enough; empty is every host. */
  readonly filters: readonly ExpressionText[];
  readonly isForThisVersion: boolean;
};

export type MacroDraft = Applicability & {
  readonly id: string;
  readonly place: Place;
  readonly expression: ExpressionText | null;
  readonly values: readonly ExpressionText[];
  readonly combine: 'merge' | 'override' | null;
};

/** A literal of a policy: its values have one type. */
export type LiteralValue = {
  readonly type: 'bool' | 'int' | 'string';
  /** True for a list; an empty one is of strings. */
  readonly list: boolean;
  readonly values: readonly (boolean | bigint | string)[];
  readonly place: Place;
};

export type SetDraft = Pick<SetAction, 'append' | 'size' | 'ttlNs'> & {
  readonly kind: 'set';
  readonly name: string;
  readonly namePlace: Place;
  readonly scope: 'global' | 'process' | 'container' | 'cgroup';
  readonly source:
    | { readonly from: 'value'; readonly value: LiteralValue }
    | { readonly from: 'field' | 'expression'; readonly text: ExpressionText };
  readonly defaultValue: LiteralValue | null;
  readonly scopeField: ExpressionText | null;
  readonly inherited: boolean;
  readonly isPrivate: boolean;
};

export type ActionDraft = {
  /** The key that says what the action is. */
  readonly place: Place;
  readonly filter: ExpressionText | null;
} & (
  | SetDraft
  | KillAction
  | (Pick<LogAction, 'kind' | 'level'> & { readonly message: ExpressionText | null })
  | (Pick<HashAction, 'kind' | 'maxFileSize'> & { readonly field: ExpressionText | null })
  /** Part of the format, but not executed here. */
  | { readonly kind: 'ignored'; readonly name: string }
);

export type RuleDraft = Applicability & {
  readonly id: string;
  readonly place: Place;
  /** Null only for an entry that changes an earlier rule. */
  readonly expression: ExpressionText | null;
  readonly description: string;
  readonly version: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly productTags: readonly string[];
  /** Shortest time between two alerts; null is no limit. */
  readonly everyNs: bigint | null;
  readonly limiterToken: readonly ExpressionText[];
  readonly disabled: boolean;
  readonly silent: boolean;
  readonly groupId: string | null;
  readonly priority: number;
  readonly actions: readonly ActionDraft[];
  readonly isOverride: boolean;
  /** What an override replaces. */
  readonly overrides: readonly OverrideField[];
};

export type PolicyDraft = {
  readonly path: string;
  /** The file name without `.policy`, by which another policy can replace this one. */
  readonly id: string;
  readonly replaces: { readonly id: string; readonly place: Place } | null;
  readonly macros: readonly MacroDraft[];
  readonly rules: readonly RuleDraft[];
  /** Entries that look like rules and were left out because of an error. */
  readonly unreadableRuleCount: number;
  /** Ids of definitions that were left out because of an error. */
  readonly brokenIds: ReadonlySet<string>;
  readonly problems: readonly Diagnostic[];
};
