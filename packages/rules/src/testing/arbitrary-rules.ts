// SPDX-License-Identifier: Apache-2.0
// Random rules and random events that come near to each other: names one byte off, at the length
// the kernel compares and beyond, not UTF-8, empty; flags in all combinations; integers at bounds.

import { type FileOperation, fieldsByName, integerConstants } from '@fimbul/schema';
import fc from 'fast-check';
import { arbitraryLanguage } from './arbitrary-language.ts';
import { arbitraryValues, arbitraryValueTest } from './arbitrary-values.ts';
import type { EventScalar, EventValue, PlainEvent } from './interpret-values.ts';

/** Names as text, as a rule would write them. */
const names = [
  'passwd',
  'passwe',
  'passw',
  'passwd-',
  'shadow',
  'a',
  'é',
  'x'.repeat(58),
  'x'.repeat(59),
  'x'.repeat(60),
  `${'x'.repeat(60)}y`,
  'x'.repeat(255),
];

const directories = ['/etc', '/etc/ssh', '/usr/bin', '', '/tmp/é'];

const arbitraryPath = fc
  .tuple(fc.constantFrom(...directories), fc.constantFrom(...names))
  .map(([directory, name]) => `${directory}/${name}`);

const arbitraryGlob = fc.constantFrom(
  ...['/etc/*', '/etc/**', '**/passwd', '/etc/**/shadow', '/*/passwd', '*/passwd', '/etc/pass*'],
  ...['/**', '/', '', '/etc/*/passwd', '/etc/p*w*', '/usr/**/a', `/etc/${'x'.repeat(60)}`, '*'],
);

const arbitraryPattern = fc.constantFrom('pass*', '*wd', '*ass*', '*', '', 'p*s*d', 'shadow', '**');

const arbitraryRegexp = fc.constantFrom('^pass', 'sh.dow$', 'é', '.', '^$', '[xy]{3}');

const textual = (literal: fc.Arbitrary<string>, wild: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.oneof(
    fc
      .tuple(fc.constantFrom('==', '!='), literal)
      .map(([operator, text]) => `${operator} "${text}"`),
    fc
      .tuple(fc.constantFrom('=~', '!~', '== ~', '!= ~'), wild)
      .map(([operator, text]) => `${operator}${operator.length === 2 ? ' ' : ''}"${text}"`),
    fc
      .tuple(fc.constantFrom('==', '!=', '=~', '!~'), arbitraryRegexp)
      .map(([operator, text]) => `${operator} r"${text}"`),
    fc
      .tuple(
        fc.constantFrom('in', 'not in'),
        fc.array(
          fc.oneof(
            { weight: 5, arbitrary: literal.map((text) => `"${text}"`) },
            { weight: 1, arbitrary: wild.map((text) => `~"${text}"`) },
            { weight: 1, arbitrary: arbitraryRegexp.map((text) => `r"${text}"`) },
          ),
          { minLength: 1, maxLength: 5 },
        ),
      )
      .map(([operator, members]) => `${operator} [${members.join(', ')}]`),
  );

const arbitraryPathTest = textual(arbitraryPath, arbitraryGlob);
const arbitraryNameTest = textual(fc.constantFrom('', ...names), arbitraryPattern);

/** What a process runs, and what its ancestors ran. */
export const arbitraryProgramTest: fc.Arbitrary<string> = fc.oneof(
  arbitraryPathTest.map((test) => `process.file.path ${test}`),
  arbitraryNameTest.map((test) => `process.file.name ${test}`),
  arbitraryPathTest.map((test) => `process.ancestors.file.path ${test}`),
  arbitraryNameTest.map((test) => `process.ancestors.file.name ${test}`),
  fc
    .tuple(arbitraryPathTest, arbitraryNameTest)
    .map(
      ([path, name]) =>
        `process.ancestors[A].file.path ${path} && process.ancestors[A].file.name ${name}`,
    ),
);

function arbitraryString(operation: FileOperation): fc.Arbitrary<string> {
  const file = operation === 'rename' ? ['.file', '.file.destination'] : ['.file'];
  const prefix = fc.constantFrom(...file.map((part) => operation + part));
  return fc.oneof(
    {
      weight: 4,
      arbitrary: fc.tuple(prefix, arbitraryPathTest).map(([at, test]) => `${at}.path ${test}`),
    },
    {
      weight: 4,
      arbitrary: fc.tuple(prefix, arbitraryNameTest).map(([at, test]) => `${at}.name ${test}`),
    },
    { weight: 4, arbitrary: arbitraryProgramTest },
    arbitraryNameTest.map((test) => `process.argv ${test}`),
    fc.constantFrom(
      `${operation}.file.path == process.file.path`,
      `${operation}.file.path in process.ancestors.file.path`,
      'process.argv != process.ancestors.file.name',
      '"passwd" in process.argv',
      '~"pass*" in process.argv',
      'process.is_exec',
      '!process.is_exec',
      'process.is_exec == process.is_kworker',
      'true in process.ancestors.is_kworker',
      'process.ancestors.is_kworker != false',
      'process.ancestors.is_kworker',
      `${operation}.file.name.length > 5`,
      'process.ancestors.file.name.length == 6',
      'process.ancestors.length >= 2',
      'process.argv.length == 1',
      'process.created_at < 5s',
      '10s >= process.created_at',
      'process.ancestors.created_at > 2s',
      'event.timestamp - process.created_at + 3s <= 5s',
    ),
  );
}

const bits = ['O_RDONLY', 'O_WRONLY', 'O_RDWR', 'O_CREAT', 'O_EXCL', 'O_TRUNC', 'O_APPEND'];
const moreBits = ['O_NOCTTY', 'O_DSYNC', 'O_DIRECT', 'O_NOFOLLOW', 'O_CLOEXEC', 'O_PATH', 'O_SYNC'];

const arbitraryMask = fc
  .subarray([...bits, ...moreBits], { minLength: 1, maxLength: 4 })
  .map((flags) => `(${flags.join('|')})`);

const arbitraryOrder = fc.constantFrom('==', '!=', '<', '<=', '>', '>=');

const arbitraryFlagsTest: fc.Arbitrary<string> = fc.oneof(
  fc.tuple(arbitraryMask, arbitraryOrder).map(([mask, order]) => `open.flags & ${mask} ${order} 0`),
  fc.tuple(arbitraryMask, arbitraryMask).map(([mask, value]) => `open.flags & ${mask} == ${value}`),
  fc.tuple(arbitraryOrder, arbitraryMask).map(([order, mask]) => `open.flags ${order} ${mask}`),
  fc
    .tuple(fc.constantFrom('in', 'not in'), fc.subarray(bits, { minLength: 1 }))
    .map(([operator, flags]) => `open.flags ${operator} [${flags.join(', ')}]`),
  arbitraryMask.map((mask) => `(open.flags | ${mask}) ^ 1 != ${mask}`),
  arbitraryMask.map((mask) => `open.flags + 1 > ${mask}`),
  arbitraryMask
    .map((mask) => `${mask} > open.flags & (O_ACCMODE_LIKE|${mask})`)
    .map((text) => text.replace('O_ACCMODE_LIKE', '3')),
  arbitraryMask.map((mask) => `open.flags & ${mask} > process.uid`),
);

const bounds = ['0', '1', '-1', '4294967295', '4294967296', '2147483648', '9007199254740993'];

const arbitraryInteger: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom('process.pid', 'process.auid', 'process.cap_effective', 'event.timestamp'),
  fc.constantFrom('process.file.inode', 'process.file.mode', 'process.file.mount_id', 'CAP_BPF'),
  fc.constantFrom('CAP_SYS_ADMIN', 'AUDIT_AUID_UNSET', 'EACCES', 'S_IRWXU'),
  fc.constantFrom(...bounds, '9223372036854775807', '-9223372036854775808', '1099511627776'),
);

