// SPDX-License-Identifier: Apache-2.0
// What the language knows and this agent does not provide: event types it does not observe and
// fields it does not fill. They get diagnostics of their own, so that nobody hunts for a typo.

import { operations } from '@fimbul/schema';

const languageEvents = [
  'accept bind bpf capabilities capset cgroup_write chdir chmod chown connect dns exec exit',
  'failed_dns imds link load_module mkdir mmap mount mprotect network_flow_monitor ondemand open',
  'packet prctl ptrace removexattr rename rmdir selinux setgid setrlimit setsockopt setuid',
  'setxattr signal socket splice sysctl unlink unload_module unshare utimes',
]
  .join(' ')
  .split(' ');

/** Event types of the language that no event of this agent has. */
export const absentEvents: ReadonlySet<string> = new Set(
  languageEvents.filter((event) => !(operations as readonly string[]).includes(event)),
);

const fileFieldEnds = [
  'in_upper_layer mount_visible mount_detached hashes package.name package.version package.epoch',
  'package.release package.source_version package.source_epoch package.source_release',
]
  .join(' ')
  .split(' ')
  .map((name) => `.file.${name}`);

const processFieldEnds = [
  'sid tid is_thread cgroup.file.inode cgroup.file.mount_id cgroup.version cgroup.created_at',
  'container.created_at container.tags caps_attempted caps_used user_session.id',
  'user_session.identity user_session.k8s_session_id user_session.k8s_username',
  'user_session.k8s_uid user_session.k8s_groups user_session.ssh_username user_session.ssh_port',
  'user_session.ssh_client_ip user_session.ssh_auth_method user_session.ssh_public_key',
  'args_flags args_options envs envp envs_truncated',
]
  .join(' ')
  .split(' ')
  .map((name) => `.${name}`);

const wholeNames = new Set([
  'event.service',
  'event.rule.tags',
  'event.source',
  'event.async',
  'event.signature',
  'container.created_at',
  'container.tags',
]);

/** True for a field of the language that this agent does not fill. */
export function isKnownElsewhere(name: string): boolean {
  if (wholeNames.has(name)) return true;
  const bare = name.replace(/\.length$/, '');
  const [first] = bare.split('.', 1);
  const isEvent = (operations as readonly string[]).includes(first ?? '');
  if (isEvent && /^\w+\.syscall\.[a-z_.]+$/.test(bare)) return true;
  if (/^exec\.file\.metadata\.\w+$/.test(bare)) return true;
  const isFile = isEvent || first === 'process';
  if (isFile && fileFieldEnds.some((end) => bare.endsWith(end))) return true;
  const isProcess = first === 'process' || first === 'exec' || first === 'exit';
  return isProcess && processFieldEnds.some((end) => bare.endsWith(end));
}
