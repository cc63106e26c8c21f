// SPDX-License-Identifier: Apache-2.0
// Plants changes in a playground while something else goes on, in a process of its own since the
// agent ignores itself: `plant-in-child.ts DIRECTORY SEED`, until its standard input ends. Says
// each planted change as a line of JSON: the rule that must match, and the path it must tell.

import {
  appendFileSync,
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { plantedName } from './planted-policy.ts';

const [root = '', seed = '1'] = process.argv.slice(2);
const pauseMs = 4;
const plantsMax = 60_000;
let state = Number(seed) >>> 0 || 1;

/** A number below `limit`; the same ones for the same seed (xorshift). */
function draw(limit: number): number {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  state >>>= 0;
  return state % limit;
}

function tell(rule: string, path: string): void {
  process.stdout.write(`${JSON.stringify({ rule, path })}\n`);
}

function place(...parts: string[]): string {
  const path = join(root, ...parts);
  mkdirSync(dirname(path), { recursive: true });
  return path;
}

function write(rule: string, path: string): void {
  writeFileSync(path, `${draw(1000)}\n`);
  tell(rule, path);
}

/** A new file in the tree: shallow, deep, with a long or an odd name. */
function pickInTree(): string {
  const depth = [0, 1, 3, 30][draw(4)] ?? 0;
  const names = ['file', `${'long'.repeat(50)}`, 'new\nline', 'ümlaut', `n${draw(1000)}`];
  const directories = Array.from({ length: depth }, (_, index) => `d${index % 7}`);
  return place('tree', ...directories, names[draw(names.length)] ?? 'file');
}

function editAndRevert(): void {
  const path = place('exact', draw(2) === 0 ? 'one' : 'two');
  const before = existsSync(path) ? readFileSync(path) : '';
  write('planted_exact', path);
  writeFileSync(path, before);
  tell('planted_exact', path);
}

function renameOver(): void {
  const target = pickInTree();
  const source = place('outside', 'new');
  writeFileSync(source, 'x');
  renameSync(source, target);
  tell('planted_rename', source);
}

function renameAway(): void {
  const source = pickInTree();
  write('planted_tree', source);
  renameSync(source, place('outside', 'old'));
  tell('planted_rename', source);
}

function changeRights(): void {
  const path = pickInTree();
  write('planted_tree', path);
  chmodSync(path, 0o755);
  tell('planted_chmod', path);
  chmodSync(path, 0o644);
  const other = place('outside', 'x.planted');
  writeFileSync(other, '');
  chmodSync(other, 0o4755);
  tell('planted_chmod_anywhere', other);
}

function remove(): void {
  const path = pickInTree();
  write('planted_tree', path);
  unlinkSync(path);
  tell('planted_unlink', path);
}

function writeThroughLink(): void {
  place('tree', 'x');
  const link = place('link');
  if (!existsSync(link)) symlinkSync('tree', link);
  appendFileSync(join(link, 'through'), 'x');
  tell('planted_tree', join(root, 'tree', 'through'));
}

function replaceDirectory(): void {
  const tree = dirname(place('tree', 'x'));
  renameSync(tree, place('moved'));
  tell('planted_directory_rename', tree);
  renameSync(join(root, 'moved'), tree);
  write('planted_tree', join(tree, 'after'));
}

function read(): void {
  const path = place('exact', 'read');
  if (!existsSync(path)) writeFileSync(path, '');
  closeSync(openSync(path, 'r'));
  tell('planted_read', path);
}

/** What no rule is about, near what rules are about. */
function makeNoise(): void {
  for (const name of ['dull', 'x.tmp']) writeFileSync(place('most', name), '');
  writeFileSync(place('mixed', 'a.config'), '');
  writeFileSync(place('treetop', 'file'), '');
  writeFileSync(place('exact', 'three'), '');
  rmSync(join(root, 'treetop'), { recursive: true });
}

const plants: readonly (() => void)[] = [
  editAndRevert,
  renameOver,
  renameAway,
  changeRights,
  remove,
  writeThroughLink,
  replaceDirectory,
  read,
  makeNoise,
  () => write('planted_tree', pickInTree()),
  () => write('planted_name', place('any', `d${draw(9)}`, plantedName)),
  () => write('planted_pattern', place('mixed', `c${draw(9)}.conf`)),
  () => write('planted_directories', place(`conf.${draw(9)}`, 'a', 'b')),
  () => write('planted_others', place('most', 'a', `n${draw(9)}`)),
];

let isOver = false;
process.stdin.on('end', () => {
  isOver = true;
});
process.stdin.resume();
for (let count = 0; count < plantsMax && !isOver; count += 1) {
  plants[draw(plants.length)]?.();
  await setTimeout(pauseMs);
}
process.stdin.destroy();
