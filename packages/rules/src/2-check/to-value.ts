// SPDX-License-Identifier: Apache-2.0
// From an operand to a value that is stored or written: by `set`, in a message, within a string.

import { toByteString } from '@fimbul/schema';
import { describeOperand, type Operand } from './operand.ts';
import { report, type Scope } from './scope.ts';
import type { IpNode, RuntimeScalar, ValueNode } from './typed.ts';

/** Makes a value of an operand; null where it is none, which is then reported. */
export function toValue(scope: Scope, operand: Operand): ValueNode | null {
  switch (operand.type) {
    case 'failed':
      return null;
    case 'bool':
      return { type: 'bool', node: operand.node };
    case 'integer':
      return { type: 'int', node: operand.node };
    case 'string':
      return { type: 'string', node: operand.node };
    case 'ip':
      return { type: 'ip', node: operand.node };
    case 'text':
      if (operand.style !== 'string') return rejectValue(scope, operand, 'write a plain string');
      return { type: 'string', node: { kind: 'string', value: toByteString(operand.text) } };
    case 'list':
      if (operand.derivation !== 'value') {
        return rejectValue(scope, operand, 'choose one element by a number in brackets');
      }
      return { type: 'list', node: operand.list };
    case 'each':
      return rejectValue(scope, operand, 'choose one element by a number in brackets');
    case 'integers':
      return { type: 'values', values: operand.values };
    case 'ips':
      return toValues(operand.nets);
    case 'texts': {
      const plain = operand.literals.filter(({ style }) => style === 'string');
      const isPlain = plain.length === operand.literals.length && operand.templates.length === 0;
      if (!isPlain)
        return rejectValue(scope, operand, 'write plain strings, without values in them');
      return { type: 'values', values: plain.map(({ text }) => toByteString(text)) };
    }
  }
}

/** The members of a list of networks are literals. */
function toValues(nets: readonly IpNode[]): ValueNode {
  const values = nets.flatMap((net): RuntimeScalar[] => (net.kind === 'ip' ? [net.net] : []));
  return { type: 'values', values };
}

function rejectValue(scope: Scope, operand: Operand, suggestion: string): null {
  const words = { found: describeOperand(operand), purpose: 'a value', suggestion };
  report(scope, 'FR1207', words, operand.span);
  return null;
}
