/**
 * Binary frames of `/live`: bytes to columns. Little endian, a header of 16 bytes, then records of 20 bytes.
 *
 * A frame that is not exactly what the header says is refused whole: a wrong position is worse than none.
 */

const MAGIC = 0x4356;
const VERSION = 1;
const HEADER_BYTES = 16;
const RECORD_BYTES = 20;

export const FRAME_KIND = { snapshot: 1, delta: 2, gone: 3, cells: 4 } as const;
export type FrameKind = keyof typeof FRAME_KIND;

export const FLAG = { stale: 1, alarm: 2, silent: 4, clockWrong: 8, unchecked: 16 } as const;

export const SPEED_UNKNOWN = 0xffff;
export const HEADING_UNKNOWN = 255;

/** One frame as columns of equal length. For `cells`, `key` is how many vehicles of the cell are shown, `ageMs` how many hidden. */
export interface LiveFrame {
  kind: FrameKind;
  /** The server's time of the frame, ms since 1970. */
  baseMs: number;
  count: number;
  key: Uint32Array;
  /** 1e-7 degrees. */
  lonE7: Int32Array;
  latE7: Int32Array;
  /** `baseMs - fixed_at`, at least 0. */
  ageMs: Uint32Array;
  /** 0.1 km/h, `SPEED_UNKNOWN` when not reported. */
  speed: Uint16Array;
  /** 2 degrees, `HEADING_UNKNOWN` when not reported. */
  heading: Uint8Array;
  flags: Uint8Array;
}

export class FrameError extends Error {}

function kindOf(code: number): FrameKind {
  switch (code) {
    case FRAME_KIND.snapshot:
      return 'snapshot';
    case FRAME_KIND.delta:
      return 'delta';
    case FRAME_KIND.gone:
      return 'gone';
    case FRAME_KIND.cells:
      return 'cells';
    default:
      throw new FrameError(`unknown kind ${code}`);
  }
}

/** Reads one frame; throws `FrameError` when anything of it is not as written above. */
export function decodeFrame(bytes: ArrayBuffer): LiveFrame {
  if (bytes.byteLength < HEADER_BYTES) throw new FrameError(`a frame of ${bytes.byteLength} bytes has no header`);
  const view = new DataView(bytes);
  const magic = view.getUint16(0, true);
  if (magic !== MAGIC) throw new FrameError(`magic 0x${magic.toString(16)}`);
  const version = view.getUint8(2);
  if (version !== VERSION) throw new FrameError(`unknown version ${version}`);
  const kind = kindOf(view.getUint8(3));
  const count = view.getUint32(4, true);
  const expected = HEADER_BYTES + count * RECORD_BYTES;
  if (bytes.byteLength !== expected) {
    throw new FrameError(`${count} records need ${expected} bytes, not ${bytes.byteLength}`);
  }
  const frame: LiveFrame = {
    kind,
    baseMs: Number(view.getBigInt64(8, true)),
    count,
    key: new Uint32Array(count),
    lonE7: new Int32Array(count),
    latE7: new Int32Array(count),
    ageMs: new Uint32Array(count),
    speed: new Uint16Array(count),
    heading: new Uint8Array(count),
    flags: new Uint8Array(count),
  };
  for (let i = 0, at = HEADER_BYTES; i < count; i += 1, at += RECORD_BYTES) {
    frame.key[i] = view.getUint32(at, true);
    frame.lonE7[i] = view.getInt32(at + 4, true);
    frame.latE7[i] = view.getInt32(at + 8, true);
    frame.ageMs[i] = view.getUint32(at + 12, true);
    frame.speed[i] = view.getUint16(at + 16, true);
    frame.heading[i] = view.getUint8(at + 18);
    frame.flags[i] = view.getUint8(at + 19);
  }
  return frame;
}
