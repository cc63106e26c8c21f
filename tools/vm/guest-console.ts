// SPDX-License-Identifier: Apache-2.0
// What the guest's console tells when something went wrong: the reason, if the kernel or the init
// script gave one, and the lines that whoever has to find out more wants to see.

const tailLinesMax = 20;
/** Enough for an oops with its registers and the panic that follows it. */
const troubleLinesMax = 60;

const trouble = /fimbul-vm: |Kernel panic|\bBUG: |\bOops\b|general protection fault/;

export type ConsoleFindings = {
  readonly reason?: string;
  /** From where the trouble begins; without any, the last lines. */
  readonly lines: readonly string[];
};

/** Finds out from the raw bytes of a console why the machine ended. */
export function readConsole(text: string): ConsoleFindings {
  const all = cleanConsole(text);
  const start = all.findIndex((line) => trouble.test(line));
  const lines = start === -1 ? all.slice(-tailLinesMax) : all.slice(start, start + troubleLinesMax);
  const reason = findReason(all);
  return reason === undefined ? { lines } : { reason, lines };
}

/** Removes control sequences and empty lines. */
function cleanConsole(text: string): readonly string[] {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: consoles send them.
      .replaceAll(/\u001b(?:\[[0-9;?]*[A-Za-z]|[()][A-Z0-9]|[c=>78])/g, '')
      .split(/[\r\n]+/)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: consoles send them.
      .map((line) => line.replaceAll(/[\u0000-\u0008\u000b-\u001f]/g, '').trimEnd())
      .filter((line) => line !== '')
  );
}

function findReason(lines: readonly string[]): string | undefined {
  for (const line of lines) {
    const init = /fimbul-vm: (.*)$/.exec(line)?.[1];
    if (init !== undefined) return init;
    const panic = /Kernel panic - not syncing: (.*)$/.exec(line)?.[1];
    if (panic !== undefined) return `kernel panic: ${panic}`;
  }
  return undefined;
}
