// SPDX-License-Identifier: Apache-2.0
// From the actions of a rule as they are written to what the run time does. They are checked for
// each event type that the rule stands for.

import { fieldsByName, findField, toByteString } from '@fimbul/schema';
import { type Parsed, parseExpression, parseMacro } from '../1-parse/parser.ts';
import { checkCondition, checkField, checkTemplate, checkValue } from '../2-check/check-action.ts';
import type { CheckContext, RuleVariant } from '../2-check/check-rule.ts';
import { makeInteger } from '../2-check/intervals.ts';
import { getElementType } from '../2-check/operand.ts';
import type { BoolNode, StringNode, ValueNode } from '../2-check/typed.ts';
import type { VariableSpec } from '../2-check/variables.ts';
import type { CompiledAction, HashAction, LogAction, SetAction } from '../actions.ts';
import type { DiagnosticCode } from '../diagnostic-catalogue.ts';
import { createDiagnostic, type Diagnostic, type DiagnosticWords, quote } from '../diagnostics.ts';
import { suggestName } from '../nearest-name.ts';
import { type ExpressionText, locateSpan, type Place } from '../source-text.ts';
import { describeShape, getFullName, toRuntimeScalars } from './declare-variables.ts';
import type { ActionDraft, LiteralValue, SetDraft } from './drafts.ts';
import type { SelectedRule } from './select-rules.ts';

/** Compiling the actions of one rule on one event type. */
type Compilation = {
  readonly rule: SelectedRule;
  readonly variant: RuleVariant;
  readonly context: CheckContext;
  readonly problems: Diagnostic[];
};

type DraftOf<Kind extends ActionDraft['kind']> = Extract<ActionDraft, { readonly kind: Kind }>;

/** Compiles the actions of a rule; one that is left out has an error among the problems. */
export function compileActions(
  rule: SelectedRule,
  variant: RuleVariant,
  context: CheckContext,
): { readonly actions: readonly CompiledAction[]; readonly problems: readonly Diagnostic[] } {
  const compilation: Compilation = { rule, variant, context, problems: [] };
  const actions = rule.actions.flatMap((draft): readonly CompiledAction[] => {
    const body = compileBody(compilation, draft);
    const filter = draft.filter && compileFilter(compilation, draft.filter);
    return body && (draft.filter === null || filter) ? [{ ...body, filter }] : [];
  });
  return { actions, problems: compilation.problems };
}

type Distribute<Union> = Union extends unknown ? Omit<Union, 'filter'> : never;
type Body = Distribute<CompiledAction>;

function compileBody(compilation: Compilation, draft: ActionDraft): Body | null {
  switch (draft.kind) {
    case 'set':
      return compileSet(compilation, draft);
    case 'kill': {
      const { filter: _, place: __, ...body } = draft;
      return body;
    }
    case 'log':
      return compileLog(compilation, draft);
    case 'hash':
      return compileHash(compilation, draft);
    case 'ignored':
      return null;
  }
}

function fail<Code extends DiagnosticCode>(
  { problems }: Compilation,
  code: Code,
  words: DiagnosticWords<Code>,
  place: Place,
): null {
  problems.push(createDiagnostic(code, words, place));
  return null;
}

function placeOfText(source: ExpressionText): Place {
  return locateSpan({ source, start: 0, end: source.text.length });
}

function parse(compilation: Compilation, parsed: Parsed): Parsed['tree'] {
  if (parsed.problem) compilation.problems.push(parsed.problem);
  return parsed.tree;
}

function compileFilter(compilation: Compilation, source: ExpressionText): BoolNode | null {
  const { variant, context, problems } = compilation;
  const tree = parse(compilation, parseExpression(source));
  if (tree === null) return null;
  const checked = checkCondition(tree, context, variant);
  problems.push(...checked.problems);
  return checked.node;
}

function compileSet(compilation: Compilation, draft: SetDraft): SetAction | null {
  const { append, size, ttlNs } = draft;
  const variable = compilation.context.variables.get(getFullName(draft));
  // A variable that could not be declared was reported.
  if (variable === undefined) return null;
  const value = compileSource(compilation, draft);
  const scopeField = compileScopeField(compilation, draft);
  if (value === null || scopeField === 'wrong') return null;
  if (!fits(value, variable, append)) {
    const { name } = variable;
    const words = { name, found: describeValue(value), expected: describeShape(variable) };
    return fail(compilation, 'FR4027', words, placeOfSource(draft));
  }
  return { kind: 'set', variable, value, append, size, ttlNs, scopeField };
}

