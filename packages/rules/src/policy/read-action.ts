// SPDX-License-Identifier: Apache-2.0
// Reads the actions of a rule. An action with an error is an error of its rule: a rule that lost
// what it should do when it matches would look like protection and be none.

import { isMap } from 'yaml';
import { quote } from '../diagnostics.ts';
import { suggestName } from '../nearest-name.ts';
import type { ActionDraft } from './drafts.ts';
import { readEntries, readMap } from './map-entries.ts';
import {
  type ActionKind,
  actionKeys,
  actionKinds,
  coredumpKeys,
  hashKeys,
  killKeys,
  logKeys,
  logLevels,
  networkFilterKeys,
  ownLogLevels,
  scopes,
} from './policy-keys.ts';
import { firstOf } from './read-definition.ts';
import { readSet } from './read-set.ts';
import { findSignal, signals } from './signals.ts';
import {
  type Entries,
  type Entry,
  failType,
  placeOf,
  type Reader,
  readBoolean,
  readChoice,
  readExpression,
  readInteger,
  readItemEntries,
  readText,
  reportAt,
} from './yaml-reader.ts';

type Distribute<Union> = Union extends unknown ? Omit<Union, 'place' | 'filter'> : never;
/** What an action does, without what all actions have. */
export type ActionBody = Distribute<ActionDraft>;

const kinds = Object.keys(actionKinds) as ActionKind[];

export function readActions(reader: Reader, entry: Entry | undefined): readonly ActionDraft[] {
  return readItemEntries(reader, entry).flatMap((item) => readAction(reader, item) ?? []);
}

function readAction(reader: Reader, item: Entry): ActionDraft | null {
  const { value } = item;
  if (!isMap(value)) return failType(reader, item, 'a map');
  const entries = readEntries(reader, value, actionKeys);
  const found = kinds.filter((kind) => entries.has(kind));
  const [kind] = found;
  if (kind === undefined || found.length > 1) {
    const words = { kinds: kinds.join(', '), found: found.join(' and ') || 'none' };
    reportAt(reader, 'FR4021', words, firstOf(value));
    return null;
  }
  const entry = entries.get(kind);
  const filter = readExpression(reader, entries.get('filter'));
  const body = readBody(reader, kind, entry);
  return body && { place: placeOf(reader, entry?.keyNode), filter, ...body };
}

function readBody(reader: Reader, kind: ActionKind, entry: Entry | undefined): ActionBody | null {
  switch (kind) {
    case 'set':
      return entry ? readSet(reader, entry) : null;
    case 'kill': {
      const entries = readMap(reader, entry, killKeys);
      return entries && readKill(reader, entries, entry);
    }
    case 'log': {
      const entries = readMap(reader, entry, logKeys);
      return entries && readLog(reader, entries);
    }
    case 'hash': {
      const entries = readMap(reader, entry, hashKeys);
      if (entries === null) return null;
      const field = readExpression(reader, entries.get('field'));
      const size = readInteger(reader, entries.get('max_file_size'), hashKeys.max_file_size);
      return { kind, field, maxFileSize: size };
    }
    case 'coredump': {
      const entries = readMap(reader, entry, coredumpKeys);
      if (entries === null) return null;
      for (const key of Object.keys(coredumpKeys)) readBoolean(reader, entries.get(key));
      return ignore(reader, kind, entry);
    }
    case 'network_filter': {
      const entries = readMap(reader, entry, networkFilterKeys);
      if (entries === null) return null;
      readText(reader, entries.get('filter'));
      readText(reader, entries.get('policy'));
      readChoice(reader, entries.get('scope'), scopes);
      return ignore(reader, kind, entry);
    }
  }
}

/** The language has it, and this agent does not execute it. */
function ignore(reader: Reader, kind: ActionKind, entry: Entry | undefined): ActionBody {
  reportAt(reader, 'FR4108', { kind }, entry?.keyNode);
  return { kind: 'ignored', name: kind };
}

function readKill(reader: Reader, entries: Entries, action: Entry | undefined): ActionBody | null {
  const entry = entries.get('signal');
  const scope = readChoice(reader, entries.get('scope'), scopes) ?? 'process';
  const disableContainerDisarmer =
    readBoolean(reader, entries.get('disable_container_disarmer')) ?? false;
  const disableExecutableDisarmer =
    readBoolean(reader, entries.get('disable_executable_disarmer')) ?? false;
  if (entry === undefined) {
    reportAt(reader, 'FR4003', { item: 'kill action', key: 'signal' }, action?.keyNode);
    return null;
  }
  const text = readText(reader, entry);
  if (text === null) return null;
  const signal = findSignal(text);
  if (signal === null) {
    const suggestion = suggestName(text, signals.keys(), 'use a name such as SIGKILL or SIGTERM');
    reportAt(reader, 'FR4028', { text: quote(text), suggestion }, entry.value);
    return null;
  }
  return { kind: 'kill', ...signal, scope, disableContainerDisarmer, disableExecutableDisarmer };
}

/** The levels that other agents have besides, as those of this one. */
const levelsElsewhere = { trace: 'debug', warn: 'warning', critical: 'error' } as const;

function readLog(reader: Reader, entries: Entries): ActionBody {
  const level = readChoice(reader, entries.get('level'), logLevels, ownLogLevels) ?? 'info';
  const message = readExpression(reader, entries.get('message'));
  const isElsewhere = level === 'trace' || level === 'warn' || level === 'critical';
  return { kind: 'log', level: isElsewhere ? levelsElsewhere[level] : level, message };
}
