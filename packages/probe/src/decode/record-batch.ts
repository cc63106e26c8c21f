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
}
