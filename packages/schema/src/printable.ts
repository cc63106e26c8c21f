// SPDX-License-Identifier: Apache-2.0
// Names come from anybody on the host. Shown to people, their control characters are escapes, so
// that a terminal neither obeys them nor shows them in another order or on another line.

/** Escapes what a terminal would obey or reorder. */
export function escapeControls(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}
