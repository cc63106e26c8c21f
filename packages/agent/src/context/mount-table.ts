// SPDX-License-Identifier: Apache-2.0
// The text of /proc/PID/mountinfo: one mount a line, with ` - ` between what belongs to the mount
// and what belongs to its filesystem. Strings are byte strings.

export type Mount = {
  readonly id: number;
  /** The directory of the filesystem that is mounted. */
  readonly root: string;
  readonly point: string;
  readonly filesystem: string;
  readonly superOptions: readonly string[];
};

export function parseMountTable(text: string): Mount[] {
  return text.split('\n').flatMap((line) => {
    const separator = line.indexOf(' - ');
    if (separator < 0) return [];
    const [id, , , root, point] = line.slice(0, separator).split(' ');
    const [filesystem, , options] = line.slice(separator + 3).split(' ');
    if (id === undefined || root === undefined || point === undefined) return [];
    return [
      {
        id: Number(id),
        root: unescapeOctal(root),
        point: unescapeOctal(point),
        filesystem: filesystem ?? '',
        superOptions: (options ?? '').split(','),
      },
    ];
  });
}

function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}