function placeOfSource({ source }: SetDraft): Place {
  return source.from === 'value' ? source.value.place : placeOfText(source.text);
}

function compileSource(compilation: Compilation, { source }: SetDraft): ValueNode | null {
  const { variant, context, problems } = compilation;
  switch (source.from) {
    case 'value':
      return makeLiteral(source.value);
    case 'field': {
      const checked = checkField(source.text, context, variant);
      problems.push(...checked.problems);
      return checked.value;
    }
    case 'expression': {
      const tree = parse(compilation, parseMacro(source.text));
      if (tree === null) return null;
      const checked = checkValue(tree, context, variant);
      problems.push(...checked.problems);
      return checked.value;
    }
  }
}

function makeLiteral(literal: LiteralValue): ValueNode {
  const values = toRuntimeScalars(literal);
  const [value] = values;
  if (literal.list) return { type: 'values', values };
  if (typeof value === 'boolean') return { type: 'bool', node: { kind: 'bool', value } };
  if (typeof value === 'bigint') return { type: 'int', node: makeInteger(value) };
  return { type: 'string', node: { kind: 'string', value: String(value) } };
}

/** The type of a value and whether it is a list; null for an empty list. */
function getShape(value: ValueNode): Pick<VariableSpec, 'type' | 'list'> | null {
  switch (value.type) {
    case 'list':
      return { type: getElementType(value.node), list: true };
    case 'values': {
      const [first] = value.values;
      if (first === undefined) return null;
      if (typeof first === 'object') return { type: 'ip', list: true };
      if (typeof first === 'string') return { type: 'string', list: true };
      return { type: typeof first === 'boolean' ? 'bool' : 'int', list: true };
    }
    default:
      return { type: value.type, list: false };
  }
}

function describeValue(value: ValueNode): string {
  const shape = getShape(value);
  return shape ? describeShape(shape) : 'an empty list';
}

function fits(value: ValueNode, variable: VariableSpec, append: boolean): boolean {
  const shape = getShape(value);
  if (shape === null) return variable.list;
  return shape.type === variable.type && (shape.list === variable.list || append);
}

function compileScopeField(
  compilation: Compilation,
  { scopeField }: SetDraft,
): SetAction['scopeField'] | 'wrong' {
  const field = scopeField?.text.trim() ?? '';
  if (scopeField === null || field === '' || field === 'process') return null;
  if (field === 'process.parent') return field;
  const words = { field: quote(field), event: compilation.variant.eventType };
  fail(compilation, 'FR4031', words, placeOfText(scopeField));
  return 'wrong';
}

function compileLog(
  compilation: Compilation,
  { level, message }: DraftOf<'log'>,
): LogAction | null {
  const { rule, variant, context, problems } = compilation;
  const plain: StringNode = { kind: 'string', value: toByteString(`rule ${rule.id} matched`) };
  if (message === null) return { kind: 'log', level, message: plain };
  const checked = checkTemplate(message, context, variant);
  problems.push(...checked.problems);
  return checked.node && { kind: 'log', level, message: checked.node };
}

function compileHash(compilation: Compilation, draft: DraftOf<'hash'>): HashAction | null {
  const { variant } = compilation;
  const { eventType, changedFile } = variant;
  const { kind, field: source, maxFileSize } = draft;
  const written = source?.text.trim() ?? '';
  if (source === null || written === '') {
    const implied = eventType === 'open' || eventType === 'exec' ? `${eventType}.file` : null;
    const field = changedFile ?? implied;
    if (field !== null) return { kind, field, maxFileSize };
    return fail(compilation, 'FR4029', { event: eventType }, draft.place);
  }
  const field = written === 'fim.write.file' && changedFile ? changedFile : written;
  if (isFile(field, eventType)) return { kind, field, maxFileSize };
  const files = [...fieldsByName.keys()]
    .flatMap((name) => (name.endsWith('.path') ? [name.slice(0, -'.path'.length)] : []))
    .filter((name) => isFile(name, eventType));
  const suggestion = suggestName(field, files, `use one of ${files.join(', ')}`);
  const words = { field: quote(field), event: eventType, suggestion };
  return fail(compilation, 'FR4030', words, placeOfText(source));
}

/** A file has a path and an inode, and is one of the event or of its process. */
function isFile(prefix: string, eventType: string): boolean {
  const path = findField(`${prefix}.path`);
  if (!path || path.iterator !== null || !findField(`${prefix}.inode`)) return false;
  return path.event === '*' || path.event === eventType;
}
