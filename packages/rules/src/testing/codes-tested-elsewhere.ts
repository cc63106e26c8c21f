// SPDX-License-Identifier: Apache-2.0
// Diagnostics that no case of testdata/ can give, since they are not about the text of a policy,
// and the tests that cover them; such a test names its codes.

export const codesTestedElsewhere: Readonly<Record<string, string>> = {
  FR4033: 'compile.test.ts',
  FR5001: 'unit-tests/diagnostics.test.ts',
  FR5002: 'unit-tests/diagnostics.test.ts',
  FR5003: 'unit-tests/diagnostics.test.ts',
  FR5004: 'unit-tests/diagnostics.test.ts',
  FR5005: 'unit-tests/diagnostics.test.ts',
  FR5006: 'unit-tests/diagnostics.test.ts',
  FR5007: 'unit-tests/diagnostics.test.ts',
  FR5008: 'unit-tests/diagnostics.test.ts',
  FR5009: 'unit-tests/diagnostics.test.ts',
  FR5010: 'unit-tests/diagnostics.test.ts',
  FR5011: 'unit-tests/diagnostics.test.ts',
  FR5012: 'unit-tests/diagnostics.test.ts',
  FR5013: 'unit-tests/diagnostics.test.ts',
  FR5014: 'unit-tests/diagnostics.test.ts',
  FR5015: 'unit-tests/diagnostics.test.ts',
  FR5016: 'unit-tests/diagnostics.test.ts',
  FR5017: 'unit-tests/diagnostics.test.ts',
  FR5018: 'unit-tests/diagnostics.test.ts',
  FR6001: 'format/format-policy.test.ts',
  FR6002: 'format/format-policy.test.ts',
};
