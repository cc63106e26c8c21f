// SPDX-License-Identifier: Apache-2.0
// Writes the archive format of an initramfs (cpio "newc"). Times and owners are all zero, so that
// the same contents are the same bytes.
//
//   "070701" 13 fields of 8 hex digits, name NUL, pad to 4, contents, pad to 4 … "TRAILER!!!"

export type CpioEntry =
  | { readonly kind: 'directory'; readonly path: string }
  | { readonly kind: 'file'; readonly path: string; readonly mode: number; readonly bytes: Buffer };

const directoryMode = 0o040755;
const fileType = 0o100000;

/** Packs entries in their order. Folders have to come before what is in them. */
export function packCpio(entries: readonly CpioEntry[]): Buffer {
  const records = entries.map((entry, index) =>
    entry.kind === 'directory'
      ? packRecord(entry.path, { inode: index + 1, mode: directoryMode, bytes: Buffer.alloc(0) })
      : packRecord(entry.path, {
          inode: index + 1,
          mode: fileType | entry.mode,
          bytes: entry.bytes,
        }),
  );
  const trailer = packRecord('TRAILER!!!', { inode: 0, mode: 0, bytes: Buffer.alloc(0) });
  return Buffer.concat([...records, trailer]);
}

type CpioRecord = { readonly inode: number; readonly mode: number; readonly bytes: Buffer };

function packRecord(path: string, record: CpioRecord): Buffer {
  const name = Buffer.from(`${path}\0`);
  const isDirectory = record.mode === directoryMode;
  const fields = [
    ...[record.inode, record.mode, 0, 0, isDirectory ? 2 : 1, 0, record.bytes.length],
    ...[0, 0, 0, 0, name.length, 0],
  ];
  const header = `070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`;
  return Buffer.concat([pad(Buffer.concat([Buffer.from(header), name])), pad(record.bytes)]);
}

function pad(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}
