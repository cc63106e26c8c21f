// SPDX-License-Identifier: Apache-2.0
// Applies the tidy rules to all files, less the exceptions that are written down with a reason.

import type { Problem } from './problem.ts';
import type { SourceFile } from './source-file.ts';
import type { TidyException } from './tidy-exceptions.ts';
import { tidyRules } from './tidy-rules.ts';

/** Returns what is untidy, exceptions that nothing needs among it. */
export function checkTidiness(
  files: readonly SourceFile[],
  exceptions: readonly TidyException[],
): readonly Problem[] {
  const found = files.flatMap((file) => tidyRules.flatMap((rule) => rule(file)));
  const kept = found.filter((problem) => !exceptions.some((e) => covers(e, problem)));
  const unneeded = exceptions.filter((e) => !found.some((problem) => covers(e, problem)));
  return [
    ...kept,
    ...unneeded.map((exception) => ({
      path: 'tools/check/tidy-exceptions.ts',
      rule: 'exceptions',
      message: `nothing needs the exception from '${exception.rule}' for ${exception.path}`,
    })),
  ];
}

function covers(exception: TidyException, problem: Problem): boolean {
  if (exception.rule !== problem.rule) return false;
  return exception.path.endsWith('/')
    ? problem.path.startsWith(exception.path)
    : problem.path === exception.path;
}
