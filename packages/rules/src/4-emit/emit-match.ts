// SPDX-License-Identifier: Apache-2.0
// String literals as JavaScript: exact strings become === or a set, the usual shapes of patterns
// startsWith, endsWith and includes, and many patterns one walk over an automaton. A list of
// literals becomes a function once, however many rules use it.

import { fromByteString } from '@fimbul/schema';
import { RE2JS } from 're2js';
import { type Glob, matchesGlob, matchesPattern } from '../2-check/glob.ts';
import type { StringMatcher, StringNode } from '../2-check/typed.ts';
import { type Code, code, joinCode, makeInteger } from './code.ts';
import type { EmitModule } from './emit-module.ts';
import { emitOutcome } from './emit-outcome.ts';
import { emitString } from './emit-value.ts';
import { isWild } from './field-walk.ts';
import { findRequiredLiteral } from './required-literal.ts';
import { listLimits, WildAutomaton } from './wild-automaton.ts';
import type { WildMatcher } from './wild-trie.ts';

/** More exact strings than this are looked up in a set. */
const comparisonsMax = 3;
/** More patterns than this are one automaton. */
export const directWildsMax = 4;

/** Emits whether any of the matchers accepts a string. */
export function emitStringMatch(
  module: EmitModule,
  subject: StringNode,
  matchers: readonly StringMatcher[],
): Code {
  const value = emitString(module, subject);
  const [only] = matchers;
  if (only?.kind === 'exact' && matchers.length === 1) {
    return code`(${value} === ${module.constants.add(only.value)})`;
  }
  return emitWalk(module, subject, matchers) ?? emitCall(module, matchers, value);
}

/** Emits a test with the outcome of the walk over a field, where there is one. */
function emitWalk(
  module: EmitModule,
  subject: StringNode,
  matchers: readonly StringMatcher[],
): Code | null {
  if (subject.kind !== 'string-value' || subject.source.from !== 'field') return null;
  const { name } = subject.source.field;
  const walk = module.walks.get(name);
  if (!walk || !matchers.some(isWild)) return null;
  const test = walk.emitTest(module.nodes.getMatchersId(matchers), emitOutcome(module, name, walk));
  if (test === null) return null;
  const value = module.readField(subject.source.field);
  const parts = [
    ...emitExact(module, matchers, value),
    test,
    ...emitRegexps(module, matchers, value),
  ];
  return code`(${joinCode(parts, ' || ')})`;
}

/** Emits a call of the function of a list. */
function emitCall(module: EmitModule, matchers: readonly StringMatcher[], value: Code): Code {
  const id = module.nodes.getMatchersId(matchers);
  const name = module.once(`matchers ${id}`, () => {
    const own = module.makeName('m');
    const subject = code`v`;
    const parts = [
      ...emitExact(module, matchers, subject),
      ...emitWilds(module, matchers.filter(isWild), subject),
      ...emitRegexps(module, matchers, subject),
    ];
    const test = parts.length === 0 ? code`false` : joinCode(parts, ' || ');
    module.functions.push(code`function ${own}(v) { return ${test}; }`);
    return own;
  });
  return code`${name}(${value})`;
}

function emitExact(module: EmitModule, matchers: readonly StringMatcher[], value: Code): Code[] {
  const exact = matchers.filter((matcher) => matcher.kind === 'exact').map((one) => one.value);
  if (exact.length <= comparisonsMax) {
    return exact.map((text) => code`${value} === ${module.constants.add(text)}`);
  }
  const id = module.nodes.getMatchersId(matchers);
  const set = module.once(`set ${id}`, () => module.constants.add(new Set(exact)));
  return [code`${set}.has(${value})`];
}

function emitWilds(module: EmitModule, wilds: readonly WildMatcher[], value: Code): Code[] {
  if (wilds.length > directWildsMax) {
    const automaton = new WildAutomaton([wilds], (groups) => groups.length > 0, listLimits);
    return [code`${module.constants.add(automaton)}.find(${value})`];
  }
  return wilds.map((wild) =>
    wild.kind === 'glob'
      ? emitGlob(module, wild.glob, value)
      : emitPattern(module, wild.pattern, value),
  );
}

function emitRegexps(module: EmitModule, matchers: readonly StringMatcher[], value: Code): Code[] {
  return matchers.flatMap((matcher) => {
    if (matcher.kind !== 'regexp') return [];
    const { regexp } = matcher;
    const test = module.once(`regexp ${regexp}`, () =>
      module.constants.add(createRegexpMatcher(regexp)),
    );
    return [code`${test}(${value})`];
  });
}

/** A regular expression sees text, so the bytes are decoded, only when it is asked. */
function createRegexpMatcher(regexp: string): (value: string) => boolean {
  const compiled = RE2JS.compile(regexp);
  const literal = findRequiredLiteral(regexp) ?? '';
  return (value) => value.includes(literal) && compiled.test(fromByteString(value).text);
}

function isLiteral(components: readonly string[]): boolean {
  return components.every((component) => !component.includes('*'));
}

function emitGlob(module: EmitModule, glob: Glob, value: Code): Code {
  const { constants } = module;
  const { prefix, suffix } = glob;
  if (suffix !== null && isLiteral(prefix) && isLiteral(suffix)) {
    return emitLiteralEnds(module, glob, value);
  }
  const parent = prefix.slice(0, -1);
  if (suffix === null && prefix.at(-1) === '*' && parent.length > 0 && isLiteral(parent)) {
    const directory = `${parent.join('/')}/`;
    const starts = code`${value}.startsWith(${constants.add(directory)})`;
    return code`(${starts} && ${value}.indexOf("/", ${makeInteger(directory.length)}) === -1)`;
  }
  const matcher = constants.add((path: string) => matchesGlob(glob, path));
  const start = glob.pattern.slice(0, glob.pattern.indexOf('*'));
  if (start.length < 2) return code`${matcher}(${value})`;
  return code`(${value}.startsWith(${constants.add(start)}) && ${matcher}(${value}))`;
}

/** `/a/**`, `**` + `/b`, `/a/**` + `/b` and `**` with nothing but literal components. */
function emitLiteralEnds({ constants }: EmitModule, glob: Glob, value: Code): Code {
  const { prefix, suffix } = glob;
  const tests: Code[] = [];
  if (prefix.length > 0) {
    tests.push(code`${value}.startsWith(${constants.add(`${prefix.join('/')}/`)})`);
  }
  if (suffix !== null && suffix.length > 0) {
    tests.push(code`${value}.endsWith(${constants.add(`/${suffix.join('/')}`)})`);
  }
  if (tests.length === 0) tests.push(code`${value} !== ""`);
  return code`(${joinCode(tests, ' && ')})`;
}

function emitPattern({ constants }: EmitModule, pattern: string, value: Code): Code {
  const parts = pattern.split('*');
  const [first = '', middle = '', last = ''] = parts;
  if (parts.length === 2 && middle === '' && first !== '') {
    return code`${value}.startsWith(${constants.add(first)})`;
  }
  if (parts.length === 2 && first === '' && middle !== '') {
    return code`${value}.endsWith(${constants.add(middle)})`;
  }
  if (parts.length === 3 && first === '' && last === '' && middle !== '') {
    return code`${value}.includes(${constants.add(middle)})`;
  }
  return code`${constants.add((text: string) => matchesPattern(pattern, text))}(${value})`;
}
