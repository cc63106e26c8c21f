// SPDX-License-Identifier: Apache-2.0
// What the kernel sent though no rule matched it, in groups: which operation, where its path is
// from, in which directory, and the rules whose lanes let it pass.

import type { CompiledRule } from '@fimbul/rules';

export type Passed = {
  readonly operation: string;
  readonly pathSource: string;
  readonly path: string;
  readonly lanes: bigint;
  /** Whether it changes something, or may. */
  readonly writes: boolean;
};

export type Group = {
  readonly operation: string;
  readonly path_source: string;
  readonly directory: string;
  readonly rules: string;
  readonly access: 'read' | 'write';
  readonly example: string;
  readonly count: number;
};

type LaneRule = Pick<CompiledRule, 'id' | 'eventType' | 'lanes'>;

const directoryDepth = 3;
const rulesNamedMax = 4;

/** The directory of a path, cut to its first components and without what differs by chance. */
export function getDirectoryPrefix(path: string): string {
  const directory = path.slice(0, Math.max(path.lastIndexOf('/'), 0));
  const components = directory.split('/').slice(1, 1 + directoryDepth);
  const names = components.map((name) => (/^\d+$/.test(name) ? 'N' : name));
  return path.startsWith('/') ? `/${names.join('/')}` : '(relative)';
}

/** Names the rules of some lanes, and counts those there is no room for. */
export function nameLanes(rules: readonly LaneRule[], operation: string, lanes: bigint): string {
  const ids = rules
    .filter((rule) => rule.eventType === operation && (rule.lanes & lanes) !== 0n)
    .map(({ id }) => id);
  const named = [...new Set(ids)];
  const more = named.length - rulesNamedMax;
  const text = named.slice(0, rulesNamedMax).join(' ');
  return more > 0 ? `${text} +${more}` : text;
}

export class Remainder {
  readonly #rules: readonly LaneRule[];
  readonly #counts = new Map<string, { sample: Passed; directory: string; count: number }>();

  constructor(rules: readonly LaneRule[]) {
    this.#rules = rules;
  }

  add(passed: Passed): void {
    const { operation, pathSource, path, lanes, writes } = passed;
    const directory = getDirectoryPrefix(path);
    const key = `${operation} ${pathSource} ${writes} ${lanes} ${directory}`;
    const known = this.#counts.get(key);
    if (known) known.count += 1;
    else this.#counts.set(key, { sample: passed, directory, count: 1 });
  }

  /** The largest groups, largest first. */
  listTop(countMax: number): readonly Group[] {
    return [...this.#counts.values()]
      .sort((a, b) => b.count - a.count)
      .slice(0, countMax)
      .map(({ sample, directory, count }) => ({
        operation: sample.operation,
        path_source: sample.pathSource,
        directory,
        rules: nameLanes(this.#rules, sample.operation, sample.lanes),
        access: sample.writes ? 'write' : 'read',
        example: sample.path,
        count,
      }));
  }
}
