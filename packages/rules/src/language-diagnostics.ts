// SPDX-License-Identifier: Apache-2.0
// Diagnostics of the expression language that came with variables, registers and networks; part of
// the catalogue. The same rules hold: codes are stable and never reused.

export const languageDiagnostics = {
  FR1012: {
    severity: 'error',
    message: '{text} is not a network address',
    advice: 'write an address such as 10.0.0.1 or fe80::1, or a network such as 10.0.0.0/8',
    explanation: 'IPv4 has four decimal numbers up to 255, without leading zeros.',
  },
  FR1109: {
    severity: 'error',
    message: 'unknown variable {name}',
    advice: '{suggestion}',
    explanation: 'Variables are made by `set` actions of rules; a field is read as %{field}.',
  },
  FR1110: {
    severity: 'error',
    message: 'brackets have no meaning after {name}',
    advice: '{suggestion}',
    explanation:
      'A register or an index stands directly after an iterator, an index also after a list.',
  },
  FR1111: {
    severity: 'error',
    message: '[{found}] names no register',
    advice: 'write a letter, as in process.ancestors[A], or leave the brackets out for any element',
    explanation: 'Each mention without a register is about any element by itself.',
  },
  FR1112: {
    severity: 'error',
    message: 'the register {name} stands for an element of {first} and of {second}',
    advice: 'use another register for one of the two',
    explanation: 'A register is one element of one iterator.',
  },
  FR1113: {
    severity: 'error',
    message: 'the expression has more than {limit} registers',
    advice: 'split the rule',
    explanation: 'Every register multiplies the combinations that have to be tried.',
  },
  FR1114: {
    severity: 'error',
    message: 'the register {name} stands for no element here',
    advice: 'use a number, as in process.ancestors[0], or a condition',
    explanation: 'A register is chosen so that a condition holds; a mere value chooses nothing.',
  },
  FR1115: {
    severity: 'error',
    message: 'fim.write.file stands for several event types, {name} belongs to {event} alone',
    advice: 'use fields of fim.write.file and process only, or write a rule for {event}',
    explanation: 'The rule is made into one for each way of changing a file.',
  },
  FR1116: {
    severity: 'error',
    message: 'fim.write.file cannot stand in {owner}',
    advice: 'write it in the expression of the rule',
    explanation: 'What it stands for depends on the rule that is made from the expression.',
  },
  FR1117: {
    severity: 'error',
    message: '{name} is {found} of the language: the macro is never used',
    advice: 'give the macro another id',
    explanation: 'Words and constants of the language come before macros.',
  },
  FR1118: {
    severity: 'error',
    message: '{name} has no root domain',
    advice: 'only domain names have one',
    explanation: '`.root_domain` is the part of a domain name that was registered.',
  },
  FR1206: {
    severity: 'error',
    message: 'allin cannot compare {left} with {right}',
    advice: 'use in or not in; allin compares networks',
    explanation: '`allin` asks whether all networks on the left lie within those on the right.',
  },
  FR1207: {
    severity: 'error',
    message: '{found} cannot be {purpose}',
    advice: '{suggestion}',
    explanation: 'Stored and written values are single values or lists of plain values.',
  },
  FR2004: {
    severity: 'warning',
    message: '{text} is decimal {value}',
    advice: 'leave the zeros out; for a mode, combine S_* constants such as S_IRUSR|S_IWUSR',
    explanation: 'All numbers are decimal: a leading zero does not make one octal.',
  },
  FR2005: {
    severity: 'warning',
    message: '{name} is {value} already, so this is {negated}',
    advice: 'leave the sign out',
    explanation: 'Error constants have the values that calls return, which are negative.',
  },
  FR2006: {
    severity: 'warning',
    message: '{name} is none of the constants of {field}',
    advice: 'those are {examples} and so on, see the reference of constants',
    explanation: 'Constants of another group have the right type and another meaning.',
  },
  FR2007: {
    severity: 'warning',
    message: '{field} is negative for an error, {value} is none',
    advice: 'write {name}, which is -{value}',
    explanation: 'Calls that fail return the error number with a minus sign.',
  },
  FR2008: {
    severity: 'warning',
    message: '{text} is a pattern and looks like a regular expression',
    advice: 'for a regular expression, write {suggestion}; in a pattern only * is special',
    explanation: '`=~` takes a plain string for a pattern, in which a dot is a dot.',
  },
  FR2009: {
    severity: 'info',
    message: 'the pattern {text} has no wildcard',
    advice: 'a plain string under == or != means the same',
    explanation: 'Nothing is wrong: a pattern without `*` accepts one string.',
  },
  FR2010: {
    severity: 'warning',
    message: 'a moment, in nanoseconds since 1970, is compared with a span of time',
    advice: 'compare a time field itself with a duration such as 5s, or subtract two moments',
    explanation: 'Only a bare time field compared with a duration means its age.',
  },
  FR2011: {
    severity: 'warning',
    message: '{written} compares an address with a whole network, {text}',
    advice: 'to ask whether it lies in the network, use {instead}',
    explanation: '`==` compares address and prefix length, and an address has all its bits.',
  },
  FR2012: {
    severity: 'warning',
    message: 'in {text} only * is special',
    advice: 'write a list of patterns, or a regular expression on the name',
    explanation: '`?` and braces are ordinary characters in patterns.',
  },
  FR2013: {
    severity: 'warning',
    message: 'nothing matches an empty pattern',
    advice: 'for an empty string, use == ""',
    explanation: 'An empty pattern accepts no string, not even the empty one.',
  },
  FR2014: {
    severity: 'warning',
    message: 'this comment hides the lines below it',
    advice: 'write the expression in a literal block, |- instead of >-, or move the comment',
    explanation:
      'A comment ends with its line. YAML folds the lines of a block that begins with > into ' +
      'one, and so it does with lines in quotes: what follows the comment is then part of it.',
  },
  FR2101: {
    severity: 'warning',
    message: 'this agent does not fill {name} yet: it reads as {zero} here',
    advice: 'check that the rule still means what you want',
    explanation: 'The field is part of the language, and rules on it load.',
  },
} as const;
