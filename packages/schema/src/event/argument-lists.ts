// SPDX-License-Identifier: Apache-2.0
// What the arguments of a program look like: flags that stand alone, and options with a value. Only
// the program knows which of its arguments are which, so `-p 80` is the flag `p` and the option
// `p=80` at once. Names are given without their dashes.

const alphanumeric = /^[A-Za-z0-9]+$/;

/** The name of an argument that begins with one or two dashes; null for any other. */
function getName(argument: string): { readonly name: string; readonly isShort: boolean } | null {
  if (!argument.startsWith('-')) return null;
  const isShort = !argument.startsWith('--');
  const name = argument.slice(isShort ? 1 : 2);
  return name === '' ? null : { name, isShort };
}

/** Lists the flags: `-sV` is `s`, `V` and `sV`, because it may be one flag or two. */
export function listFlags(args: readonly string[]): string[] {
  return args.flatMap((argument) => {
    const found = getName(argument);
    if (found === null) return [];
    const { name, isShort } = found;
    const letters = isShort && alphanumeric.test(name) ? [...name] : [];
    return name.length === 1 || name.includes('=') ? letters : [...letters, name];
  });
}

/** Lists the options with their value, which follows `=` or is the next argument. */
export function listOptions(args: readonly string[]): string[] {
  const options: string[] = [];
  for (let index = 0; index < args.length; index++) {
    const name = getName(args[index] ?? '')?.name;
    if (name === undefined || !alphanumeric.test(name.charAt(0))) continue;
    const next = args[index + 1];
    if (name.includes('=')) {
      options.push(name);
    } else if (next !== undefined && !next.startsWith('-')) {
      options.push(`${name}=${next}`);
      index++;
    }
  }
  return options;
}
