// SPDX-License-Identifier: Apache-2.0
// Random policies as their authors may write them: any indentation, any style of scalar, comments
// and empty lines everywhere, flow and block collections, anchors and aliases. First a tree with
// the choices is made, then it is written down; each comment has a number of its own.

import fc from 'fast-check';
import { arbitraryExpression } from './arbitrary-expressions.ts';

type ScalarStyle = 'plain' | 'single' | 'double' | 'literal' | 'folded';

type YamlNode =
  | { readonly kind: 'scalar'; readonly text: string; readonly style: ScalarStyle }
  | { readonly kind: 'map'; readonly isFlow: boolean; readonly entries: readonly YamlEntry[] }
  | { readonly kind: 'list'; readonly isFlow: boolean; readonly entries: readonly YamlEntry[] };

type YamlEntry = {
  readonly key: string;
  readonly value: YamlNode;
  readonly blanks: number;
  /** Comments before the entry, by how far they stand to the right of where they should. */
  readonly comments: readonly number[];
  readonly hasTrailing: boolean;
  readonly spaces: number;
  readonly step: number;
};

const style = fc.constantFrom<ScalarStyle>('plain', 'single', 'double', 'literal', 'folded');

const words = fc.constantFrom(
  ...['a', 'b c', 'yes', '12', 'x: y', '# no comment', "it's", '"quoted"', '', ' led', 'trailed '],
  ...[
    '1.0',
    'null',
    '~',
    '-',
    '- x',
    '*x',
    '&x',
    '!x',
    '%x',
    '@x',
    '[',
    '{',
    'a, b',
    'é ü',
    'a\tb',
  ],
  ...['line\nline', 'end\n', '\nstart', 'two\n\nlines', 'a long text '.repeat(12), 'ends:', 'a #b'],
  ...['/etc/passwd', '2001-12-14', '0x1f', 'true', '<<', 'double  space', 'x\\y', '\u0007', '---'],
);

const scalar: fc.Arbitrary<YamlNode> = fc
  .tuple(words, style)
  .map(([text, chosen]) => ({ kind: 'scalar', text, style: chosen }));

const expression: fc.Arbitrary<YamlNode> = fc
  .tuple(arbitraryExpression, style)
  .map(([text, chosen]) => ({ kind: 'scalar', text, style: chosen }));

function entry(key: fc.Arbitrary<string>, value: fc.Arbitrary<YamlNode>): fc.Arbitrary<YamlEntry> {
  return fc.record({
    key,
    value,
    blanks: fc.constantFrom(0, 0, 0, 1, 2),
    comments: fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(fc.constantFrom(0, 0, 2, -2), { maxLength: 2 }) },
    ),
    hasTrailing: fc.integer({ min: 0, max: 5 }).map((value) => value === 0),
    spaces: fc.constantFrom(1, 1, 2, 4),
    step: fc.constantFrom(2, 2, 1, 4),
  });
}

const { node } = fc.letrec<{ node: YamlNode }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc
      .tuple(fc.boolean(), fc.array(entry(fc.constant(''), tie('node')), { maxLength: 3 }))
      .map(([isFlow, entries]): YamlNode => ({ kind: 'list', isFlow, entries })),
    fc
      .tuple(
        fc.boolean(),
        fc.uniqueArray(entry(fc.constantFrom('k', 'l', 'm', 'n'), tie('node')), {
          maxLength: 3,
          selector: ({ key }) => key,
        }),
      )
      .map(([isFlow, entries]): YamlNode => ({ kind: 'map', isFlow, entries })),
  ),
}));

function mapOf(values: Readonly<Record<string, fc.Arbitrary<YamlNode>>>): fc.Arbitrary<YamlNode> {
  const entries = Object.entries(values).map(([key, value]) => entry(fc.constant(key), value));
  return fc
    .tuple(fc.boolean(), fc.boolean(), fc.subarray([...entries.keys()]), fc.tuple(...entries))
    .map(([first, second, chosen, all]) => ({
      kind: 'map',
      isFlow: first && second,
      entries: chosen.flatMap((index) => all[index] ?? []),
    }));
}