const arbitrarySum: fc.Arbitrary<string> = fc.letrec<{ sum: string }>((tie) => ({
  sum: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    arbitraryInteger,
    fc
      .tuple(tie('sum'), fc.constantFrom('+', '-', '&', '|', '^'), tie('sum'))
      .map(([left, operator, right]) => `(${left} ${operator} ${right})`),
    fc.tuple(fc.constantFrom('-', '^'), tie('sum')).map(([sign, sum]) => `${sign}(${sum})`),
  ),
})).sum;

const arbitraryIntegers = fc.oneof(
  fc
    .tuple(arbitrarySum, arbitraryOrder, arbitrarySum)
    .map(([left, order, right]) => `${left} ${order} ${right}`),
  fc
    .tuple(arbitrarySum, fc.constantFrom('in', 'not in'), fc.subarray(bounds, { minLength: 1 }))
    .map(([left, operator, members]) => `(${left}) + 0 ${operator} [${members.join(', ')}]`),
);

function arbitraryResult(operation: FileOperation): fc.Arbitrary<string> {
  return fc
    .tuple(arbitraryOrder, fc.constantFrom('0', 'EACCES', 'EPERM', 'ENOENT', '3'))
    .map(([order, value]) => `${operation}.retval ${order} ${value}`);
}

function arbitraryPredicate(operation: FileOperation): fc.Arbitrary<string> {
  const predicates = [
    { weight: 5, arbitrary: arbitraryString(operation) },
    { weight: 2, arbitrary: arbitraryIntegers },
    { weight: 3, arbitrary: arbitraryLanguage },
    { weight: 1, arbitrary: arbitraryResult(operation) },
    { weight: 4, arbitrary: arbitraryValueTest(operation) },
  ];
  if (operation === 'open') predicates.push({ weight: 5, arbitrary: arbitraryFlagsTest });
  return fc.oneof(...predicates);
}

