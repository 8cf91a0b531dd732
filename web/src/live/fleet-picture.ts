/**
 * Where all vehicles are at one moment, in one block of memory that goes from the worker, which takes frames in, to the page,
 * which shows them: handed over, never copied on the page, and given back to be filled again.
 *
 * Its first part is what the graphics card reads, a record of 32 bytes for each vehicle; what only the page asks stands in
 * columns behind it. Places are mercator units times 2^32 as whole numbers: 9 mm at the equator, so that the 1e-7 degrees that
 * were sent can be read back exactly, and the difference of two of them, which is all that is drawn, is exact.
 */

/** Words of 4 bytes of one vehicle's record. */
export const RECORD_WORDS = 8;
/** Where in a record each thing stands: words, but for `look`, which is four bytes from `LOOK` on. */
export const WORD = { fromX: 0, fromY: 1, toX: 2, toY: 3, startMs: 4, glideMs: 5, ageMs: 6, look: 7 } as const;
/** Bytes of the word `look`. */
export const LOOK = { heading: 0, flags: 1, kind: 2, shape: 3 } as const;

/** Mercator units of the world's width. */
export const UNITS = 2 ** 32;

/** Blocks grow in steps, so that the same few serve while vehicles come and go. */
const STEP = 1_024;
const RECORD_BYTES = RECORD_WORDS * 4;
/** Record, time of the fix, key, speed. */
const VEHICLE_BYTES = RECORD_BYTES + 8 + 4 + 2;

/** What is said of a block; the block itself is handed over. */
export interface FleetPicture {
  block: ArrayBuffer;
  size: number;
  /** When the last frame came, on the page's own clock: `startMs` counts from here. */
  atMs: number;
  /** The server's time of the last frame, ms: `ageMs` ends here. */
  baseMs: number;
  /** On the page's own clock: nothing glides any more after this. */
  stillFromMs: number;
  /** How many vehicles have come that were not in the picture before. */
  came: number;
  /** How many are in alarm. */
  alarms: number;
}

/** The parts of a block. */
export interface FleetColumns {
  /** The records as whole numbers, as floats, as bytes. */
  words: Int32Array;
  floats: Float32Array;
  bytes: Uint8Array;
  fixedAtMs: Float64Array;
  key: Uint32Array;
  /** 0.1 km/h. */
  speed: Uint16Array;
}

/** A block for so many vehicles: `spare` when it fits. */
export function blockFor(size: number, spare: ArrayBuffer | undefined): ArrayBuffer {
  const length = Math.ceil(size / STEP) * STEP * VEHICLE_BYTES;
  return spare?.byteLength === length ? spare : new ArrayBuffer(length);
}

export function columnsOf(block: ArrayBuffer): FleetColumns {
  const room = block.byteLength / VEHICLE_BYTES;
  const records = room * RECORD_BYTES;
  return {
    words: new Int32Array(block, 0, room * RECORD_WORDS),
    floats: new Float32Array(block, 0, room * RECORD_WORDS),
    bytes: new Uint8Array(block, 0, records),
    fixedAtMs: new Float64Array(block, records, room),
    key: new Uint32Array(block, records + room * 8, room),
    speed: new Uint16Array(block, records + room * 12, room),
  };
}
