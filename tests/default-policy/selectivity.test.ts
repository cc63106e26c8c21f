// SPDX-License-Identifier: Apache-2.0
// The default policy costs what its rules let through: each has to be selected by something that
// the kernel decides. Those that are not are listed here, each with its reason, and none in vain.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { compilePolicies, explainRules } from '@fimbul/rules';
import { defaultPolicy } from './policy-under-test.ts';

/** Rule and operation → why the kernel cannot select its events. */
const exceptions: Readonly<Record<string, string>> = {};

it('the kernel selects the events of every rule of the default policy, but for known ones', () => {
  const { rules } = explainRules(compilePolicies([defaultPolicy]), null);
  const open = rules.flatMap(({ id, operations }) =>
    operations
      .filter((one) => one.is_filtered && !one.is_selective)
      .map(({ operation }) => `${id} ${operation}`),
  );
  assert.deepEqual([...new Set(open)].sort(), Object.keys(exceptions).sort());
});
