// SPDX-License-Identifier: Apache-2.0
// What stands in the arguments of a program, by the customs of command lines: flags such as `-v`
// and `--verbose`, and options with a value such as `-p 80` and `--user=root`.

function isAlphanumeric(text: string): boolean {
  return /^[0-9A-Za-z]+$/.test(text);
}

/** Lists flags without their dashes; of several letters after one dash also each letter. */
export function listFlags(argv: readonly string[]): string[] {
  return argv.flatMap((argument) => {
    if (argument.startsWith('--')) return argument.length > 2 ? [argument.slice(2)] : [];
    const name = argument.startsWith('-') ? argument.slice(1) : '';
    if (!isAlphanumeric(name)) return name === '' ? [] : [name];
    return name.length === 1 ? [name] : [...name, name];
  });
}

/** Lists options as `name=value`, without their dashes. */
export function listOptions(argv: readonly string[]): string[] {
  return argv.flatMap((argument, index) => {
    const name = /^--?([0-9A-Za-z].*)$/s.exec(argument)?.[1];
    if (name === undefined) return [];
    if (name.includes('=')) return [name];
    const value = argv[index + 1];
    return value === undefined || value.startsWith('-') ? [] : [`${name}=${value}`];
  });
}
