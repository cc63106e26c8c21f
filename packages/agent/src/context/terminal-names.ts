// SPDX-License-Identifier: Apache-2.0
// Names of terminals from their device numbers, by the table of drivers in /proc/tty/drivers. They
// are the kernel's own names, as records have them: `pts0` is what tools show as pts/0.

type Driver = {
  readonly name: string;
  readonly major: number;
  readonly minorFirst: number;
  readonly minorLast: number;
  /** Number of the first terminal. */
  readonly base: number;
};

export class TerminalNames {
  readonly #drivers: readonly Driver[];

  /** @param table The text of /proc/tty/drivers. */
  constructor(table: string) {
    this.#drivers = table.split('\n').flatMap(parseDriver);
  }

  /** Finds the name of the terminal that stat shows as this number; empty for none. */
  find(number: number): string {
    if (number === 0) return '';
    const major = (number >>> 8) & 0xfff;
    const minor = (number & 0xff) | ((number >>> 12) & 0xfff00);
    const driver = this.#drivers.find(
      (d) => d.major === major && minor >= d.minorFirst && minor <= d.minorLast,
    );
    // A process with a terminal must not look like one without, whatever the driver is.
    if (driver === undefined) return `${major}:${minor}`;
    return `${driver.name}${minor - driver.minorFirst + driver.base}`;
  }
}

function parseDriver(line: string): Driver[] {
  const [, node, major, minors, type] = line.trim().split(/\s+/);
  const range = /^(\d+)(?:-(\d+))?$/.exec(minors ?? '');
  if (node === undefined || range === null || type === undefined) return [];
  // The nodes of type `system` are ways to name a terminal, and none themselves.
  if (type.startsWith('system')) return [];
  const minorFirst = Number(range[1]);
  return [
    {
      name: node.slice(node.lastIndexOf('/') + 1),
      major: Number(major),
      minorFirst,
      minorLast: Number(range[2] ?? range[1]),
      // Consoles are counted from one: tty0 means whichever is in front.
      base: type === 'console' ? minorFirst : 0,
    },
  ];
}
