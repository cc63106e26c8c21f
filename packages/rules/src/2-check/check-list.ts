// SPDX-License-Identifier: Apache-2.0
// Lists that a policy spells out. The list of a macro is one tree for all its uses, and so are the
// arrays that are made of it: thousands of rules share them, and what is emitted for them.

import type { TextTree, Tree } from '../1-parse/tree.ts';
import type { Diagnostic } from '../diagnostics.ts';
import { checkParts } from './check-template.ts';
import { rejectPattern } from './compare.ts';
import { describeOperand, type IntegerMember, type Operand, type OperandOf } from './operand.ts';
import { repeatProblems, report, type Scope, spendParts } from './scope.ts';
import { warnZeros } from './slips.ts';
import type { IpNode } from './typed.ts';

type ListTree = Extract<Tree, { readonly kind: 'list' }>;

// A memo by identity: an entry depends on its tree alone and goes with it.
const literalsOfTrees = new WeakMap<Tree, readonly TextTree[]>();
const netsOfTrees = new WeakMap<Tree, readonly IpNode[]>();
const integersOfTrees = new WeakMap<Tree, CheckedIntegers>();

type CheckedIntegers = Pick<OperandOf<'integers'>, 'members' | 'values'> & {
  readonly problems: readonly Diagnostic[];
};

/** Checks a list; the parser sees to it that its members are of one kind. */
export function checkList(
  scope: Scope,
  tree: ListTree,
  checkMember: (member: Tree) => Operand,
): Operand {
  const { members, span } = tree;
  switch (members[0]?.kind) {
    case 'text':
    case 'template':
      return checkTexts(scope, tree);
    case 'network':
      return { type: 'ips', nets: listNets(scope, tree), span };
    case 'integer':
      return checkIntegers(scope, tree);
    default:
      return checkConstants(scope, tree, checkMember);
  }
}

function checkTexts(scope: Scope, tree: ListTree): Operand {
  const { members, span } = tree;
  const plain = literalsOfTrees.get(tree);
  if (plain) return { type: 'texts', tree, literals: plain, templates: [], span };
  const literals: TextTree[] = [];
  const templates: OperandOf<'string'>[] = [];
  let isValid = true;
  for (const member of members) {
    if (member.kind === 'text') literals.push(member);
    if (member.kind !== 'template') continue;
    const node = checkParts(scope, member.parts);
    if (node === null) {
      isValid = false;
      continue;
    }
    const template = { type: 'string', node, written: member.text, span: member.span } as const;
    templates.push(template);
    if (member.style === 'string') continue;
    rejectPattern(scope, template);
    isValid = false;
  }
  if (literals.length === members.length) literalsOfTrees.set(tree, literals);
  return isValid ? { type: 'texts', tree, literals, templates, span } : { type: 'failed', span };
}

function listNets(scope: Scope, tree: ListTree): readonly IpNode[] {
  const known = netsOfTrees.get(tree);
  if (known) return known;
  spendParts(scope, tree.members.length, tree.span);
  const nets = tree.members.flatMap((member): IpNode[] =>
    member.kind === 'network' ? [{ kind: 'ip', net: member.net }] : [],
  );
  netsOfTrees.set(tree, nets);
  return nets;
}

function checkIntegers(scope: Scope, tree: ListTree): Operand {
  const { members: trees, span } = tree;
  const known = integersOfTrees.get(tree);
  if (known) {
    repeatProblems(scope, known.problems);
    return { type: 'integers', members: known.members, values: known.values, span };
  }
  spendParts(scope, trees.length, span);
  const before = scope.problems.length;
  for (const member of trees) {
    if (member.kind === 'integer') warnZeros(scope, member.value, member.span);
  }
  const members = trees.flatMap((member): IntegerMember[] =>
    member.kind === 'integer' ? [{ value: member.value, name: null, span: member.span }] : [],
  );
  const values = members.map(({ value }) => value);
  integersOfTrees.set(tree, { members, values, problems: scope.problems.slice(before) });
  return { type: 'integers', members, values, span };
}

function checkConstants(
  scope: Scope,
  tree: ListTree,
  checkMember: (member: Tree) => Operand,
): Operand {
  const { span } = tree;
  const operands = tree.members.map((member) => ({ member, operand: checkMember(member) }));
  const members: IntegerMember[] = [];
  for (const { member, operand } of operands) {
    if (operand.type === 'integer' && operand.node.kind === 'integer') {
      const name = operand.constants?.[0]?.name ?? null;
      members.push({ value: operand.node.value, name, span: member.span });
    } else if (operand.type !== 'failed') {
      const suggestion = 'a list holds literals or constants of one type';
      const words = { expected: 'a constant', found: describeOperand(operand), suggestion };
      report(scope, 'FR1201', words, member.span);
    }
  }
  if (members.length !== tree.members.length) return { type: 'failed', span };
  const known = integersOfTrees.get(tree);
  // A member may be a macro, whose value another compilation may change.
  const isSame = known?.values.every((value, index) => value === members[index]?.value);
  const values = known && isSame ? known.values : members.map(({ value }) => value);
  if (!isSame) integersOfTrees.set(tree, { members, values, problems: [] });
  return { type: 'integers', members, values, span };
}
