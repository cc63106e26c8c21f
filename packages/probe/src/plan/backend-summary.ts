// SPDX-License-Identifier: Apache-2.0
// Which backends are in use, in one line for people.

type Choice = { readonly operation: string; readonly backend: string };

/** `backend tracepoint`, or `backends fexit (open), lsm (unlink, rename)`. */
export function summarizeBackends(choices: readonly Choice[]): string {
  const byBackend = new Map<string, string[]>();
  for (const { operation, backend } of choices) {
    byBackend.set(backend, [...(byBackend.get(backend) ?? []), operation]);
  }
  const [first] = byBackend.keys();
  if (byBackend.size <= 1) return `backend ${first ?? 'none'}`;
  const parts = [...byBackend].map(
    ([backend, operations]) => `${backend} (${operations.join(', ')})`,
  );
  return `backends ${parts.join(', ')}`;
}