/** An expression of a rule; it names the operation in any case. */
export function arbitraryExpression(operation: FileOperation): fc.Arbitrary<string> {
  const { condition } = fc.letrec<{ condition: string }>((tie) => ({
    condition: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      arbitraryPredicate(operation),
      fc
        .tuple(tie('condition'), fc.constantFrom('&&', '||'), tie('condition'))
        .map(([left, operator, right]) => `(${left}) ${operator} (${right})`),
      fc
        .tuple(tie('condition'), fc.constantFrom('and', '||', '&&'), arbitraryPredicate(operation))
        .map(([left, operator, right]) => `(${left}) ${operator} ${right} || false`),
      tie('condition').map((inner) => `!(${inner})`),
    ),
  }));
  return condition.map((text) =>
    text.includes(`${operation}.`) ? text : `${operation}.file.name != "none" && (${text})`,
  );
}

const arbitraryBytes = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...names.map(toBytes), '', 'pass\xffwd', '\xc3') },
  fc.string({ unit: 'binary-ascii', maxLength: 4 }).map((text) => text.replaceAll('/', '_')),
);

function toBytes(text: string): string {
  return String.fromCharCode(...new TextEncoder().encode(text));
}

const arbitraryEventPath = fc
  .tuple(fc.constantFrom(...directories.map(toBytes), '/etc/x'), arbitraryBytes)
  .map(([directory, name]) => `${directory}/${name}`);

const allBits = [...bits, ...moreBits].map((name) => integerConstants.get(name) ?? 0n);

const arbitraryFlags = fc.oneof(
  fc.subarray(allBits).map((values) => values.reduce((sum, value) => sum | value, 0n)),
  fc.bigInt({ min: 0n, max: 0xffffffffn }),
);

function arbitraryValue(name: string): fc.Arbitrary<bigint> {
  const [min, max] = fieldsByName.get(name)?.range ?? [0n, 0n];
  const known = bounds.map(BigInt).filter((value) => value >= min && value <= max);
  return fc.oneof(fc.constantFrom(...known, min, max), fc.bigInt({ min, max }));
}

const now = 1_700_000_000_000_000_000n;

/** One ancestor; all have the same fields, so that lists of the iterator are of one length. */
const arbitraryAncestor: fc.Arbitrary<Readonly<Record<string, EventScalar | readonly string[]>>> =
  fc.record({
    'file.path': arbitraryEventPath,
    pid: fc.constantFrom(0n, 1n, 3n),
    uid: fc.constantFrom(0n, 1n),
    is_kworker: fc.boolean(),
    created_at: fc.constantFrom(0n, now, now - 3_000_000_000n),
    argv: fc.array(arbitraryBytes, { maxLength: 3 }),
  });

function spreadAncestors(
  ancestors: readonly Readonly<Record<string, EventScalar | readonly string[]>>[],
): PlainEvent {
  const names = Object.keys(ancestors[0] ?? {});
  return Object.fromEntries(
    names.map((name) => [
      `process.ancestors.${name}`,
      ancestors.map((ancestor) => ancestor[name] ?? ''),
    ]),
  );
}

/** What is given of an event of any type; `makeEvent` fills in the rest. */
export const arbitraryProcess: fc.Arbitrary<PlainEvent> = fc
  .record({
    ancestors: fc.array(arbitraryAncestor, { maxLength: 3 }),
    rest: fc.record({
      'process.file.path': arbitraryEventPath,
      'process.comm': arbitraryBytes,
      'process.argv': fc.array(arbitraryBytes, { maxLength: 3 }),
      'process.is_exec': fc.boolean(),
      'process.is_kworker': fc.boolean(),
      'process.created_at': fc.constantFrom(0n, now, now - 5_000_000_000n, now - 7_000_000_000n),
      'event.timestamp': fc.constantFrom(now, now + 1n),
      'process.file.mount_id': arbitraryValue('process.file.mount_id'),
      ...Object.fromEntries(
        ['pid', 'uid', 'auid', 'cap_effective', 'file.inode', 'file.mode'].map((name) => [
          `process.${name}`,
          arbitraryValue(`process.${name}`),
        ]),
      ),
    }),
  })
  .map(({ ancestors, rest }) => ({ ...rest, ...spreadAncestors(ancestors) }));

/** What is given of an event of the operation; `makeEvent` fills in the rest. */
export function arbitraryEvent(operation: FileOperation): fc.Arbitrary<PlainEvent> {
  const entries: Record<string, fc.Arbitrary<EventValue>> = {
    ...arbitraryValues(operation),
    [`${operation}.file.path`]: arbitraryEventPath,
    [`${operation}.retval`]: fc.constantFrom(0n, 3n, -1n, -13n, -2n, -14n, -12n, -4095n),
  };
  if (operation === 'open') entries['open.flags'] = arbitraryFlags;
  if (operation === 'rename') entries['rename.file.destination.path'] = arbitraryEventPath;
  return fc.tuple(arbitraryProcess, fc.record(entries)).map(([process, own]) => ({
    ...{ ...process, ...own },
    // The container of an event is that of its process.
    'container.id': own['process.container.id'] ?? '',
  }));
}
