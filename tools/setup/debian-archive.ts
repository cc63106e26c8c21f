// SPDX-License-Identifier: Apache-2.0
// Fetches from other suites of the Debian archive without touching the system's apt: own sources,
// own lists, own cache. The mirror's address and the keys to trust come from the system's own apt
// configuration, so that a machine with a local mirror stays on it.

import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type AptSource, findArchive, parseSourceList, parseSourceStanzas } from './apt-source.ts';
import { type Command, runCommand, SetupError, type StepLog } from './command.ts';
import { cacheDirectory } from './paths.ts';

const networkAdvice = "check that apt reaches a Debian mirror ('apt-get update'), then run again";

export type ArchiveRequest = {
  readonly suite: string;
  readonly types: 'deb' | 'deb-src';
  /** Suites whose entry in the system's configuration names the mirror, best first. */
  readonly like?: readonly string[];
};

/** An apt of its own for one suite. `close` removes its lists and cache. */
export class DebianArchive {
  readonly #directory: string;
  readonly #log: StepLog;

  private constructor(directory: string, log: StepLog) {
    this.#directory = directory;
    this.#log = log;
  }

  /** Opens a suite and fetches its index; throws a `SetupError` if it cannot be had. */
  static async open(request: ArchiveRequest, log: StepLog): Promise<DebianArchive> {
    const source = await findSystemArchive(request.like ?? getReleaseSuites());
    mkdirSync(cacheDirectory, { recursive: true });
    const directory = mkdtempSync(join(cacheDirectory, 'apt-'));
    for (const name of ['parts', 'lists', 'cache']) mkdirSync(join(directory, name));
    const archive = new DebianArchive(directory, log);
    writeFileSync(join(directory, 'parts', 'fimbul.sources'), renderSource(source, request));
    try {
      // Without this an index that could not be fetched is no failure.
      await archive.run(['update', '-q', '-o', 'APT::Update::Error-Mode=any']);
    } catch (error) {
      archive.close();
      throw error;
    }
    return archive;
  }

  /** Runs apt-get on this suite, in `directory` for commands that write to the current one. */
  run(args: readonly string[], directory?: string): Promise<string> {
    return this.#run('apt-get', args, directory);
  }

  /** Asks apt-cache about this suite. */
  query(args: readonly string[]): Promise<string> {
    return this.#run('apt-cache', args);
  }

  #run(program: string, args: readonly string[], directory?: string): Promise<string> {
    const command: Command = {
      title: `${program} ${args.join(' ')}`,
      program,
      args: [
        ...['-o', 'Dir::Etc::SourceList=/dev/null'],
        ...['-o', `Dir::Etc::SourceParts=${join(this.#directory, 'parts')}`],
        ...['-o', `Dir::State::Lists=${join(this.#directory, 'lists')}`],
        ...['-o', `Dir::Cache=${join(this.#directory, 'cache')}`],
        // What this machine has installed is no part of the suite.
        ...['-o', 'Dir::State::Status=/dev/null'],
        ...['-o', 'Acquire::Languages=none'],
        // A mirror may be a snapshot, whose index outlives its date. Its signature still counts.
        ...['-o', 'Acquire::Check-Valid-Until=false'],
        // The sandbox user could not read a cache below root's home.
        ...['-o', 'APT::Sandbox::User=root'],
        ...args,
      ],
      environment: { LC_ALL: 'C.UTF-8' },
    };
    return this.#log.run(directory ? { ...command, directory } : command, networkAdvice);
  }

  close(): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

/** Names under which the installed release may stand in a sources list. */
export function getReleaseSuites(): readonly string[] {
  const release = readFileSync('/etc/os-release', 'utf8');
  const codename = /^VERSION_CODENAME="?([a-z]+)"?$/m.exec(release)?.[1];
  return [...(codename === undefined ? [] : [codename]), 'stable', 'oldstable'];
}

async function findSystemArchive(suites: readonly string[]): Promise<AptSource> {
  const { output } = await runCommand({
    program: 'apt-config',
    args: ['shell', 'list', 'Dir::Etc::SourceList/f', 'parts', 'Dir::Etc::SourceParts/d'],
  });
  const list = /^list='(.*)'$/m.exec(output)?.[1] ?? '/etc/apt/sources.list';
  const parts = /^parts='(.*)'$/m.exec(output)?.[1] ?? '/etc/apt/sources.list.d/';
  const files = [list, ...globSync('*.{list,sources}', { cwd: parts }).map((f) => join(parts, f))];
  const sources = files.filter(existsSync).flatMap((file) => {
    const text = readFileSync(file, 'utf8');
    return file.endsWith('.sources') ? parseSourceStanzas(text) : parseSourceList(text);
  });
  const found = findArchive(sources, suites);
  if (found !== undefined) return found;
  throw new SetupError(
    `no Debian archive with one of the suites ${suites.join(', ')} in ${files.join(', ')}\n` +
      'what to do: add an entry for the Debian archive to the apt sources of this machine',
  );
}

function renderSource(source: AptSource, request: ArchiveRequest): string {
  const lines = [
    `Types: ${request.types}`,
    `URIs: ${source.uri}`,
    `Suites: ${request.suite}`,
    'Components: main',
  ];
  if (source.signedBy !== undefined) lines.push(`Signed-By: ${source.signedBy}`);
  if (source.trusted !== undefined) lines.push(`Trusted: ${source.trusted}`);
  return `${lines.join('\n')}\n`;
}
