// SPDX-License-Identifier: Apache-2.0
// Diagnostics that no case of testdata/ can give, since they are not about compiling a policy, and
// the tests that cover them; such a test names its codes.

export const codesTestedElsewhere: Readonly<Record<string, string>> = {
  FR6001: 'format/format-policy.test.ts',
  FR6002: 'format/format-policy.test.ts',
};
