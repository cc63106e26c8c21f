// SPDX-License-Identifier: Apache-2.0
// The event types of the rule language, whether or not this agent produces them. A rule on one that
// it does not produce is not applicable here, which is no mistake of its author.

import { type Operation, operations } from './operations.ts';

/** Produced by other agents, or by this one later. */
const otherEventTypes = [
  ...['chown', 'link', 'mkdir', 'rmdir', 'utimes', 'setxattr', 'removexattr', 'splice', 'mount'],
  ...['chdir', 'mmap', 'load_module', 'cgroup_write', 'unshare'],
  ...['accept', 'bind', 'bpf', 'capabilities', 'capset', 'connect', 'dns', 'failed_dns', 'imds'],
  ...['mprotect', 'network_flow_monitor', 'ondemand', 'packet', 'prctl', 'ptrace', 'selinux'],
  ...['setgid', 'setrlimit', 'setsockopt', 'setuid', 'signal', 'socket', 'sysctl'],
  ...['unload_module'],
] as const;

export type EventType = Operation | (typeof otherEventTypes)[number];

export const eventTypes: readonly EventType[] = [...operations, ...otherEventTypes];

const known: ReadonlySet<string> = new Set(eventTypes);

export function isEventType(name: string): name is EventType {
  return known.has(name);
}

const produced: ReadonlySet<string> = new Set(operations);

/** True for the event types that this agent produces. */
export function isOperation(event: EventType): event is Operation {
  return produced.has(event);
}
