// SPDX-License-Identifier: Apache-2.0
// From what a case expects, what the trigger says it did, and what is known of this kernel and of
// the backend: the records that must come, in order, each with the members that are certain.

import { normalize } from 'node:path/posix';
import type { BackendName } from '@fimbul/probe';
import type { FileOperation } from '@fimbul/schema';
import {
  type RecordedCall,
  readKernelFlags,
  readKernelMode,
  readRecordedCall,
} from './call-arguments.ts';
import { type FilesystemName, nothingMark } from './kernel-case.ts';
import { findDifferences, type KnownDifference } from './known-differences.ts';
import type { PathFlagName } from './observed-record.ts';
import type {
  CallExpectation,
  CallStep,
  Entrance,
  FileExpectation,
  Situation,
  Step,
} from './steps.ts';
import type { Identity, InodeTruth, OpenedTruth, Truth } from './truth.ts';

const fileTypeBits = 0o170000;
const permissionBits = 0o7777;

/** The members of a record that are certain; nested objects likewise. */
export type Shape = { readonly [member: string]: ShapeValue };
export type ShapeValue = string | number | bigint | boolean | null | readonly string[] | Shape;

export type CaseFacts = {
  /** Absolute path of the directory of the case. */
  readonly directory: string;
  readonly filesystem: FilesystemName;
  /** Absolute path of the program that does nothing. */
  readonly nothing: string;
  readonly series: string;
  /** What serves each operation. */
  readonly backends: Readonly<Record<FileOperation, BackendName>>;
  /** The steps, by line of the script. */
  readonly steps: readonly (Step | null)[];
  readonly truths: readonly Truth[];
  /** Inodes of the files that stood there before, by name. */
  readonly inodes: ReadonlyMap<string, InodeTruth>;
  readonly auid: number;
};

type PathSource = NonNullable<FileExpectation['source']>;
type CallTruth = Extract<Truth, { readonly told: 'call' }>;

/** What a record is about, as far as it decides what is known of its file. */
type Sighting = {
  readonly kind: FileOperation;
  readonly entrance: Entrance;
  readonly situation?: Situation | undefined;
};

const noFacts = { inode: 0n, device: 0, mode: 0, uid: 0, gid: 0, filesystem: '' };

const noFile: Shape = { ...noFacts, path: '', pathSource: 'none', pathFlags: [] };

function getRecord({ call, record }: CallStep): CallExpectation {
  if (!record) throw new Error(`no record is expected of ${call}`);
  return record;
}

export class Expectations {
  readonly shapes: Shape[] = [];
  readonly #facts: CaseFacts;
  readonly #inodes: Map<string, InodeTruth>;
  readonly #identities = new Map<number, Identity>();
  readonly #appliedDifferences = new Set<KnownDifference>();

  constructor(facts: CaseFacts) {
    this.#facts = facts;
    this.#inodes = new Map(facts.inodes);
    for (const truth of facts.truths) this.#add(truth);
  }

  /** Differences without which other records would have been expected. */
  get appliedDifferences(): readonly KnownDifference[] {
    return [...this.#appliedDifferences];
  }

  #add(truth: Truth): void {
    switch (truth.told) {
      case 'identity':
        this.#identities.set(truth.identity.tid, truth.identity);
        return;
      case 'call':
        this.#addCall(truth);
        return;
      case 'began':
        this.#addFork(truth.pid, truth.creator);
        return;
      case 'ended':
        this.#addExit(truth.pid, truth.status);
        return;
      case 'exec':
        this.#addExec(truth);
        return;
      case 'race':
        for (const name of truth.gone) this.#addUnlinked(truth, name);
        return;
    }
  }

  #addExec({ line, pid, tid }: Extract<Truth, { readonly told: 'exec' }>): void {
    const step = this.#facts.steps[line];
    if (step?.do !== 'exec') throw new Error(`line ${line} is no exec`);
    const { record } = step;
    const before = this.#identities.get(tid);
    if (!before) throw new Error(`no identity of task ${tid}`);
    const euid = record.euid ?? before.euid;
    // Whichever thread calls exec becomes the leader.
    const comm = record.comm ?? '';
    const identity: Identity = { ...before, tid: pid, comm, euid, fsuid: euid };
    this.#identities.set(pid, identity);
    this.shapes.push({
      kind: 'exec',
      process: this.#processShape(pid),
      file: this.#fileShape(record.file, 'descriptor', null),
      script: record.script ? this.#fileShape(record.script, 'caller', null) : null,
      argv: record.arguments.map((argument) =>
        argument
          .replace(nothingMark, this.#facts.nothing)
          .replace('{directory}', this.#facts.directory),
      ),
      argumentsTruncated: record.argumentsTruncated ?? false,
    });
  }

  #addFork(pid: number, creator: number): void {
    this.shapes.push({ kind: 'fork', process: { pid, tid: pid }, creatorPid: creator });
  }

