import { beforeEach, describe, expect, test } from 'vitest';
import { Fleet } from './fleet';
import { Intake } from './intake';
import { answer, handedOver, type Answer } from './intake-line';

const KIND = { snapshot: 1, delta: 2, gone: 3, cells: 4 } as const;

/** A message of `/live`: records of number, longitude and latitude in 1e-7 degrees. */
function message(kind: keyof typeof KIND, records: [number, number, number][]): ArrayBuffer {
  const bytes = new ArrayBuffer(16 + records.length * 20);
  const view = new DataView(bytes);
  view.setUint16(0, 0x4356, true);
  view.setUint8(2, 1);
  view.setUint8(3, KIND[kind]);
  view.setUint32(4, records.length, true);
  view.setBigInt64(8, 1_800_000_000_000n, true);
  records.forEach((record, i) => record.forEach((word, at) => view.setInt32(16 + i * 20 + at * 4, word, true)));
  return bytes;
}

let intake: Intake;
const ask = (bytes: ArrayBuffer, spare?: ArrayBuffer) => answer(intake, { kind: 'frame', bytes, atMs: 5, spare });
const tell = (keys: number[], classes: number[]) =>
  answer(intake, { kind: 'classes', keys: Uint32Array.from(keys), classes: Uint8Array.from(classes), spare: undefined });
const picture = (said: Answer | undefined) => {
  if (said?.kind !== 'fleet') throw new Error(`not a fleet: ${JSON.stringify(said)}`);
  return said.picture;
};

beforeEach(() => {
  intake = new Intake();
});

describe('the worker that takes vehicles in', () => {
  test('answers a frame with the whole picture', () => {
    ask(message('snapshot', [[1, 1_210_000_000, 300_000_000]]));
    const fleet = new Fleet();
    fleet.show(picture(ask(message('delta', [[2, 1_220_000_000, 310_000_000]]))));
    expect(fleet.vehicle(1)).toMatchObject({ lon: 121, lat: 30 });
    expect(fleet.vehicle(2)).toMatchObject({ lon: 122, lat: 31 });
    expect(fleet.atMs).toBe(5);
    expect(fleet.baseMs).toBe(1_800_000_000_000);
  });

  test('writes into the block that it was given', () => {
    const { block } = picture(ask(message('snapshot', [[1, 0, 0]])));
    expect(picture(ask(message('delta', [[1, 9, 9]]), block)).block).toBe(block);
  });

  test('forgets the vehicles when they are counted by cell', () => {
    ask(message('snapshot', [[1, 0, 0]]));
    expect(ask(message('cells', [[34, 1_210_000_000, 300_000_000]]))).toMatchObject({ kind: 'cells', cells: { count: 1 } });
    expect(picture(ask(message('delta', [[2, 0, 0]]))).size).toBe(1);
  });

  test('says why it refuses a message, and keeps what it knows', () => {
    ask(message('snapshot', [[1, 0, 0]]));
    expect(ask(new ArrayBuffer(3))).toEqual({ kind: 'refused', why: 'a frame of 3 bytes has no header' });
    expect(picture(ask(message('delta', []))).size).toBe(1);
  });

  test('answers classes only when there is somebody to show', () => {
    expect(tell([1], [4])).toBeUndefined();
    const fleet = new Fleet();
    fleet.show(picture(ask(message('snapshot', [[1, 0, 0]]))));
    expect(fleet.kind(0)).toBe(4);
    fleet.show(picture(tell([1], [2])));
    expect(fleet.kind(0)).toBe(2);
  });
});

test('what a question hands over are its bytes and the spare block', () => {
  const bytes = new ArrayBuffer(1);
  const spare = new ArrayBuffer(2);
  expect(handedOver({ kind: 'frame', bytes, atMs: 0, spare })).toEqual([bytes, spare]);
  const keys = new Uint32Array(1);
  const classes = new Uint8Array(1);
  expect(handedOver({ kind: 'classes', keys, classes, spare: undefined })).toEqual([keys.buffer, classes.buffer]);
});
