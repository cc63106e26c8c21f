// SPDX-License-Identifier: Apache-2.0
// The text format, and that no label, however it reads, breaks out of its quotes or its line.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { formatMetrics, type MetricFamily } from './metrics-text.ts';

function counter(changes: Partial<MetricFamily> = {}): MetricFamily {
  return { name: 'x_total', type: 'counter', help: 'X.', samples: [{ value: 1 }], ...changes };
}

describe('the text format', () => {
  it('has help and type once for each family', () => {
    const samples = [
      { labels: { a: '1', b: 'two' }, value: 3 },
      { labels: { a: '2' }, value: 4.5 },
    ];
    assert.equal(
      formatMetrics([counter({ samples }), counter({ name: 'y', type: 'gauge', help: 'Y.' })]),
      '# HELP x_total X.\n# TYPE x_total counter\nx_total{a="1",b="two"} 3\nx_total{a="2"} 4.5\n' +
        '# HELP y Y.\n# TYPE y gauge\ny 1\n',
    );
  });

  it('leaves out a family that has nothing to tell', () => {
    assert.equal(formatMetrics([counter({ samples: [] })]), '');
  });

  it('writes what is no ordinary number as Prometheus reads it', () => {
    const values = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e21, -0.5];
    const text = formatMetrics([counter({ samples: values.map((value) => ({ value })) })]);
    assert.deepEqual(text.trimEnd().split('\n').slice(2), [
      ...['x_total NaN', 'x_total +Inf', 'x_total -Inf', 'x_total 1e+21', 'x_total -0.5'],
    ]);
  });

  it('escapes help', () => {
    assert.match(formatMetrics([counter({ help: 'a\\b\nc' })]), /^# HELP x_total a\\\\b\\nc\n/);
  });

  it('keeps any text of a label within its quotes', () => {
    const readBack = (text: string): string =>
      text.replace(/\\(.)/g, (_, character) => (character === 'n' ? '\n' : character));
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (label) => {
        const text = formatMetrics([counter({ samples: [{ labels: { l: label }, value: 1 }] })]);
        const [, , ...lines] = text.split('\n');
        assert.deepEqual(lines.slice(1), ['']);
        const inside = /^x_total\{l="((?:[^"\\]|\\[\\"n])*)"\} 1$/su.exec(lines[0] ?? '')?.[1];
        assert.equal(readBack(inside ?? 'not found'), label);
      }),
    );
  });
});
