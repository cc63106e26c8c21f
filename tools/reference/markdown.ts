// SPDX-License-Identifier: Apache-2.0
// The little of Markdown that the reference pages need. A table is one line a row, however long.

/** Writes text as code, also where a backquote stands in it. */
export function code(text: string): string {
  return text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

const columnsMax = 100;

/** Breaks a paragraph into lines. Code is not broken. */
export function paragraph(text: string): string {
  const words = text.match(/(?:`[^`]*`|\S)+/g) ?? [];
  const lines: string[] = [];
  let line = '';
  for (const word of words) {
    if (line !== '' && line.length + 1 + word.length > columnsMax) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join('\n');
}

/** Joins the parts of a page, and says where it comes from. */
export function page(title: string, source: string, parts: readonly string[]): string {
  const origin = `<!-- Written by 'npm run generate'. What it says stands in\n${source}. -->`;
  return `${[`# ${title}`, origin, ...parts].join('\n\n')}\n`;
}
