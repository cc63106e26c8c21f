// SPDX-License-Identifier: Apache-2.0
// Brings all files into the layout that `npm run check` asks for, and applies the linter's safe
// corrections.

import { biome, clangFormat } from './program.ts';
import { runCommand } from './setup/command.ts';
import { findMissingPackages, installPackages } from './setup/debian-packages.ts';

const missing = await findMissingPackages(['check']);
if (missing.length > 0) await installPackages(missing);

const commands = [
  biome(['check', '--write', '--colors=off', '--diagnostic-level=warn']),
  clangFormat(['-i']),
];
for (const command of commands) {
  const { status, output } = await runCommand(command);
  process.stdout.write(output);
  // What the linter cannot correct itself is for `npm run check` to report.
  if (status > 1) process.exitCode = 1;
}
