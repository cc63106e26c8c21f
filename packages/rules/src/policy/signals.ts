// SPDX-License-Identifier: Apache-2.0
// Signals by name, with the numbers that Linux has on x86-64 and arm64.

const names = [
  ...['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGILL', 'SIGTRAP', 'SIGABRT', 'SIGBUS', 'SIGFPE'],
  ...['SIGKILL', 'SIGUSR1', 'SIGSEGV', 'SIGUSR2', 'SIGPIPE', 'SIGALRM', 'SIGTERM', 'SIGSTKFLT'],
  ...['SIGCHLD', 'SIGCONT', 'SIGSTOP', 'SIGTSTP', 'SIGTTIN', 'SIGTTOU', 'SIGURG', 'SIGXCPU'],
  ...['SIGXFSZ', 'SIGVTALRM', 'SIGPROF', 'SIGWINCH', 'SIGIO', 'SIGPWR', 'SIGSYS'],
] as const;

/** By name; other names of the same signals last. */
export const signals: ReadonlyMap<string, number> = new Map([
  ...names.map((name, index): [string, number] => [name, index + 1]),
  ['SIGIOT', 6],
  ['SIGCLD', 17],
  ['SIGPOLL', 29],
  ['SIGUNUSED', 31],
]);

export type Signal = { readonly signal: number; readonly signalName: string };

/** Finds the signal that a name or a number means; null when there is none. */
export function findSignal(text: string): Signal | null {
  const byName = signals.get(text);
  if (byName !== undefined) return { signal: byName, signalName: names[byName - 1] ?? text };
  if (!/^\d{1,2}$/.test(text)) return null;
  const signalName = names[Number(text) - 1];
  return signalName === undefined ? null : { signal: Number(text), signalName };
}
