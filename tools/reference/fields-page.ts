// SPDX-License-Identifier: Apache-2.0
// The reference page of fields: by event, and the blocks that many events share once.

import type { EventType } from '../../packages/schema/src/event/event-types.ts';
import { eventTypes, isOperation } from '../../packages/schema/src/event/event-types.ts';
import { fieldAliases } from '../../packages/schema/src/event/field-aliases.ts';
import type { FieldSpec } from '../../packages/schema/src/event/field-spec.ts';
import { fields } from '../../packages/schema/src/event/fields.ts';
import { fileBlock } from '../../packages/schema/src/event/file-fields.ts';
import { bitValues, findFilteredField } from '../../packages/schema/src/event/filter-values.ts';
import { hostFields } from '../../packages/schema/src/event/host-fields.ts';
import { processBlock, processFiles } from '../../packages/schema/src/event/process-fields.ts';
import { code, page, paragraph, table } from './markdown.ts';

/** Prefixes of a block, by a field that every such block has. */
function listPrefixes(member: string): string[] {
  return fields
    .filter(({ name }) => name.endsWith(`.${member}`))
    .map(({ name }) => name.slice(0, -member.length - 1));
}

const filePrefixes = listPrefixes('path_source');
const processPrefixes = listPrefixes('is_kworker');
const fileNames = new Set(fileBlock.map(({ name }) => name));
const processNames = new Set(processBlock.map(({ name }) => name));

function isInBlock(name: string): boolean {
  const isUnder = (prefixes: readonly string[], names: ReadonlySet<string>) =>
    prefixes.some(
      (prefix) => name.startsWith(`${prefix}.`) && names.has(name.slice(prefix.length + 1)),
    );
  return isUnder(filePrefixes, fileNames) || isUnder(processPrefixes, processNames);
}

/** The type as an author thinks of it. */
export function describeType({ type, list, style, isDomain }: FieldSpec): string {
  const name = style === 'time' ? 'time' : isDomain ? 'domain' : type;
  return list ? `${name}[]` : name;
}

const filterWords: Readonly<Record<FieldSpec['filter'], string>> = {
  name: 'exact',
  path: 'whole path',
  'partial-path': 'whole path',
  result: 'result',
  none: '',
};

function describeFilter({ name, filter }: FieldSpec): string {
  const filtered = findFilteredField(name);
  if (filter !== 'none' || filtered === null) return filterWords[filter];
  return bitValues.has(filtered.value) ? 'bits' : 'bounds';
}

function linkConstants({ constants }: FieldSpec): string {
  return constants === null ? '' : ` [Constants](constants.md#${constants.toLowerCase()}).`;
}

function describeFields(specs: readonly FieldSpec[], nameOf: (spec: FieldSpec) => string): string {
  return table(
    ['field', 'type', 'cost', 'kernel', 'filled', 'what it is'],
    specs.map((spec) => [
      code(nameOf(spec)),
      describeType(spec),
      String(spec.cost),
      describeFilter(spec),
      spec.filled ? 'yes' : 'no',
      `${spec.description}${linkConstants(spec)}`,
    ]),
  );
}

const listWords = (names: readonly string[]) => names.map(code).join(', ');

function describeEventType(event: EventType): string {
  const own = fields.filter((spec) => spec.event === event && spec.inRules);
  const standing = own.filter(({ name }) => !isInBlock(name));
  const isProcess = processPrefixes.includes(event);
  const files = filePrefixes.filter(
    (prefix) => prefix.startsWith(`${event}.`) && !(isProcess && isProcessFile(prefix)),
  );
  const blocks = [
    ...(isProcess ? [`${code(`${event}.*`)}: [a process](#a-process).`] : []),
    ...files.map((prefix) => `${code(`${prefix}.*`)}: [a file](#a-file).`),
  ];
  return [
    `## ${event}`,
    ...(isOperation(event) ? [] : ['Not produced by this agent.']),
    ...(standing.length === 0 ? [] : [describeFields(standing, ({ name }) => name)]),
    ...blocks,
  ].join('\n\n');
}

function isProcessFile(prefix: string): boolean {
  return processFiles.some((file) => prefix.endsWith(`.${file}`));
}

