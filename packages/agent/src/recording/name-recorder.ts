// SPDX-License-Identifier: Apache-2.0
// Notes the names of all users and groups that a rule or an alert could ask for: those of a record,
// of its file, of its process and of the ancestors. A name is noted before the first record that
// needs it, and again when it changed.

import type { ProcessFacts } from '@fimbul/probe';
import type { ProcessEntry } from '../context/process-entry.ts';
import type { EventSurroundings } from '../engine/event-view.ts';
import type { Note } from './notes.ts';

/** Names remembered as noted. Beyond: all are forgotten, and noted again when they come. */
const notedMax = 262_144;

type Names = Pick<EventSurroundings, 'findUser' | 'findGroup'>;
type NameNote = Extract<Note, { kind: 'name' }>;

export class NameRecorder {
  readonly #names: Names;
  readonly #add: (note: NameNote) => void;
  /** Asked since the last look: a name does not change within a second. */
  readonly #asked = new Set<string>();
  #walked = new WeakSet<ProcessEntry>();
  /** What was noted last. */
  readonly #noted = new Map<string, string>();

  constructor(names: Names, add: (note: NameNote) => void) {
    this.#names = names;
    this.#add = add;
  }

  /** Lets all names be asked for again. */
  look(): void {
    this.#asked.clear();
    this.#walked = new WeakSet();
  }

  /** Notes the names of a process and of those it comes from. */
  noteProcess(entry: ProcessEntry, facts: ProcessFacts): void {
    this.#noteIds(facts);
    let next: ProcessEntry | null = entry;
    // Chains share their tails, and what was walked once was walked to its end.
    while (next !== null && !this.#walked.has(next)) {
      this.#walked.add(next);
      this.#noteIds(next.facts);
      const { executable, script } = next.image;
      if (executable !== null) this.noteOwner(executable.uid, executable.gid, next.facts);
      if (script !== null) this.noteOwner(script.uid, script.gid, next.facts);
      next = next.lineage.nearest;
    }
  }

  /** Notes the names of a file's owner as a process sees them. */
  noteOwner(uid: number, gid: number, process: ProcessFacts): void {
    this.#note('passwd', uid, process);
    this.#note('group', gid, process);
  }

  #noteIds(facts: ProcessFacts): void {
    this.noteOwner(facts.uid, facts.gid, facts);
    this.noteOwner(facts.euid, facts.egid, facts);
    this.noteOwner(facts.fsuid, facts.fsgid, facts);
  }

  #note(database: NameNote['database'], id: number, process: ProcessFacts): void {
    const { mountNamespace } = process;
    const key = `${database}:${mountNamespace}:${id}`;
    if (this.#asked.has(key)) return;
    this.#asked.add(key);
    const isUser = database === 'passwd';
    const name = isUser ? this.#names.findUser(id, process) : this.#names.findGroup(id, process);
    if (name === (this.#noted.get(key) ?? '')) return;
    if (this.#noted.size >= notedMax) this.#noted.clear();
    this.#noted.set(key, name);
    this.#add({ kind: 'name', database, mountNamespace, id, name });
  }
}
