// SPDX-License-Identifier: Apache-2.0
// A process as a document: the one that caused an event, its parent, an ancestor. All have the same
// fields. Entries of the process cache never change, so what is said of an ancestor or of an
// executable is made once and shared by all alerts that name it.

import type { FileFacts } from '@fimbul/probe';
import { fields } from '@fimbul/schema';
import { getInterpreterFile, getProgramFile } from '../context/image.ts';
import type { EventSurroundings, ProcessSubject } from '../engine/event-view.ts';
import { type FileReader, fileReaders } from '../engine/file-fields.ts';
import { type ProcessReader, processReaders } from '../engine/process-fields.ts';
import { isDerived } from './derived-fields.ts';
import { type FieldWriter, type JsonObject, makeFieldWriter } from './field-writer.ts';

const prefix = 'process.parent.';

/** Of ancestors it is the pid; whoever describes the process of an event adds its thread. */
const threadField = 'tid';

/** The block of the parent stands for all: the blocks differ in their prefix only. */
const blockFields = fields
  .filter(({ name }) => name.startsWith(prefix))
  .map((spec) => ({ spec, name: spec.name.slice(prefix.length) }))
  .filter(({ name }) => !isDerived(name) && name !== threadField);

const filePattern = /^(?:interpreter\.)?file\./;

const ownWriters: { read: ProcessReader; write: FieldWriter }[] = blockFields
  .filter(({ name }) => !filePattern.test(name))
  .flatMap(({ spec, name }) => {
    const read = processReaders.get(name);
    // Rules see the arguments after the first; people expect all of them.
    const readWhole: ProcessReader | undefined =
      name === 'argv' ? ({ entry }) => entry.image.argv : read;
    return readWhole ? [{ read: readWhole, write: makeFieldWriter(spec, name.split('.')) }] : [];
  });

const fileWriters: { read: FileReader; write: FieldWriter }[] = blockFields
  .filter(({ name }) => name.startsWith('file.'))
  .flatMap(({ spec, name }) => {
    const key = name.slice('file.'.length);
    const read = fileReaders[key];
    return read ? [{ read, write: makeFieldWriter(spec, [key]) }] : [];
  });

/** Names of owners depend on the namespace that they are looked up in. */
type FileDocument = { readonly mountNamespace: number; readonly document: JsonObject };

const fileDocuments = new WeakMap<FileFacts, FileDocument>();

function describeFile(
  file: FileFacts,
  subject: ProcessSubject,
  surroundings: EventSurroundings,
): JsonObject {
  const { mountNamespace } = subject.facts;
  const found = fileDocuments.get(file);
  if (found?.mountNamespace === mountNamespace) return found.document;
  const document: JsonObject = {};
  for (const { read, write } of fileWriters) {
    write(document, read(file, surroundings, subject.facts));
  }
  fileDocuments.set(file, { mountNamespace, document });
  return document;
}

/** Describes the process of an event, with its credentials of the moment. */
export function describeProcess(
  subject: ProcessSubject,
  surroundings: EventSurroundings,
): JsonObject {
  const document: JsonObject = {};
  for (const { read, write } of ownWriters) write(document, read(subject, surroundings));
  const program = getProgramFile(subject.entry.image);
  if (program) document.file = describeFile(program, subject, surroundings);
  const interpreter = getInterpreterFile(subject.entry.image);
  if (interpreter) {
    document.interpreter = { file: describeFile(interpreter, subject, surroundings) };
  }
  return document;
}

/** Characters of an ancestor's arguments: a chain of 128 must not make an alert of megabytes. */
const ancestorArgumentsMax = 1024;

function cutArguments(document: JsonObject): void {
  const { argv } = document;
  if (!Array.isArray(argv)) return;
  let room = ancestorArgumentsMax;
  const kept: string[] = [];
  for (const argument of argv as readonly string[]) {
    if (room <= 0) break;
    kept.push(argument.slice(0, room));
    room -= argument.length + 1;
  }
  const last = kept.length - 1;
  if (kept.length === argv.length && kept[last] === argv[last]) return;
  document.argv = kept;
  document.args_truncated = true;
}

const ancestorDocuments = new WeakMap<object, JsonObject>();

/** Describes an ancestor: a process as it was when it created the next one. */
export function describeAncestor(
  subject: ProcessSubject,
  surroundings: EventSurroundings,
): JsonObject {
  const found = ancestorDocuments.get(subject.entry);
  if (found) return found;
  const document = describeProcess(subject, surroundings);
  cutArguments(document);
  ancestorDocuments.set(subject.entry, document);
  return document;
}
