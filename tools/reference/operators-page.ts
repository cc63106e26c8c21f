// SPDX-License-Identifier: Apache-2.0
// The reference page of operators, by rank.

import {
  type OperatorRank,
  operatorCatalogue,
} from '../../packages/rules/src/operator-catalogue.ts';
import { code, page, paragraph, table } from './markdown.ts';

const groupings: Readonly<Record<OperatorRank['grouping'], string>> = {
  prefix: 'They stand before the value.',
  left: 'Several in a row group to the left: `a - b - c` is `(a - b) - c`.',
  right: 'Several in a row group to the right: the last two are taken first.',
};

function describeRank({ title, grouping, operators }: OperatorRank): string {
  return [
    `## ${title}`,
    groupings[grouping],
    table(
      ['operator', 'takes', 'meaning', 'example'],
      operators.map(({ written, operands, meaning, example }) => [
        written === 'not in' ? code(written) : written.split(' ').map(code).join(' '),
        operands,
        meaning,
        code(example),
      ]),
    ),
  ].join('\n\n');
}

const introduction = paragraph(
  'From those that bind tightest to the loosest. Parentheses group otherwise. All integers are ' +
    'signed and have 64 bits; what does not fit wraps around.',
);

/** Writes the page. */
export function writeOperatorsPage(): string {
  return page('Operators', 'packages/rules/src/operator-catalogue.ts', [
    introduction,
    ...operatorCatalogue.map(describeRank),
  ]);
}
