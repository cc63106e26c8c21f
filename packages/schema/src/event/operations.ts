// SPDX-License-Identifier: Apache-2.0
// The operations that the agent produces events for. An operation's name is the event type that
// rules are written on and the first word of its fields (`open.file.path`). Order is the number
// that the kernel side knows the operation by, so entries are only ever appended.

export const operations = ['open', 'unlink', 'rename', 'chmod', 'exec', 'exit'] as const;

export type Operation = (typeof operations)[number];

/** Operations on files, in contrast to those on processes. */
export const fileOperations = ['open', 'unlink', 'rename', 'chmod'] as const satisfies Operation[];

export type FileOperation = (typeof fileOperations)[number];

/** Returns the number that the kernel side knows an operation by. */
export function getOperationNumber(operation: Operation): number {
  return operations.indexOf(operation);
}
