// SPDX-License-Identifier: Apache-2.0
// Whether to colour what goes to a stream: NO_COLOR forbids, FORCE_COLOR asks for it, and without
// either only a terminal gets colours, so that files and pipes stay plain.

export function wantsColor(stream: { readonly isTTY?: boolean }): boolean {
  const { NO_COLOR: forbidden = '', FORCE_COLOR: forced = '' } = process.env;
  if (forbidden !== '') return false;
  return forced === '' ? stream.isTTY === true : forced !== '0';
}
