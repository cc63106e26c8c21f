// SPDX-License-Identifier: Apache-2.0
// A YAML document as its layout sees it: maps and lists of entries in their order, every comment
// at an entry or a collection, and scalars as the tokens that their author wrote.

import type { CST } from 'yaml';

/** A line between entries: an empty one, or a comment with the column that it began in. */
export type TriviaLine =
  | { readonly kind: 'blank' }
  | { readonly kind: 'comment'; readonly text: string; readonly column: number };

export type ScalarToken = CST.FlowScalar | CST.BlockScalar;

export type LayoutNode =
  | {
      readonly kind: 'scalar';
      /** Null where only properties stand. */
      readonly token: ScalarToken | null;
      /** Anchor and tag, as written. */
      readonly properties: readonly string[];
    }
  | LayoutCollection;

export type LayoutCollection = {
  readonly kind: 'map' | 'list';
  readonly isFlow: boolean;
  readonly properties: readonly string[];
  readonly entries: readonly LayoutEntry[];
  /** Lines after the last entry. */
  readonly after: readonly TriviaLine[];
};

export type LayoutEntry = {
  readonly lead: readonly TriviaLine[];
  /** Null in a list, and for the empty key of a map. */
  readonly key: LayoutNode | null;
  readonly value: LayoutNode | null;
  /** The comment on the line of the entry. */
  readonly comment: string | null;
};

export type LayoutDocument = {
  /** Comments and directives before the document, with the empty lines between them. */
  readonly head: readonly (TriviaLine | { readonly kind: 'directive'; readonly text: string })[];
  /** The comment beside `---`, an empty text without one; null where there is no such line. */
  readonly start: string | null;
  /** Lines between that and the first entry. */
  readonly lead: readonly TriviaLine[];
  readonly root: LayoutCollection;
  /** Lines after the document, `...` among them. */
  readonly tail: readonly (TriviaLine | { readonly kind: 'end' })[];
};
