// SPDX-License-Identifier: Apache-2.0
// Container identifiers from the paths that runtimes make, and from those that only look alike.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findPlainContainerId, findRuntimeContainerId, isIsolated } from './container-id.ts';

const id = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
const inner = '60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752';
const pod = '2d3a5c1e-0b7f-4f83-9a53-1f0d7c9b8e11';
const unit = pod.replaceAll('-', '_');
const task = '0123456789abcdef0123456789abcdef';

const containers: readonly (readonly [path: string, id: string])[] = [
  [`/docker/${id}`, id],
  [`/system.slice/docker-${id}.scope`, id],
  [`/system.slice/docker-${id}.scope/init.scope`, id],
  [`/docker/${id}/docker/${inner}`, inner],
  [`/kubepods/burstable/pod${pod}/${id}`, id],
  [`/kubepods/pod${pod}/${id}`, id],
  [`/kubepods.slice/kubepods-pod${unit}.slice/cri-containerd-${id}.scope`, id],
  [`/kubepods.slice/kubepods-burstable.slice/kubepods-pod${unit}.slice/crio-${id}.scope`, id],
  [`/system.slice/containerd.service/kubepods-pod${unit}.slice:cri-containerd:${id}`, id],
  [`/kubelet.slice/kubelet-kubepods.slice/cri-containerd-${id}.scope/app`, id],
  [`/machine.slice/libpod-${id}.scope`, id],
  [`/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-${id}.scope/container`, id],
  [`/libpod_parent/libpod-${id}`, id],
  [`/default/${id}`, id],
  [`/ecs/${task}/${id}`, id],
  [`/ecs/${task}/${task}-3087422341`, `${task}-3087422341`],
  ['/garden/6f265890-5165-7fab-6b52-18d1', '6f265890-5165-7fab-6b52-18d1'],
  [`/garden/${pod}`, pod],
  [`/mesos/${pod}`, pod],
  ['/lxc/web', 'web'],
  ['/lxc.payload.web/system.slice/cron.service', 'web'],
  ['/lxc.payload/web', 'web'],
  ['/system.slice/systemd-nspawn@web.service/payload', 'web'],
  ['/machine.slice/machine-web.scope', 'web'],
];

for (const [path, expected] of containers) {
  test(`the container of ${path}`, () => assert.equal(findRuntimeContainerId(path), expected));
}

const noContainers: readonly string[] = [
  '',
  '/',
  '/init.scope',
  '/system.slice/docker.service',
  '/system.slice/ssh.service',
  '/user.slice/user-0.slice/session-3.scope',
  `/machine.slice/libpod-conmon-${id}.scope`,
  `/machine.slice/crio-conmon-${id}.scope`,
  `/libpod_parent/conmon-${id}`,
  '/machine.slice/machine-qemu\\x2d1\\x2dweb.scope',
  '/lxc.monitor.web',
  `/docker/${id.slice(1)}`,
  `/docker/${id}0`,
  `/docker/${id.toUpperCase()}`,
  `/kubepods/burstable/pod${pod}`,
  `/process_api/${task}`,
  `/docker-${id}.scope.d`,
];

for (const path of noContainers) {
  test(`no container in ${path}`, () => assert.equal(findRuntimeContainerId(path), ''));
}

test('a path made to be slow is not', () => {
  const path = `/${'docker-'.repeat(500)}/${'a-'.repeat(2000)}.scope`;
  const startMs = performance.now();
  assert.equal(findRuntimeContainerId(path), '');
  assert.ok(performance.now() - startMs < 1000);
});

test('isolated is who is in another pid namespace and another mount namespace', () => {
  const host = { pid: 1, mount: 2 };
  assert.equal(isIsolated({ pidNamespace: 5, mountNamespace: 6 }, host), true);
  assert.equal(isIsolated({ pidNamespace: 1, mountNamespace: 6 }, host), false);
  assert.equal(isIsolated({ pidNamespace: 5, mountNamespace: 2 }, host), false);
  assert.equal(isIsolated({ pidNamespace: 0, mountNamespace: 6 }, host), false);
  assert.equal(isIsolated({ pidNamespace: 5, mountNamespace: 6 }, { pid: 1, mount: 0 }), true);
});

test('a plain container is called what its group is called', () => {
  assert.equal(findPlainContainerId('/web', ''), 'web');
  assert.equal(findPlainContainerId('/user.slice/mine/web-1', ''), 'web-1');
});

test('units and roots are no names', () => {
  for (const name of ['ssh.service', 'a.slice', 'session-3.scope', 'm.mount', 's.swap', '..', '']) {
    assert.equal(findPlainContainerId(`/system.slice/${name}`, ''), '');
  }
});

test('groups inside of a container do not rename it, another container does', () => {
  assert.equal(findPlainContainerId('/web/system.slice/cron.service', 'web'), 'web');
  assert.equal(findPlainContainerId('/web/worker', 'web'), 'web');
  assert.equal(findPlainContainerId('/website', 'web'), 'website');
});
