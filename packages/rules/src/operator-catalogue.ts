// SPDX-License-Identifier: Apache-2.0
// Every operator of the language, for the reference page: what it takes, what it means, and an
// example that a test compiles. Ranks go from the operators that bind tightest to the loosest.

export type OperatorEntry = {
  /** As it is written; several that mean the same are separated by spaces. */
  readonly written: string;
  readonly operands: string;
  readonly meaning: string;
  readonly example: string;
};

export type OperatorRank = {
  readonly title: string;
  /** How operators of this rank group when several stand in a row. */
  readonly grouping: 'prefix' | 'left' | 'right';
  readonly operators: readonly OperatorEntry[];
};

const prefixes: readonly OperatorEntry[] = [
  {
    written: '! not',
    operands: 'boolean',
    meaning:
      'True where the one value after it is false; parentheses make it of a whole condition.',
    example: 'open.created && !(process.file.name in ["dpkg", "rpm"])',
  },
  {
    written: '-',
    operands: 'integer',
    meaning: 'The negative. A sign directly before digits belongs to them.',
    example: 'open.retval == -(1 + 12)',
  },
  {
    written: '^',
    operands: 'integer',
    meaning: 'All bits turned over.',
    example: 'open.flags & ^O_CLOEXEC == O_RDONLY',
  },
];

const bits: readonly OperatorEntry[] = [
  {
    written: '&',
    operands: 'integers',
    meaning: 'The bits that both have.',
    example: 'open.flags & O_CREAT > 0',
  },
  {
    written: '|',
    operands: 'integers',
    meaning: 'The bits that any of both has.',
    example: 'open.flags & (O_CREAT | O_TRUNC) > 0',
  },
  {
    written: '^',
    operands: 'integers',
    meaning: 'The bits that one of both has.',
    example: 'chmod.file.mode ^ chmod.file.destination.mode == S_ISUID',
  },
];

const sums: readonly OperatorEntry[] = [
  {
    written: '+',
    operands: 'integers',
    meaning:
      'The sum, in 64 bits. In `expression` of a `set` action also strings, one after the other.',
    example: 'open.file.uid == process.uid + 1000',
  },
  {
    written: '-',
    operands: 'integers, times',
    meaning:
      'The difference, in 64 bits. A space must follow, since a sign before digits belongs to ' +
      'them. The difference of two times is compared with a duration as it is, not as an age.',
    example: 'open.file.change_time - process.created_at < 2s',
  },
];

const equality: readonly OperatorEntry[] = [
  {
    written: '==',
    operands: 'two values of one type; pattern, regular expression',
    meaning:
      'True where both are equal, or the string matches. Of a list or of ancestors: any of its ' +
      'values is.',
    example: 'open.file.path == "/etc/passwd"',
  },
  {
    written: '!=',
    operands: 'as ==',
    meaning: 'The opposite of `==`. Of a list or of ancestors: none of its values is.',
    example: 'open.file.name == "passwd" && process.ancestors.comm != "sshd"',
  },
  {
    written: '=~',
    operands: 'string and string, pattern or regular expression',
    meaning: 'As `==`, and a plain string after it is a pattern.',
    example: 'open.file.path =~ "/etc/**"',
  },
  {
    written: '!~',
    operands: 'as =~',
    meaning: 'The opposite of `=~`.',
    example: 'open.file.path =~ "/etc/**" && open.file.name !~ "*.swp"',
  },
  {
    written: '< <= > >=',
    operands: 'integers; time and duration',
    meaning:
      'Compares integers. A time compared with a duration is an age: how long ago it was when ' +
      'the event happened.',
    example: 'open.file.uid >= 1000 && process.created_at < 5s',
  },
];

const membership: readonly OperatorEntry[] = [
  {
    written: 'in',
    operands: 'value and list, macro, variable or field of many values; address and network',
    meaning:
      'True where the value equals or matches one of the list. Networks: where they overlap. Of ' +
      'a list or of ancestors: any of its values does.',
    example: 'open.file.path in ["/etc/passwd", ~"/etc/ssh/*", r"^/srv/[a-z]+$"]',
  },
  {
    written: 'not in',
    operands: 'as in',
    meaning: 'The opposite of `in`. Of a list or of ancestors: none of its values is in the list.',
    example: 'open.file.name == "shadow" && process.file.path not in ["/usr/sbin/sshd"]',
  },
  {
    written: 'allin',
    operands: 'addresses or networks and list of networks',
    meaning: 'True where every address is within one of the networks, as a whole.',
    example: 'connect.addr.ip allin [10.0.0.0/8, 192.168.0.0/16]',
  },
];

const logic: readonly OperatorEntry[] = [
  {
    written: '&& and',
    operands: 'booleans',
    meaning: 'True where both are. The side that costs less is asked first.',
    example: 'open.file.name == "shadow" && process.uid != 0',
  },
  {
    written: '|| or',
    operands: 'booleans',
    meaning:
      'True where any of both is. It has the rank of `&&`: `a && b || c` means `a && (b || c)`.',
    example: 'open.created || open.flags & O_TRUNC > 0',
  },
];

/** All operators, by rank. */
export const operatorCatalogue: readonly OperatorRank[] = [
  { title: 'Before a value', grouping: 'prefix', operators: prefixes },
  { title: 'Bits', grouping: 'right', operators: bits },
  { title: 'Sums', grouping: 'left', operators: sums },
  { title: 'Comparisons', grouping: 'right', operators: [...equality, ...membership] },
  { title: 'Logic', grouping: 'right', operators: logic },
];
