// SPDX-License-Identifier: Apache-2.0
// A batch of raw records as the ring hands it over: one buffer, and where each record stands. The
// buffer is used again for the next batch, so whatever outlives the batch must be copied out of it.

export class RecordBatch {
  readonly bytes: Buffer;
  readonly view: DataView;
  /** Record `i` starts at `index[2 * i]` and is `index[2 * i + 1]` bytes long. */
  readonly index: Uint32Array;
  count = 0;

  constructor(byteLength: number, recordCountMax: number) {
    const memory = new ArrayBuffer(byteLength);
    this.bytes = Buffer.from(memory);
    this.view = new DataView(memory);
    this.index = new Uint32Array(2 * recordCountMax);
  }

  /** Makes a batch of records that come from elsewhere than a ring: a recording, a test. */
  static of(...records: readonly Uint8Array[]): RecordBatch {
    const batch = new RecordBatch(
      records.reduce((sum, record) => sum + getRoom(record), 0),
      records.length,
    );
    let start = 0;
    for (const record of records) {
      batch.bytes.set(record, start);
      batch.index.set([start, record.length], 2 * batch.count);
      batch.count += 1;
      start += getRoom(record);
    }
    return batch;
  }
}

/** Records start at multiples of eight bytes, as in the ring. */
function getRoom(record: Uint8Array): number {
  return Math.ceil(record.length / 8) * 8;
}
