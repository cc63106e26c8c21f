// SPDX-License-Identifier: Apache-2.0
// A directory of a test's own, gone when the test is over. Policies of end-to-end tests name only
// paths below one, so that what else happens on the machine matches none of their rules.

import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type RuleDraft = {
  readonly id: string;
  readonly expression: string;
  readonly [key: string]: unknown;
};

export class Workspace implements Disposable {
  readonly directory: string;

  constructor() {
    this.directory = realpathSync(mkdtempSync(join(tmpdir(), 'fimbul-e2e-')));
    // Tests act as other users too.
    chmodSync(this.directory, 0o755);
  }

  /** Gets the path of a name in the workspace. */
  path(name: string): string {
    return join(this.directory, name);
  }

  /** Makes a directory that everybody may write into. */
  makeDirectory(name: string): string {
    const path = this.path(name);
    mkdirSync(path);
    chmodSync(path, 0o777);
    return path;
  }

  writeFile(name: string, content: string | Uint8Array, mode = 0o644): string {
    const path = this.path(name);
    writeFileSync(path, content);
    chmodSync(path, mode);
    return path;
  }

  /** Writes a policy with these rules; JSON is YAML too. */
  writePolicy(rules: readonly RuleDraft[], name = 'test.policy'): string {
    return this.writeFile(name, JSON.stringify({ version: '1.0.0', type: 'policy', rules }));
  }

  [Symbol.dispose](): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Rules that accept every change below a directory, by opening for writing and by removal. */
export function watchDirectory(directory: string): readonly RuleDraft[] {
  return [
    {
      id: 'written',
      expression: `open.file.path =~ "${directory}/**" && open.flags & (O_WRONLY|O_RDWR) > 0`,
    },
    { id: 'removed', expression: `unlink.file.path =~ "${directory}/**"` },
  ];
}
