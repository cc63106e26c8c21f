// SPDX-License-Identifier: Apache-2.0
// The only way to make JavaScript here. Code comes from the `code` template, whose fixed parts are
// our own source; what is filled in is code, a numbered name or an integer. Text of a policy can
// only become a constant, which is passed to the code by value: hostile text never becomes code.

/** A piece of JavaScript. Only this module can make one: the mark cannot be had elsewhere. */
class Piece {
  readonly #mark = true;
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  static isMade(piece: Code): boolean {
    return #mark in piece && piece.#mark;
  }
}

export type Code = { readonly text: string };

function make(text: string): Code {
  return new Piece(text);
}

function requireMade(piece: Code): void {
  if (!Piece.isMade(piece)) throw new Error('only code can be put into code: make it by `code`');
}

/** Makes code from a template. Throws when something else than code is filled in. */
export function code(parts: TemplateStringsArray, ...pieces: readonly Code[]): Code {
  let text = parts[0] ?? '';
  for (let index = 0; index < pieces.length; index++) {
    const piece = pieces[index] as Code;
    requireMade(piece);
    text += piece.text + (parts[index + 1] ?? '');
  }
  return make(text);
}

/**
 * Kinds of generated names: accessor, constant, field and its value, walk over an automaton and its
 * outcome, matcher, quantifier and its element, condition, rule.
 */
export type NameKind = 'a' | 'k' | 'f' | 'v' | 'w' | 'o' | 'm' | 'q' | 'x' | 'c' | 'r';

export function makeName(kind: NameKind, index: number): Code {
  return make(kind + makeInteger(index).text);
}

export function makeInteger(value: number): Code {
  if (!Number.isSafeInteger(value))
    throw new Error(`${value} is not an integer that code can hold`);
  return make(value < 0 ? `(${value})` : String(value));
}

type Separator = ' && ' | ' || ' | ' + ' | ', ' | '\n';

export function joinCode(pieces: readonly Code[], separator: Separator): Code {
  for (const piece of pieces) requireMade(piece);
  return make(pieces.map((piece) => piece.text).join(separator));
}

/** The values that generated code refers to by name. */
export type Constants = {
  readonly values: readonly unknown[];
  readonly add: (value: unknown) => Code;
};

/** Makes an empty list of constants; primitive values are kept once. */
export function createConstants(): Constants {
  const values: unknown[] = [];
  const indexes = new Map<unknown, number>();
  return {
    values,
    add: (value) => {
      let index = indexes.get(value);
      if (index === undefined) {
        index = values.push(value) - 1;
        indexes.set(value, index);
      }
      return makeName('k', index);
    },
  };
}
