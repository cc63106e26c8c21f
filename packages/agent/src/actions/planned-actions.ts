// SPDX-License-Identifier: Apache-2.0
// What the actions of loaded rules will come to on this host, said once when the run begins: a rule
// that is expected to act and does not is worse than one that says so.

import { type ActionConfig, escapeControls } from '@fimbul/config/run';
import type { CompiledRule } from '@fimbul/rules/run';

type ActingRule = Pick<CompiledRule, 'index' | 'group' | 'actions'>;

function countRules(rules: readonly ActingRule[], kind: 'kill' | 'hash'): number {
  const authored = rules.filter(({ index, group }) => index === group);
  return authored.filter(({ actions }) => actions.some((action) => action.kind === kind)).length;
}

function nameRules(count: number): string {
  return count === 1 ? '1 rule' : `${count} rules`;
}

/** Says which actions are not carried out, and what kills may do. */
export function describePlannedActions(
  rules: readonly ActingRule[],
  { kill, killRefusal }: Pick<ActionConfig, 'kill' | 'killRefusal'>,
): string[] {
  const lines: string[] = [];
  const kills = countRules(rules, 'kill');
  if (kills > 0 && kill) lines.push(`fimbul: kill: allowed, for ${nameRules(kills)}\n`);
  if (killRefusal !== null) {
    // Said without such rules too: whoever allowed it relies on it.
    lines.push(
      `fimbul: kill: not allowed on this host: ${escapeControls(killRefusal)}\n` +
        '  → let only root write the file and the directories above it\n',
    );
  } else if (kills > 0 && !kill) {
    lines.push(
      `fimbul: kill: not allowed on this host; ${nameRules(kills)} would\n` +
        '  → set actions.kill in fimbul.yaml to true to let them\n',
    );
  }
  const hashes = countRules(rules, 'hash');
  if (hashes > 0) {
    lines.push(
      `fimbul: hash: not executed by this version; ${nameRules(hashes)} would\n` +
        '  → their alerts come without hashes\n',
    );
  }
  return lines;
}
