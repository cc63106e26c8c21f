// SPDX-License-Identifier: Apache-2.0
// What other tools told about a file, and of whom.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findAideEvidence } from './aide.ts';
import { findAuditEvidence } from './audit.ts';
import { findEvidence } from './contender.ts';

describe('findEvidence', () => {
  it('gives the last line about the file, and whether one names the program', () => {
    const text = '/w/settings MODIFY\n/w/other MODIFY by /x/intruder\n/w/settings CLOSE\n';
    assert.deepEqual(findEvidence(text, '/w/settings', '/x/intruder'), {
      told: '/w/settings CLOSE',
      namesProcess: false,
    });
    assert.equal(findEvidence(text, '/w/other', '/x/intruder').namesProcess, true);
    assert.equal(findEvidence(text, '/w/set', '/x').told, null);
    assert.equal(findEvidence(text, '/w/none', '/x/intruder').told, null);
  });
});

describe('findAuditEvidence', () => {
  const event = (id: number, path: string, program: string): string =>
    `type=SYSCALL msg=audit(17.1:${id}): syscall=257 exe="${program}" key="k"\n` +
    `type=PATH msg=audit(17.1:${id}): item=1 name="${path}" nametype=NORMAL\n`;

  it('takes the lines of one event together', () => {
    const text = event(1, '/w/settings', '/x/intruder') + event(2, '/w/other', '/bin/sh');
    assert.deepEqual(findAuditEvidence(text, '/w/settings', '/x/intruder'), {
      told: 'type=PATH msg=audit(17.1:1): item=1 name="/w/settings" nametype=NORMAL',
      namesProcess: true,
    });
    assert.equal(findAuditEvidence(text, '/w/other', '/x/intruder').namesProcess, false);
  });
});

describe('findAideEvidence', () => {
  it('says what differs in the file', () => {
    const text =
      'Detailed information about changes:\n-----\n\nFile: /w/settings\n' +
      '  Mtime     : 2026-01-01 | 2026-01-02\n  Ctime     : 2026-01-01 | 2026-01-02\n\n\n';
    assert.deepEqual(findAideEvidence(text, '/w/settings', '/x/intruder'), {
      told: 'File: /w/settings (Mtime Ctime)',
      namesProcess: false,
    });
    assert.equal(findAideEvidence(text, '/w/other', '/x/intruder').told, null);
  });
});
