// SPDX-License-Identifier: Apache-2.0
// Comparisons of networks. `in` asks whether two networks have an address in common, `allin`
// whether the left lies within the right. IPv4 and IPv6 never compare; mapped IPv4 is IPv4.

import type { IpNet } from '@fimbul/schema';
import { formatIpNet } from '../1-parse/network.ts';
import type { Span } from '../source-text.ts';
import type { OperandOf } from './operand.ts';
import { report, type Scope } from './scope.ts';
import type { BoolNode, IpNode, IpRelation } from './typed.ts';

/** Checks a relation between one network and several; literals alone are decided at once. */
export function compareNets(
  relation: IpRelation,
  subject: IpNode,
  nets: readonly IpNode[],
  span: Span,
): BoolNode {
  if (subject.kind === 'ip' && nets.every((net) => net.kind === 'ip')) {
    const value = nets.some(({ net }) => relates(relation, subject.net, net));
    return { kind: 'bool', value };
  }
  return { kind: 'ip-match', relation, subject, nets, span };
}

function relates(relation: IpRelation, left: IpNet, right: IpNet): boolean {
  if (left.family !== right.family) return false;
  if (relation === 'same') return left.address === right.address && left.prefix === right.prefix;
  if (relation === 'within' && left.prefix < right.prefix) return false;
  const size = left.family === 4 ? 32 : 128;
  const beyond = BigInt(size - Math.min(left.prefix, right.prefix));
  return left.address >> beyond === right.address >> beyond;
}

function isRange({ node }: OperandOf<'ip'>): boolean {
  return node.kind === 'ip' && node.net.prefix < (node.net.family === 4 ? 32 : 128);
}

/** Warns where an address is compared with a whole network by ==. */
export function warnNetwork(
  scope: Scope,
  { written }: { readonly written: string },
  left: OperandOf<'ip'>,
  right: OperandOf<'ip'>,
): void {
  const literal = isRange(right) ? right : left;
  const other = literal === right ? left : right;
  if (literal.node.kind !== 'ip' || other.node.kind === 'ip' || !isRange(literal)) return;
  const instead = written === '!=' ? 'not in' : 'in';
  const words = { text: formatIpNet(literal.node.net), written, instead };
  report(scope, 'FR2011', words, literal.span);
}
