// SPDX-License-Identifier: Apache-2.0
// JSON that is shown on a terminal as often as it is read by a program: nothing of a user's text in
// it is a command there, and it means the same.

/** Formats a value, with escapes for what terminals obey. */
export function formatJson(value: unknown): string {
  const toEscapes = (character: string) =>
    // A character outside the basic plane is two escapes.
    character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join('');
  // Line breaks between the parts are JSON's own; those in texts it has escaped.
  return JSON.stringify(value, null, 2).replace(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, toEscapes);
}
