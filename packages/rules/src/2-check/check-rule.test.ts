// SPDX-License-Identifier: Apache-2.0
// What rules share, and on which event types they are.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { EventType } from '@fimbul/schema';
import { parseExpression, parseMacro } from '../1-parse/parser.ts';
import { createPlainExpression } from '../source-text.ts';
import { makeContext } from '../testing/check-context.ts';
import { type CheckContext, checkMacro, checkRule } from './check-rule.ts';
import type { BoolNode } from './typed.ts';

const macros = new Map(
  Object.entries({
    PATHS: '["/a", ~"/b/*", r"c"]',
    BITS: '[1, 2, 4]',
    FLAGS: '[O_CREAT, O_TRUNC]',
    NETS: '[10.0.0.0/8, ::1]',
    BROKEN: '[~"/**/a/**"]',
    MIXED: '["/a", "/${name}"]',
  }).map(([id, text]) => {
    const { tree } = parseMacro(createPlainExpression('macro', text));
    return [id, { id, tree }] as const;
  }),
);

function check(expression: string, context: CheckContext) {
  const { tree } = parseExpression(createPlainExpression('test', expression));
  assert.ok(tree);
  return checkRule(tree, context);
}

const context: CheckContext = { ...makeContext(['open', 'connect']), macros };

function getCondition(expression: string): BoolNode {
  const checked = check(expression, context);
  assert.ok(checked.kind === 'rule', JSON.stringify(checked.problems));
  const [variant] = checked.variants;
  assert.ok(variant);
  return variant.condition;
}

/** The arrays of all comparisons with lists. */
function listArrays(node: BoolNode): readonly unknown[] {
  switch (node.kind) {
    case 'and':
    case 'or':
      return node.operands.flatMap(listArrays);
    case 'not':
      return listArrays(node.operand);
    case 'string-match':
      return [node.matchers];
    case 'one-of':
      return [node.values];
    case 'ip-match':
      return [node.nets];
    case 'any':
      return listArrays(node.condition);
    default:
      return [];
  }
}

function assertShared(left: string, right: string, isShared = true): void {
  const [first] = listArrays(getCondition(left));
  const [second] = listArrays(getCondition(right));
  assert.ok(first !== undefined && second !== undefined);
  assert.equal(first === second, isShared);
}

describe('the list of a macro', () => {
  it('is one array for all rules that compare the same kind of value with it', () => {
    assertShared('open.file.path in PATHS', 'open.file.path not in PATHS && open.flags == 0');
    assertShared('open.flags in BITS', 'open.flags + 0 in BITS');
    assertShared('open.flags in FLAGS', 'open.flags not in FLAGS');
    assertShared('connect.addr.ip in NETS', 'connect.addr.ip not in NETS');
    assertShared('open.file.path in MIXED', 'open.file.path in MIXED || open.flags == 0');
    assertShared(
      'open.file.path in PATHS',
      'process.ancestors.file.path in PATHS && open.flags == 0',
    );
  });
  it('is another array for paths than for other strings', () => {
    assertShared('open.file.path in PATHS', 'open.file.name in PATHS', false);
  });
  it('has its errors for every rule that uses it', () => {
    for (const expression of ['open.file.path in BROKEN', 'open.file.path not in BROKEN']) {
      const checked = check(expression, context);
      assert.equal(checked.kind, 'rejected');
      assert.deepEqual(
        checked.problems.map(({ code, file }) => [code, file]),
        [['FR1011', 'macro']],
      );
    }
  });
});

describe('fim.write.file', () => {
  const expression = 'fim.write.file.path == "/etc/passwd"';
  const list = (events: readonly EventType[]) => {
    const checked = check(expression, makeContext(events));
    return checked.kind === 'rule' ? checked.variants.map(({ changedFile }) => changedFile) : null;
  };
  it('becomes a rule for each event type that is produced', () => {
    assert.deepEqual(list(['open', 'exec', 'rename']), [
      'open.file',
      'rename.file',
      'rename.file.destination',
    ]);
    assert.deepEqual(list(['utimes', 'link']), ['link.file', 'utimes.file']);
  });
  it('is not applicable where no event changes files', () => {
    const checked = check(expression, makeContext(['exec']));
    assert.equal(checked.kind, 'not-applicable');
    assert.deepEqual(
      checked.problems.map(({ code }) => code),
      ['FR3001'],
    );
  });
  it('counts only changes that succeeded or were refused', () => {
    const checked = check(expression, makeContext(['open', 'unlink']));
    assert.ok(checked.kind === 'rule');
    assert.ok(checked.variants.every(({ guard }) => guard?.kind === 'or'));
  });
  it('has its mistakes told once', () => {
    const checked = check(
      'fim.write.file.pth == "/a" && process.uid == "x"',
      makeContext(['open', 'chmod']),
    );
    assert.equal(checked.kind, 'rejected');
    assert.deepEqual(
      checked.problems.map(({ code }) => code),
      ['FR1101', 'FR1202'],
    );
  });
});

describe('a rule on an event type that is not produced', () => {
  it('is checked where its fields are declared', () => {
    const kinds = [
      'mkdir.file.path == "/a"',
      'mkdir.file.pth == "/a"',
      'bpf.cmd == 3',
      'bpf.x in [1]',
    ].map((expression) => check(expression, context).kind);
    assert.deepEqual(kinds, ['not-applicable', 'rejected', 'not-applicable', 'not-applicable']);
  });
  it('may use names of its own where the schema knows it in part', () => {
    const codes = (expression: string) =>
      check(expression, context).problems.map(({ code }) => code);
    for (const expression of [
      'prctl.option == PR_SET_NAME',
      'PR_SET_NAME == prctl.option && prctl.option in [PR_SET_MM, O_CREAT]',
      'dns.question.name == "x" && network.destination.port == 53',
      'network.l4_protocol == IP_PROTO_UDP && imds.type == IMDS_REQ',
    ]) {
      assert.deepEqual(codes(expression), ['FR3001'], expression);
    }
    assert.deepEqual(codes('prctl.option == PR_SET_NAME && process.uidd == 1'), ['FR1101']);
    assert.deepEqual(codes('prctl.option == pr_set_name'), ['FR1101']);
    assert.deepEqual(codes('mkdir.file.path == PR_SET_NAME'), ['FR1101']);
    assert.deepEqual(codes('open.flags == PR_SET_NAME'), ['FR1101']);
    assert.deepEqual(codes('open.flags == 1 && network.destination.port == 53'), ['FR1101']);
    assert.deepEqual(codes('PR_SET_NAME == 1'), ['FR1101']);
  });
  it('may use names of its own in macros', () => {
    const codes = (macro: string) => {
      const { tree } = parseExpression(createPlainExpression('macro', macro));
      return tree && checkMacro(tree, context).map(({ code }) => code);
    };
    assert.deepEqual(codes('prctl.option == PR_SET_NAME'), []);
    assert.deepEqual(codes('open.flags == PR_SET_NAME'), ['FR1101']);
  });
  it('has no warnings about fields that are not filled', () => {
    const { problems } = check('mkdir.file.hashes == "a"', context);
    assert.deepEqual(
      problems.map(({ code }) => code),
      ['FR3001'],
    );
  });
});
