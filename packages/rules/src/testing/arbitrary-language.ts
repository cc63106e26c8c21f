// SPDX-License-Identifier: Apache-2.0
// Random conditions on what goes beyond fields and literals: registers, indexes, variables,
// references, interpolation, lengths, domain names and networks.

import fc from 'fast-check';
import type { EventValue } from './interpret.ts';

const words = ['passwd', 'a', 'é', 'pass', 'x'.repeat(60), ''];

/** Actions that declare the variables which conditions read; their rule never matches. */
export const variableActions = [
  { set: { name: 'flag', value: true } },
  { set: { name: 'count', value: 1 } },
  { set: { name: 'word', value: 'a' } },
  { set: { name: 'words', value: ['a'], append: true } },
  { set: { name: 'counts', value: [1], append: true } },
  { set: { name: 'mine', scope: 'process', value: 'a' } },
  { set: { name: 'theirs', scope: 'container', value: 7 } },
] as const;

const toBytes = (text: string): string => String.fromCharCode(...new TextEncoder().encode(text));

const arbitraryWord = fc.constantFrom(...words.map(toBytes), '1', '\xff');
const arbitraryCount = fc.constantFrom(0n, 1n, 3n, -1n, 2n ** 40n, 2n ** 63n - 1n);

/** Values of all variables. */
export const arbitraryVariables: fc.Arbitrary<ReadonlyMap<string, EventValue>> = fc
  .record({
    flag: fc.boolean(),
    count: arbitraryCount,
    word: arbitraryWord,
    words: fc.array(arbitraryWord, { maxLength: 3 }),
    counts: fc.array(arbitraryCount, { maxLength: 3 }),
    'process.mine': arbitraryWord,
    'container.theirs': arbitraryCount,
  })
  .map((values) => new Map(Object.entries(values)));

const register = fc.constantFrom('A', 'B');
const index = fc.constantFrom('0', '1', '2', '7');
const element = fc.oneof(register, index);
const order = fc.constantFrom('==', '!=', '<', '<=', '>', '>=');
const equality = fc.constantFrom('==', '!=');
const membership = fc.constantFrom('in', 'not in');
const quoted = fc.constantFrom(...words).map((word) => `"${word}"`);

const ofElement = fc.oneof(
  fc
    .tuple(element, equality, quoted)
    .map(([at, is, word]) => `process.ancestors[${at}].file.name ${is} ${word}`),
  fc
    .tuple(element, fc.constantFrom('=~', '!~'), fc.constantFrom('/etc/*', '/**', '/usr/bin/a'))
    .map(([at, is, glob]) => `process.ancestors[${at}].file.path ${is} "${glob}"`),
  fc
    .tuple(element, order, fc.constantFrom('0', '1', 'process.pid', 'process.ancestors[B].pid'))
    .map(([at, is, value]) => `process.ancestors[${at}].pid ${is} ${value}`),
  fc.tuple(element, equality, quoted).map(([at, is, word]) => {
    return `process.ancestors[${at}].argv ${is} ${word}`;
  }),
  element.map((at) => `process.ancestors[${at}].argv.length > 1`),
  element.map((at) => `process.ancestors[${at}].is_kworker`),
  element.map((at) => `process.ancestors[${at}].created_at < 3s`),
  element.map((at) => `process.ancestors[${at}].file.name in ["passwd", ~"*a*", r"^x"]`),
  element.map((at) => `process.comm in %{process.ancestors[${at}].argv}`),
  fc.tuple(index, quoted).map(([at, word]) => `process.argv[${at}] == ${word}`),
  fc
    .tuple(index, index, quoted)
    .map(([at, inner, word]) => `process.ancestors[${at}].argv[${inner}] != ${word}`),
);

const ofLists = fc.constantFrom(
  'process.ancestors.argv == "a"',
  'process.ancestors.argv != "passwd"',
  'process.ancestors.argv.length > 1',
  'process.ancestors.argv.length != 2',
  'process.ancestors.argv in process.argv',
  'process.argv in %{process.ancestors.argv}',
  '%{process.argv.length} >= 2',
  'process.ancestors.length == 2',
);