function listOf(value: fc.Arbitrary<YamlNode>): fc.Arbitrary<YamlNode> {
  return fc
    .tuple(fc.boolean(), fc.array(entry(fc.constant(''), value), { maxLength: 3 }))
    .map(([isFlow, entries]) => ({ kind: 'list', isFlow: isFlow && entries.length < 2, entries }));
}

const rule = mapOf({
  id: scalar,
  description: scalar,
  expression,
  filters: listOf(expression),
  tags: node,
  actions: listOf(mapOf({ set: mapOf({ name: scalar, expression }), filter: expression })),
});

const policy = mapOf({
  version: scalar,
  macros: listOf(mapOf({ id: scalar, expression, values: node })),
  rules: listOf(rule),
  cases: node,
});

/** Writes a tree; counts the comments that it writes. */
class Writer {
  commentCount = 0;

  comment(): string {
    this.commentCount++;
    return `#c${this.commentCount}.`;
  }

  /** The lines of a value: the first continues a line, the others have their indentation. */
  write(node: YamlNode, column: number, isInFlow: boolean): string[] {
    if (node.kind === 'scalar') return writeScalar(node.text, node.style, { column, isInFlow });
    if (node.isFlow || isInFlow || node.entries.length === 0) return [this.writeFlow(node)];
    return ['', ...this.writeBlock(node, column)];
  }

  writeFlow(node: YamlNode & { readonly kind: 'map' | 'list' }): string {
    const items = node.entries.map(({ key, value, hasTrailing, spaces }) => {
      const [text = ''] = this.write(value, 0, true);
      const end = hasTrailing ? ` ${this.comment()}\n${' '.repeat(60)}` : '';
      return `${node.kind === 'map' ? `${key}:${' '.repeat(spaces)}` : ''}${text}${end}`;
    });
    return node.kind === 'map' ? `{${items.join(',')}}` : `[ ${items.join(' , ')}]`;
  }

  writeBlock(node: YamlNode & { readonly kind: 'map' | 'list' }, column: number): string[] {
    const lines: string[] = [];
    for (const { key, value, blanks, comments, hasTrailing, spaces, step } of node.entries) {
      for (let count = 0; count < blanks; count++) lines.push(' '.repeat(count));
      for (const shift of comments) {
        lines.push(' '.repeat(Math.max(0, column + shift)) + this.comment());
      }
      const mark = node.kind === 'map' ? `${key}:` : '-';
      const [head = '', ...body] = this.write(value, column + step, false);
      const isHead = head === '' || /^[|>]/.test(head) || !head.includes('\n');
      const trailing = hasTrailing && isHead ? `  ${this.comment()}` : '';
      lines.push(`${' '.repeat(column)}${mark}${' '.repeat(spaces)}${head}${trailing}`, ...body);
    }
    return lines;
  }
}

function writeScalar(
  text: string,
  chosen: ScalarStyle,
  { column, isInFlow }: { readonly column: number; readonly isInFlow: boolean },
): string[] {
  const isBlock = chosen === 'literal' || chosen === 'folded';
  const isSimple = /^[\x20-\x7eéü]*$/.test(text);
  if (isBlock && !isInFlow && /^[^\s][\t\n\x20-\x7eéü]*[^\s]$/.test(text)) {
    // A line of its own in a folded block is joined to the one before it.
    const lines = text.split('\n');
    const sign = chosen === 'literal' || lines.length > 1 ? '|-' : '>-';
    return [sign, ...lines.map((line) => (line === '' ? '' : ' '.repeat(column) + line))];
  }
  if (chosen === 'plain' && /^[a-z/][\w./]*(?: [=&\w./"(]+)*$/.test(text)) return [text];
  if (chosen === 'single' && isSimple) return [`'${text.replaceAll("'", "''")}'`];
  return [JSON.stringify(text)];
}

export type MessyPolicy = { readonly text: string; readonly commentCount: number };

export const arbitraryMessyPolicy: fc.Arbitrary<MessyPolicy> = fc
  .tuple(policy, fc.constantFrom('', '---\n', '# head\n\n', '%YAML 1.2\n---\n'), fc.boolean())
  .map(([root, head, hasEnd]) => {
    const writer = new Writer();
    const body = writer.write(root, 0, false).join('\n').replace(/^\n/, '');
    const end = hasEnd ? `\n\n${writer.comment()}` : '';
    return { text: `${head}${body}${end}`, commentCount: writer.commentCount };
  });
