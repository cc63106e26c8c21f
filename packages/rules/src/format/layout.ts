// SPDX-License-Identifier: Apache-2.0
// Lays text out within a width, after Wadler's "A prettier printer". A group stands on one line if
// it fits there; otherwise its own lines break, and each group inside of it is asked again.
// Printing is one loop over a stack, so its depth does not depend on the text.

export type Layout =
  | string
  | { readonly kind: 'concat'; readonly parts: readonly Layout[]; readonly forced: boolean }
  /** A line break, or in a group that fits on one line the text `flat`. */
  | { readonly kind: 'line'; readonly flat: string }
  /** A line break in any case; the groups around it break too. */
  | { readonly kind: 'break'; readonly forced: true }
  /** Text that ends its line, such as a comment: whoever uses it lets a line follow. */
  | { readonly kind: 'ending'; readonly text: string; readonly forced: true }
  | { readonly kind: 'indent'; readonly content: Layout; readonly forced: boolean }
  | { readonly kind: 'group'; readonly content: Layout; readonly forced: boolean }
  | FillLayout;

/** The items at and after `from`, with lines between them that break where an item does not fit. */
type FillLayout = {
  readonly kind: 'fill';
  readonly items: readonly Layout[];
  readonly from: number;
  readonly forced: boolean;
};

/** True when something in it cannot stand on one line with what is around it. */
function isForced(layout: Layout): boolean {
  return typeof layout !== 'string' && layout.kind !== 'line' && layout.forced;
}

/** A space or a line break. */
export const line: Layout = { kind: 'line', flat: ' ' };
/** Nothing or a line break. */
export const softLine: Layout = { kind: 'line', flat: '' };
export const lineBreak: Layout = { kind: 'break', forced: true };

export function endingText(text: string): Layout {
  return { kind: 'ending', text, forced: true };
}

export function concat(...parts: readonly Layout[]): Layout {
  return { kind: 'concat', parts, forced: parts.some(isForced) };
}

export function indent(content: Layout): Layout {
  return { kind: 'indent', content, forced: isForced(content) };
}

export function group(content: Layout): Layout {
  return { kind: 'group', content, forced: isForced(content) };
}

export function fill(items: readonly Layout[]): Layout {
  return { kind: 'fill', items, from: 0, forced: items.some(isForced) };
}

const indentColumns = 2;

type Command = {
  readonly layout: Layout;
  readonly columns: number;
  /** True where lines are spaces, since the group around them fits. */
  readonly flat: boolean;
};

/** Lays out for lines of so many columns; returns the lines, each with its own indentation. */
export function printLayout(layout: Layout, width: number): readonly string[] {
  const lines: string[] = [];
  let current = '';
  let room = width;
  const write = (text: string): void => {
    current += text;
    room -= countColumns(text);
  };
  const breakLine = (columns: number): void => {
    lines.push(current.trimEnd());
    current = ' '.repeat(columns);
    room = width - columns;
  };
  const commands: Command[] = [{ layout, columns: 0, flat: false }];
  for (let command = commands.pop(); command; command = commands.pop()) {
    const { layout: next, columns, flat } = command;
    if (typeof next === 'string') {
      write(next);
      continue;
    }
    switch (next.kind) {
      case 'concat':
        pushParts(commands, command, next.parts);
        break;
      case 'indent':
        commands.push({ layout: next.content, columns: columns + indentColumns, flat });
        break;
      case 'group': {
        const inner = { layout: next.content, columns, flat: true };
        const isFlat = flat || (!next.forced && fits(inner, commands, room));
        commands.push({ ...inner, flat: isFlat });
        break;
      }
      case 'fill':
        pushFill(commands, command, next, room);
        break;
      case 'ending':
        write(next.text);
        break;
      case 'line':
        if (flat) write(next.flat);
        else breakLine(columns);
        break;
      case 'break':
        breakLine(columns);
        break;
    }
  }
  lines.push(current.trimEnd());
  return lines;
}

function pushParts(
  commands: Command[],
  { columns, flat }: Command,
  parts: readonly Layout[],
): void {
  for (let index = parts.length - 1; index >= 0; index--) {
    commands.push({ layout: parts[index] ?? '', columns, flat });
  }
}

/** Pushes the first item, the line after it, and the fill that remains. */
function pushFill(
  commands: Command[],
  { columns, flat }: Command,
  { items, from, forced }: FillLayout,
  room: number,
): void {
  const first = items[from];
  const second = items[from + 1];
  if (first === undefined) return;
  if (second !== undefined) {
    const pair: Command = { layout: concat(first, line, second), columns, flat: true };
    const isFlat = flat || (canJoin(first, second) && fits(pair, [], room));
    const rest: FillLayout = { kind: 'fill', items, from: from + 1, forced };
    commands.push({ layout: rest, columns, flat });
    commands.push({ layout: line, columns, flat: isFlat });
  }
  commands.push({ layout: first, columns, flat });
}

/** True where the second may stand behind the first; at its own end it may force a line. */
function canJoin(first: Layout, second: Layout): boolean {
  if (isForced(first)) return false;
  if (typeof second === 'string' || second.kind !== 'concat') return !isForced(second);
  return second.parts.every((part, index) => {
    const isEnd = index === second.parts.length - 1;
    return !isForced(part) || (isEnd && typeof part !== 'string' && part.kind === 'ending');
  });
}

/** Says whether a command and what follows it on the same line fit into so many columns. */
function fits(first: Command, following: readonly Command[], room: number): boolean {
  const commands = [first];
  let left = room;
  let next = following.length;
  while (left >= 0) {
    const command = commands.pop() ?? following[--next];
    if (command === undefined) return true;
    const { layout, columns, flat } = command;
    if (typeof layout === 'string') {
      left -= countColumns(layout);
      continue;
    }
    switch (layout.kind) {
      case 'concat':
        pushParts(commands, command, layout.parts);
        break;
      case 'indent':
        commands.push({ layout: layout.content, columns, flat });
        break;
      case 'group':
        commands.push({ layout: layout.content, columns, flat: flat && !layout.forced });
        break;
      case 'fill':
        if (layout.from + 1 < layout.items.length) {
          commands.push({ layout: { ...layout, from: layout.from + 1 }, columns, flat });
          commands.push({ layout: line, columns, flat });
        }
        commands.push({ layout: layout.items[layout.from] ?? '', columns, flat });
        break;
      case 'ending':
        left -= countColumns(layout.text);
        break;
      case 'line':
        if (!flat) return true;
        left -= layout.flat.length;
        break;
      case 'break':
        return true;
    }
  }
  return false;
}

/** Columns of a text as an editor shows it, one for each character. */
export function countColumns(text: string): number {
  let columns = 0;
  for (const _ of text) columns++;
  return columns;
}
