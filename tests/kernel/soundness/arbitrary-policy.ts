// SPDX-License-Identifier: Apache-2.0
// Generated policies about a directory: rules of the shapes that people write on paths, names,
// flags, modes and results, also negated, also on both files of a rename.

import fc from 'fast-check';
import { components } from './arbitrary-work.ts';

const arbitraryComponent = fc.constantFrom(
  ...components.filter((component) => /^[\w.]+$/.test(component)),
);
const arbitraryPart = fc.oneof(
  { weight: 4, arbitrary: arbitraryComponent },
  {
    weight: 2,
    arbitrary: fc.constantFrom('*', 'lib*', '*.so', 'lib*.so', 'a*', '*c', 'x*x', 'l*b*'),
  },
);

type Place = { readonly text: string; readonly isGlob: boolean };

/** Paths below the directory `{root}`, which is put in later. */
const arbitraryPlace: fc.Arbitrary<Place> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc
      .array(arbitraryComponent, { minLength: 1, maxLength: 3 })
      .map((parts) => ({ text: `{root}/${parts.join('/')}`, isGlob: false })),
  },
  {
    weight: 3,
    arbitrary: fc
      .array(arbitraryPart, { minLength: 1, maxLength: 3 })
      .map((parts) => ({ text: `{root}/${parts.join('/')}`, isGlob: true })),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        fc.array(arbitraryPart, { maxLength: 2 }),
        fc.array(arbitraryPart, { maxLength: 2 }),
        fc.boolean(),
      )
      .map(([before, after, isAnywhere]) => ({
        text: [...(isAnywhere ? [] : ['{root}', ...before]), '**', ...after].join('/'),
        isGlob: true,
      })),
  },
);

const quote = ({ text, isGlob }: Place): string => `${isGlob ? '~' : ''}"${text}"`;

function arbitraryPathTest(field: string): fc.Arbitrary<string> {
  const path = `${field}.path`;
  return fc.oneof(
    {
      weight: 3,
      arbitrary: fc
        .tuple(arbitraryPlace, fc.boolean())
        .map(([place, isNegated]) =>
          place.isGlob
            ? `${path} ${isNegated ? '!~' : '=~'} "${place.text}"`
            : `${path} ${isNegated ? '!=' : '=='} "${place.text}"`,
        ),
    },
    {
      weight: 3,
      arbitrary: fc
        .tuple(fc.array(arbitraryPlace, { minLength: 1, maxLength: 4 }), fc.boolean())
        .map(
          ([places, isNegated]) =>
            `${path} ${isNegated ? 'not in' : 'in'} [${places.map(quote).join(', ')}]`,
        ),
    },
    {
      weight: 1,
      arbitrary: arbitraryComponent.map((name) => `${path} =~ r".*/${name.replace('.', '[.]')}$"`),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.constantFrom('==', '!='), arbitraryComponent)
        .map(([is, name]) => `${field}.name ${is} "${name}"`),
    },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom('*.so', 'lib*', '*a*')
        .map((pattern) => `${field}.name =~ "${pattern}"`),
    },
  );
}

/** Where it is done: outside of containers, on whatever the checkout stands on. */
const placeTests: readonly string[] = [
  'container.id == ""',
  'container.id != ""',
  'process.container.id !~ "a*"',
];

/** All work is done by `operate`, which a test in Node.js starts. */
const programTests: readonly string[] = [
  ...['process.file.name == "operate"', 'process.file.path !~ "/**/operate"'],
  ...[
    'process.file.path not in ["/usr/bin/dpkg", "/usr/bin/apt"]',
    'process.file.path =~ "/usr/**"',
  ],
  ...['process.ancestors.file.name == "node"', 'process.ancestors.file.name != "node"'],
  ...['process.ancestors.file.path not in [~"/usr/**"]', 'process.ancestors.file.name == "dpkg"'],
];

type Operation = 'open' | 'unlink' | 'rename' | 'chmod';

const ownTests: Readonly<Record<Operation, readonly string[]>> = {
  open: [
    'open.flags & (O_WRONLY|O_RDWR) > 0',
    'open.flags & O_CREAT == 0',
    'open.flags & (O_TRUNC|O_APPEND) != 0',
    'open.retval < 0',
    'open.retval == -2',
    'open.created',
    '!open.created',
    'open.file.destination.rights & (S_IWOTH|S_IXUSR) > 0',
    'open.file.destination.mode in [0, 384, 420]',
  ],
  unlink: ['unlink.retval == 0', 'unlink.retval != 0', 'unlink.flags == 0'],
  rename: [
    'rename.retval >= 0',
    'rename.retval < 0',
    'rename.flags & RENAME_EXCHANGE > 0',
    'rename.file.destination.mode & S_IFMT == S_IFDIR',
    'rename.file.destination.uid != 0',
  ],
  chmod: [
    'chmod.file.destination.mode & S_ISUID > 0',
    'chmod.file.destination.rights == 420',
    'chmod.file.destination.mode != chmod.file.mode',
    'chmod.retval == 0',
  ],
};

function arbitraryCondition(operation: Operation): fc.Arbitrary<string> {
  const file = `${operation}.file`;
  const own = fc.constantFrom(
    ...ownTests[operation],
    ...['process.uid == 0', 'process.uid != 0', 'process.euid > 999', 'process.egid in [0, 1000]'],
    ...['process.fsuid == 1000', 'process.auid != 4294967295'],
    ...programTests,
    ...[`${file}.mode & S_IFMT == S_IFDIR`, `${file}.mode & S_ISUID == 0`, `${file}.uid >= 1000`],
    ...placeTests,
    ...[`${file}.filesystem != "tmpfs"`, `${file}.filesystem in ["ext4", "tmpfs", "xfs"]`],
    ...[`!${file}.in_upper_layer`, `${file}.in_upper_layer`],
    ...[`${file}.rights & S_IWGRP > 0`, `${file}.gid not in [0, 1000]`],
  );
  const source = arbitraryPathTest(`${operation}.file`);
  const path =
    operation === 'rename'
      ? fc.oneof(source, arbitraryPathTest('rename.file.destination'))
      : source;
  const { condition } = fc.letrec<{ condition: string }>((tie) => ({
    condition: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      { weight: 5, arbitrary: path },
      { weight: 2, arbitrary: own },
      {
        weight: 4,
        arbitrary: fc
          .tuple(tie('condition'), fc.constantFrom('&&', '||'), tie('condition'))
          .map(([left, operator, right]) => `(${left} ${operator} ${right})`),
      },
      { weight: 1, arbitrary: tie('condition').map((inner) => `!(${inner})`) },
    ),
  }));
  return condition;
}

const operations: readonly Operation[] = ['open', 'unlink', 'rename', 'chmod'];

/**
 * A policy whose rules are about what lies below a directory. All rules say so at the end, since
 * programs see the whole machine, and rules must not match what others do there.
 */
export function arbitraryPolicy(root: string): fc.Arbitrary<string> {
  const arbitraryRule = fc.constantFrom(...operations).chain((operation) =>
    arbitraryCondition(operation).map((condition) => {
      const within = `${operation}.file.path =~ "{root}/**"`;
      return `${condition} && ${within}`;
    }),
  );
  return fc.array(arbitraryRule, { minLength: 1, maxLength: 12 }).map((expressions) => {
    const rules = expressions.map((expression, index) => ({
      id: `rule_${index}`,
      expression: expression.replaceAll('{root}', root),
    }));
    // JSON is YAML.
    return JSON.stringify({ rules });
  });
}