  #addExit(pid: number, status: number): void {
    this.shapes.push({ kind: 'exit', process: { pid }, status });
  }

  #addUnlinked({ tid }: { readonly tid: number }, name: string): void {
    const record = { file: { path: name, inodeOf: '' } };
    const sighting = { kind: 'unlink', entrance: 'call' } as const;
    const [file] = this.#resolve(sighting, record.file, 'object', null);
    this.shapes.push({ kind: 'unlink', process: this.#processShape(tid), file, retval: 0 });
  }

  #addCall(truth: CallTruth): void {
    const step = this.#facts.steps[truth.line];
    if (step?.do !== 'call' || !step.record) return;
    const recorded = readRecordedCall(step);
    if (!recorded) throw new Error(`${step.call} has no record`);
    const { kind } = recorded;
    const sighting = { kind, entrance: step.entrance, situation: step.record.situation };
    if (this.#hasDifference(sighting, 'no_record')) return;
    const refused = truth.result < 0;
    const source = refused ? 'caller' : kind === 'open' ? 'descriptor' : 'object';
    const process = this.#callerShape(truth.tid, step.entrance);
    const common = {
      kind,
      process,
      retval: this.#seesObjects(kind) && !refused ? 0 : truth.result,
    };
    switch (kind) {
      case 'open':
        this.shapes.push({ ...common, ...this.#openShape(step, recorded, truth, source) });
        return;
      case 'unlink': {
        const [file] = this.#resolve(sighting, step.record.file, source, null);
        this.shapes.push({ ...common, file, flags: recorded.flags });
        return;
      }
      case 'rename':
        this.shapes.push({ ...common, ...this.#renameShape(step, recorded, refused, source) });
        return;
      case 'chmod':
        this.shapes.push({ ...common, ...this.#chmodShape(step, recorded.mode, source) });
        return;
    }
  }

  #openShape(
    step: CallStep,
    recorded: RecordedCall,
    { opened }: CallTruth,
    byDefault: PathSource,
  ): Shape {
    const { file: said, created = false } = getRecord(step);
    if (opened) this.#inodes.set(said.inodeOf ?? said.path, opened);
    const { entrance, record } = step;
    const sighting = { kind: 'open', entrance, situation: record?.situation } as const;
    const [file] = this.#hasDifference(sighting, 'no_path')
      ? [noFile]
      : this.#resolve(sighting, said, byDefault, opened);
    if (!this.#seesObjects('open'))
      return { file, created, flags: recorded.flags, mode: recorded.mode };
    const flags = readKernelFlags(recorded.flags);
    return { file, created, flags, mode: readKernelMode(recorded) };
  }

  #renameShape(
    step: CallStep,
    { flags }: RecordedCall,
    refused: boolean,
    byDefault: PathSource,
  ): Shape {
    const { file: said, destination: saidDestination } = getRecord(step);
    if (!saidDestination) throw new Error('a rename needs a destination');
    const sighting = { kind: 'rename', entrance: step.entrance } as const;
    const [file] = this.#resolve(sighting, said, byDefault, null);
    const moved = { inodeOf: said.inodeOf ?? said.path, ...saidDestination };
    const [destination] = this.#resolve(sighting, moved, byDefault, null);
    const inode = this.#inodes.get(moved.inodeOf);
    if (inode && !refused) this.#inodes.set(moved.path, inode);
    return { file, destination, flags };
  }

  #chmodShape(step: CallStep, argument: number, byDefault: PathSource): Shape {
    const record = getRecord(step);
    const name = record.file.inodeOf ?? record.file.path;
    const before = this.#inodes.get(name);
    const sighting = { kind: 'chmod', entrance: step.entrance } as const;
    const [file, source] = this.#resolve(sighting, record.file, byDefault, null);
    const succeeded = step.error === null;
    const bits = record.modeAfter ?? argument & permissionBits;
    const after = before && succeeded ? (before.mode & fileTypeBits) | bits : argument;
    if (before && succeeded) this.#inodes.set(name, { ...before, mode: after });
    if (!before || source === 'caller') {
      return { file, modeAfter: succeeded ? bits : argument, modeBeforeKnown: false };
    }
    const modeBeforeKnown = !(succeeded && this.#hasDifference(sighting, 'mode_before_unknown'));
    const mode = modeBeforeKnown ? before.mode : after;
    return { file: { ...file, mode }, modeAfter: after, modeBeforeKnown };
  }

  /** Whether the kernel's own functions are hooked, which get its objects. */
  #seesObjects(kind: FileOperation): boolean {
    return this.#facts.backends[kind] !== 'tracepoint';
  }

  /** Whether records come out otherwise by what is known; remembers by which. */
  #hasDifference(
    { kind, entrance, situation }: Sighting,
    effect: KnownDifference['effect'],
  ): boolean {
    const { series, filesystem, backends } = this.#facts;
    const query = { series, filesystem, kind, entrance, situation, backend: backends[kind] };
    const found = findDifferences(query).filter((difference) => difference.effect === effect);
    for (const difference of found) this.#appliedDifferences.add(difference);
    return found.length > 0;
  }

  /** The shape of a file and where its path comes from on this kernel. */
  #resolve(
    sighting: Sighting,
    file: FileExpectation,
    byDefault: PathSource,
    opened: OpenedTruth | null,
  ): readonly [Shape, PathSource] {
    const source = this.#choosePathSource(sighting, file.source ?? byDefault);
    return [this.#fileShape(file, source, opened), source];
  }

  /** Where the path comes from with this backend. */
  #choosePathSource(sighting: Sighting, source: PathSource): PathSource {
    if (source === 'descriptor' || source === 'caller') return source;
    if (this.#seesObjects(sighting.kind)) return 'object';
    if (source === 'checked') return 'caller';
    return this.#hasDifference(sighting, 'caller_path') ? 'caller' : source;
  }

  #fileShape(file: FileExpectation, source: PathSource, opened: OpenedTruth | null): Shape {
    const isCallers = source === 'caller' || source === 'object_without_name';
    const named = isCallers ? (file.callerPath ?? file.path) : file.path;
    const path = named.replace('{inode}', `${opened?.inode}`);
    const said = isCallers ? (file.callerFlags ?? file.flags) : file.flags;
    const flags: PathFlagName[] = [...(said ?? [])];
    const shape = {
      path: file.verbatim ? path : this.#locate(path),
      pathSource: isCallers ? 'caller' : 'kernel',
    };
    if (source === 'caller') return { ...shape, pathFlags: flags, ...noFacts };
    flags.push('INODE_KNOWN');
    // The programs that cases execute are wherever the checkout is.
    if (path === nothingMark) return { ...shape, pathFlags: flags };
    const filesystem = file.filesystem ?? this.#facts.filesystem;
    // What cases do there, they do to files that they made.
    if (filesystem === 'overlay') flags.push('UPPER_LAYER');
    return { ...shape, pathFlags: flags, filesystem, ...this.#inodeShape(file, opened) };
  }

  /** The absolute path of a name; the empty one stands for a path that nobody knows. */
  #locate(path: string): string {
    if (path === '' || path.startsWith('/')) return path;
    if (path === nothingMark) return this.#facts.nothing;
    return normalize(`${this.#facts.directory}/${path}`);
  }

  #inodeShape(file: FileExpectation, opened: OpenedTruth | null): Shape {
    if (opened) return { ...opened };
    const inode = this.#inodes.get(file.inodeOf ?? file.path);
    if (!inode) return {};
    const { inode: number, device, mode, uid, gid } = inode;
    return { inode: number, device, mode, uid, gid };
  }

  /** Requests to io_uring are the process's work, by whichever of its threads. */
  #callerShape(tid: number, entrance: Entrance): Shape {
    const { tid: _, comm: __, ...shape } = this.#processShape(tid);
    return entrance === 'ring' ? shape : this.#processShape(tid);
  }

  #processShape(tid: number): Shape {
    const identity = this.#identities.get(tid);
    if (!identity) throw new Error(`no identity of task ${tid}`);
    // What nobody could tell is 0 or empty, and is not compared.
    const told = Object.entries(identity).filter(
      ([name, value]) => value !== '' && (value !== 0 || !/^ppid$|Namespace$/.test(name)),
    );
    return { ...Object.fromEntries(told), auid: this.#facts.auid };
  }
}
