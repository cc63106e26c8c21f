// SPDX-License-Identifier: Apache-2.0
// What the guest's console tells when something went wrong: the reason, if the kernel or the init
// script gave one, and the last lines for whoever has to find out more.

const tailLinesMax = 20;

export type ConsoleFindings = {
  readonly reason?: string;
  readonly tail: readonly string[];
};

/** Finds out from the raw bytes of a console why the machine ended. */
export function readConsole(text: string): ConsoleFindings {
  const lines = cleanConsole(text);
  const tail = lines.slice(-tailLinesMax);
  const reason = findReason(lines);
  return reason === undefined ? { tail } : { reason, tail };
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
