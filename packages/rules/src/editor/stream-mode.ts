// SPDX-License-Identifier: Apache-2.0
// Language modes in the form that CodeMirror calls a stream parser, as plain objects: whoever has
// CodeMirror makes a language of them with `StreamLanguage.define`, and nobody else pays for it.

import {
  type HighlightedLine,
  highlightExpression,
  type OpenLiteral,
} from './highlight-expression.ts';
import { highlightPolicyLine, startOfPolicy } from './highlight-policy.ts';
import type { PolicyLine } from './policy-scanner.ts';

/** What is needed of CodeMirror's stream: one line, and how much of it is read. */
export type LineStream = { readonly string: string; pos: number };

type Part = { readonly from: number; readonly to: number; readonly style: string };

export type ModeState<Line> = {
  /** What the lines so far leave open. */
  line: Line;
  /** The parts of the line that is being read. */
  parts: readonly Part[];
};

export type StreamMode<Line> = {
  readonly name: string;
  readonly startState: () => ModeState<Line>;
  readonly copyState: (state: ModeState<Line>) => ModeState<Line>;
  readonly token: (stream: LineStream, state: ModeState<Line>) => string | null;
  readonly blankLine: (state: ModeState<Line>) => void;
  readonly languageData: Readonly<Record<string, unknown>>;
};

type Highlighter<Line> = {
  readonly start: Line;
  readonly read: (
    text: string,
    line: Line,
  ) => { readonly parts: readonly Part[]; readonly line: Line };
};

function makeMode<Line>(name: string, { start, read }: Highlighter<Line>): StreamMode<Line> {
  return {
    name,
    startState: () => ({ line: start, parts: [] }),
    copyState: (state) => ({ ...state }),
    token: (stream, state) => {
      if (stream.pos === 0) {
        const { parts, line } = read(stream.string, state.line);
        state.parts = parts;
        state.line = line;
      }
      const next = state.parts.find(({ to }) => to > stream.pos);
      if (next === undefined) {
        stream.pos = stream.string.length;
        return null;
      }
      const isGap = next.from > stream.pos;
      stream.pos = isGap ? next.from : next.to;
      return isGap ? null : next.style;
    },
    blankLine: (state) => {
      state.line = read('', state.line).line;
    },
    languageData: {
      commentTokens: { line: '#' },
      closeBrackets: { brackets: ['(', '[', '{', '"'] },
    },
  };
}

/** A mode for an expression by itself. */
export const expressionMode: StreamMode<OpenLiteral> = makeMode<OpenLiteral>('secl', {
  start: null,
  read: (text, open) => {
    const { highlights, open: next }: HighlightedLine = highlightExpression(text, open);
    return { parts: highlights, line: next };
  },
});

/** A mode for policy files, with their expressions. */
export const policyMode: StreamMode<PolicyLine> = makeMode<PolicyLine>('fimbul-policy', {
  start: startOfPolicy,
  read: (text, before) => {
    const { highlights, line } = highlightPolicyLine(text, before);
    return { parts: highlights, line };
  },
});
