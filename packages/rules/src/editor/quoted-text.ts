// SPDX-License-Identifier: Apache-2.0
// What stands between YAML's quotes on one line: where it ends, and its characters with the place
// of each, so that an expression in quotes can be read without them.

export type Quote = '"' | "'";

/** Finds the closing quote at or after a position; null where the text goes on in the next line. */
export function findClosingQuote(text: string, from: number, quote: Quote): number | null {
  for (let at = from; at < text.length; at++) {
    const character = text[at];
    if (quote === '"' && character === '\\') {
      at++;
    } else if (character === quote) {
      // Two single quotes stand for one.
      if (quote === '"' || text[at + 1] !== "'") return at;
      at++;
    }
  }
  return null;
}

export type DecodedQuote = {
  readonly text: string;
  /** The place of each character, and of the end. */
  readonly offsets: readonly number[];
};

const escapeLengths: Readonly<Record<string, number>> = { x: 4, u: 6, U: 10 };
const escapedCharacters: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', N: '\n' };

/** Decodes the text between two positions. */
export function decodeQuoted(
  text: string,
  { from, to, quote }: { readonly from: number; readonly to: number; readonly quote: Quote },
): DecodedQuote {
  let decoded = '';
  const offsets: number[] = [];
  for (let at = from; at < to; ) {
    const { piece, length } = decodeCharacter(text, at, quote);
    for (const unit of piece.split('')) {
      decoded += unit;
      offsets.push(at);
    }
    at += length;
  }
  offsets.push(to);
  return { text: decoded, offsets };
}

function decodeCharacter(
  text: string,
  at: number,
  quote: Quote,
): { readonly piece: string; readonly length: number } {
  const character = text[at] ?? '';
  if (quote === "'") return { piece: character, length: character === "'" ? 2 : 1 };
  if (character !== '\\') return { piece: character, length: 1 };
  const escaped = text[at + 1];
  // At the end of a line it only joins the lines.
  if (escaped === undefined) return { piece: '', length: 1 };
  const length = escapeLengths[escaped] ?? 2;
  if (length === 2) return { piece: escapedCharacters[escaped] ?? escaped, length };
  const code = Number.parseInt(text.slice(at + 2, at + length), 16);
  const isValid = code >= 0 && code <= 0x10ffff;
  return { piece: isValid ? String.fromCodePoint(code) : '\ufffd', length };
}
