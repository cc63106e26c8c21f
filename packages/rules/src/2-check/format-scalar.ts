// SPDX-License-Identifier: Apache-2.0
// Writes a single value as a test expects it; strings are shown as the text that their bytes are.

import { fromByteString } from '@fimbul/schema';
import { formatIpNet } from '../1-parse/network.ts';
import type { RuntimeScalar } from './typed.ts';

export function formatScalar(value: RuntimeScalar): string {
  if (typeof value === 'string') return `"${fromByteString(value).text}"`;
  return typeof value === 'object' ? formatIpNet(value) : String(value);
}