const ofVariables = fc.oneof(
  fc.constantFrom(
    '${flag}',
    '!${flag}',
    '${flag} == process.is_exec',
    '${count} + 1 > process.pid',
    '${count} == ${container.theirs}',
    'process.comm == ${word}',
    'process.argv in ${words}',
    'process.comm not in ${words}',
    '"a" in ${words}',
    '${words} != "passwd"',
    '${words} == ~"*a*"',
    '${counts} > 2',
    'process.uid in ${counts}',
    '${words.length} >= 2',
    '${counts.length} == 0',
    '${process.mine} == process.comm',
    '${process.mine} =~ "pass*"',
    '${process.pid} == process.pid',
    '${words} == process.argv',
    '(${count} & 1) | 2 == 3',
  ),
  fc.tuple(order, fc.constantFrom('0', '1', '-1')).map(([is, value]) => `\${count} ${is} ${value}`),
);

const arbitraryTemplate = fc
  .array(
    fc.constantFrom(
      '/etc/',
      'a',
      'é',
      '${word}',
      '${count}',
      '${flag}',
      '${words}',
      '${process.mine}',
      '%{process.comm}',
      '%{process.uid}',
      '%{process.argv}',
      '%{process.argv[0]}',
      '%{process.ancestors[0].file.name}',
      '%{process.ancestors[A].pid}',
      '${',
      '%{x',
    ),
    { minLength: 1, maxLength: 3 },
  )
  .map((parts) => parts.join(''));

const ofTemplates = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('process.comm', 'process.file.path', 'process.argv'),
      equality,
      arbitraryTemplate,
    )
    .map(([field, is, text]) => `${field} ${is} "${text}"`),
  fc
    .tuple(
      fc.constantFrom('process.comm', 'process.file.path', 'process.argv'),
      membership,
      fc.array(arbitraryTemplate, { minLength: 1, maxLength: 3 }),
    )
    .map(([field, is, texts]) => `${field} ${is} [${texts.map((text) => `"${text}"`).join(', ')}]`),
);

/** Conditions that any event type allows. */
export const arbitraryLanguage: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: ofElement },
  { weight: 2, arbitrary: ofLists },
  { weight: 3, arbitrary: ofVariables },
  { weight: 3, arbitrary: ofTemplates },
  fc.constantFrom(
    '%{process.uid} == %{process.euid}',
    '"%{process.uid}" == process.comm',
    'process.comm in %{process.argv}',
    '"a${word}" == "${word}a"',
  ),
);

const nets = [
  ...['10.0.0.1', '10.0.0.0/8', '10.1.0.0/16', '0.0.0.0/0', '192.168.1.1/32', '::ffff:10.0.0.1'],
  ...['::1', '::/0', '2001:db8::/32', '2001:db8::1', 'fe80::/10', '::ffff:10.0.0.0/104'],
];

const net = fc.constantFrom(...nets);
const netList = fc.array(net, { minLength: 1, maxLength: 3 }).map((list) => `[${list.join(', ')}]`);

/** Conditions on the address of a connection. */
export const arbitraryNetworkTest: fc.Arbitrary<string> = fc.oneof(
  fc.tuple(equality, net).map(([is, text]) => `connect.addr.ip ${is} ${text}`),
  fc
    .tuple(fc.constantFrom('in', 'not in', 'allin'), netList)
    .map(([is, list]) => `connect.addr.ip ${is} ${list}`),
  fc
    .tuple(fc.constantFrom('in', 'not in'), fc.constantFrom('10.0.0.0/8', '2001:db8::/32'))
    .map(([is, text]) => `connect.addr.ip ${is} ${text}`),
  fc.tuple(net, netList).map(([text, list]) => `${text} in ${list} && connect.addr.port >= 0`),
);

export const arbitraryNet: fc.Arbitrary<string> = net;

const domains = [
  'example.com',
  'Example.COM',
  'a.b.example.co.uk',
  'localhost',
  '',
  'x.EXAMPLE.com',
];

/** Conditions on a domain name. */
export const arbitraryDomainTest: fc.Arbitrary<string> = fc.oneof(
  fc
    .tuple(equality, fc.constantFrom(...domains))
    .map(([is, text]) => `dns.question.name ${is} "${text}"`),
  fc.constantFrom(
    'dns.question.name =~ "*.example.com"',
    'dns.question.name !~ "*EXAMPLE*"',
    'dns.question.name in ["EXAMPLE.com", ~"x.*", r"^A"]',
    'dns.question.name.root_domain == "example.com"',
    'dns.question.name.root_domain in ["Example.co.uk", "b"]',
    'dns.question.name.length > 5',
    'dns.question.name == "%{dns.question.name.root_domain}"',
    'dns.question.name == ${word}',
  ),
);

export const arbitraryDomain: fc.Arbitrary<string> = fc.constantFrom(...domains);
