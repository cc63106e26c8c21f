// SPDX-License-Identifier: Apache-2.0
// A batch of raw records as the ring hands it over: one buffer, and where each record stands. The
// buffer is used again for the next batch, so whatever outlives the batch must be copied out of it.

export class RecordBatch {
  readonly bytes: Buffer;
  readonly view: DataView;
  readonly starts: Uint32Array;
  readonly lengths: Uint32Array;
  count = 0;

  constructor(byteLength: number, recordCountMax: number) {
    const memory = new ArrayBuffer(byteLength);
    this.bytes = Buffer.from(memory);
    this.view = new DataView(memory);
    this.starts = new Uint32Array(recordCountMax);
    this.lengths = new Uint32Array(recordCountMax);
  }
}
