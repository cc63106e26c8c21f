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
      records.reduce((sum, record) => sum + roundUp(record.length), 0),
      records.length,
    );
    for (const record of records) batch.append(record);
    return batch;
  }

  /** Adds a record after those that are there; false when there is no room for it. */
  append(record: Uint8Array): boolean {
    const last = 2 * (this.count - 1);
    const start =
      this.count === 0 ? 0 : roundUp((this.index[last] ?? 0) + (this.index[last + 1] ?? 0));
    if (2 * this.count >= this.index.length) return false;
    if (start + record.length > this.bytes.length) return false;
    this.bytes.set(record, start);
    this.index.set([start, record.length], 2 * this.count);
    this.count += 1;
    return true;
  }
}

/** Records start at multiples of eight bytes, as in the ring. */
function roundUp(length: number): number {
  return Math.ceil(length / 8) * 8;
}