/** A block, by the fields of one of those that have it. */
function describeBlock(prefix: string, names: ReadonlySet<string>): string {
  const start = `${prefix}.`;
  const members = fields.filter(
    ({ name, inRules }) => inRules && name.startsWith(start) && names.has(name.slice(start.length)),
  );
  return describeFields(members, ({ name }) => name.slice(start.length));
}

function describeFileBlock(): string {
  const decided = fields
    .filter(({ filter }) => filter === 'path')
    .map(({ name }) => name.slice(0, -'.path'.length));
  return [
    '## A file',
    paragraph(
      'The fields of each file of an event. The kernel decides on those of ' +
        `${listWords(decided)}. Of an event that this agent does not produce, none is filled.`,
    ),
    describeBlock('open.file', fileNames),
  ].join('\n\n');
}

function describeProcessBlock(): string {
  return [
    '## A process',
    paragraph(
      `The fields of each process: ${listWords(processPrefixes)}. \`process.ancestors\` has them ` +
        'for each ancestor, nearest first: a comparison asks whether any has such a value. The ' +
        'kernel decides on those of `process` itself.',
    ),
    describeBlock('process', processNames),
    ...processFiles.map((file) =>
      file === 'file'
        ? '`file.*`: what the process runs, or the script: [a file](#a-file).'
        : '`interpreter.file.*`: what runs the script: [a file](#a-file).',
    ),
  ].join('\n\n');
}

const introduction = `A rule is about one event type, the first word of the fields it names; the
fields of every event stand in any rule. Integers have 64 bits. A time is an integer, nanoseconds
since 1970, and is compared with a duration as an age.

- **cost**: what it takes to read the field, relative to others. Cheap conditions are asked first.
- **kernel**: what the kernel itself decides, so that events that no rule can match never leave it:
  of some numbers single bits under a mask, of others how they compare with numbers.
- **filled**: \`no\` where this agent knows the field and always reads it as zero, empty or false.

\`.length\` after a field is the number of bytes of a string, or of values of a list;
\`process.ancestors.length\` is that of ancestors. \`.root_domain\` after a domain is the part of it
that can be registered. [Constants](constants.md) are names for integers.`;

function describeAliases(): string {
  return [
    '## Other names',
    'Names that the language had before. They mean the field beside them.',
    table(
      ['name', 'field'],
      [...fieldAliases].map(([alias, name]) => [code(alias), code(name)]),
    ),
  ].join('\n\n');
}

function describeHost(): string {
  return [
    '## Facts of the host',
    paragraph(
      'What `filters` of macros and rules can ask for, and no expression of a rule: facts of the ' +
        'host that loads the policy.',
    ),
    table(
      ['fact', 'type', 'what it is'],
      hostFields.map((spec) => [code(spec.name), describeType(spec), spec.description]),
    ),
  ].join('\n\n');
}

function describeAlerts(): string {
  const hidden = fields.filter(({ inRules, name }) => !inRules && !isInBlock(name));
  const block = fileBlock.filter(({ inRules }) => inRules === false);
  return [
    '## Only in alerts',
    'No rule can read these.',
    table(
      ['field', 'what it is'],
      [
        ...hidden.map(({ name, description }) => [code(name), description]),
        ...block.map(({ name, description }) => [code(`….file.${name}`), description]),
      ],
    ),
  ].join('\n\n');
}

/** Writes the page. */
export function writeFieldsPage(): string {
  const declared = new Set(fields.map(({ event }) => event));
  const everywhere = fields.filter(
    ({ event, inRules, name }) => event === '*' && inRules && !isInBlock(name),
  );
  return page('Fields', 'packages/schema/src/event', [
    introduction,
    '## Every event',
    describeFields(everywhere, ({ name }) => name),
    ...['process', 'process.parent', 'process.ancestors'].map(
      (prefix) => `${code(`${prefix}.*`)}: [a process](#a-process).`,
    ),
    ...eventTypes.filter((event) => declared.has(event)).map(describeEventType),
    describeFileBlock(),
    describeProcessBlock(),
    describeAliases(),
    describeHost(),
    describeAlerts(),
  ]);
}
