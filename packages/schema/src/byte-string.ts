// SPDX-License-Identifier: Apache-2.0
// Byte strings: JavaScript strings with one character (0–255) for each byte. Names in Linux are
// bytes, not text, so every string between the decoder and the rules is a byte string: comparisons
// are exact, V8 keeps them at one byte a character, and only the output turns them into text.

const encoder = new TextEncoder();
// What looks like a byte-order mark at the start of a file's name is a part of the name.
const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const replacingDecoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Turns text into the byte string of its UTF-8 form. */
export function toByteString(text: string): string {
  // Most literals are ASCII, which is its own byte string.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the whole ASCII range is meant.
  if (/^[\x00-\x7f]*$/.test(text)) return text;
  return String.fromCharCode(...encoder.encode(text));
}

export type DecodedText = {
  readonly text: string;
  /** True when the bytes were UTF-8, so that the text stands for exactly them. */
  readonly exact: boolean;
};

/** Turns a byte string into text; bytes that are not UTF-8 become U+FFFD and `exact` is false. */
export function fromByteString(bytes: string): DecodedText {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the whole ASCII range is meant.
  if (/^[\x00-\x7f]*$/.test(bytes)) return { text: bytes, exact: true };
  const array = Uint8Array.from(bytes, (character) => character.charCodeAt(0));
  try {
    return { text: strictDecoder.decode(array), exact: true };
  } catch {
    return { text: replacingDecoder.decode(array), exact: false };
  }
}
