/**
 * Where every vehicle is, as the page knows it: the last picture that the worker handed over. Only read here; what the frames
 * come to is decided by `Intake`.
 */
import { latOf, lonOf } from '../map/mercator';
import { agedShape } from '../map/vehicle-look';
import { columnsOf, LOOK, RECORD_WORDS, UNITS, WORD, type FleetPicture } from './fleet-picture';
import { HEADING_UNKNOWN, SPEED_UNKNOWN } from './frame';
import { Slots } from './slots';

/** A vehicle's live state in the units of people. */
export interface LiveVehicle {
  key: number;
  lon: number;
  lat: number;
  fixedAtMs: number;
  speedKph: number | null;
  headingDeg: number | null;
  flags: number;
}

/** Its block is nobody's to hand over. */
const EMPTY: FleetPicture = {
  block: new ArrayBuffer(0),
  size: 0,
  atMs: 0,
  baseMs: 0,
  stillFromMs: 0,
  came: 0,
  alarms: 0,
};

/** What was sent: 1e-7 degrees. */
function sent(degrees: number): number {
  return Math.round(degrees * 1e7) / 1e7;
}

export class Fleet {
  /** Rises with every change: readers compare it instead of the vehicles. */
  version = 0;
  #picture = EMPTY;
  #columns = columnsOf(EMPTY.block);
  readonly #slots = new Slots();
  /** The version that `#slots` was made for; most vehicles keep their slot long after it. */
  #slotted = 0;

  /** Shows another picture from now on; answers the block of the one before, at which nobody looks any more. */
  show(picture: FleetPicture): ArrayBuffer {
    const { block } = this.#picture;
    this.#picture = picture;
    this.#columns = columnsOf(picture.block);
    this.version += 1;
    return block;
  }

  clear(): ArrayBuffer {
    return this.show(EMPTY);
  }

  get size(): number {
    return this.#picture.size;
  }

  /** How many vehicles have come that were not in the picture before. */
  get came(): number {
    return this.#picture.came;
  }

  /** How many are in alarm. */
  get alarms(): number {
    return this.#picture.alarms;
  }

  /** When the last frame came, on the page's own clock: `startMs` of the records counts from here. */
  get atMs(): number {
    return this.#picture.atMs;
  }

  /** The server's time of the last frame, ms: `ageMs` of the records ends here. */
  get baseMs(): number {
    return this.#picture.baseMs;
  }

  /** On the page's own clock: nothing glides any more after this. */
  get stillFromMs(): number {
    return this.#picture.stillFromMs;
  }

  /** The number of each slot. */
  get keys(): Uint32Array {
    return this.#columns.key.subarray(0, this.size);
  }

  /** What the graphics card reads. */
  get records(): Int32Array {
    return this.#columns.words.subarray(0, this.size * RECORD_WORDS);
  }

  slot(key: number): number | undefined {
    const slot = this.#slots.get(key);
    if (slot >= 0 && slot < this.size && this.#columns.key[slot] === key) return slot;
    if (this.#slotted === this.version) return undefined;
    this.#slotAll();
    return this.slot(key);
  }

  flags(slot: number): number {
    return this.#columns.bytes[(slot * RECORD_WORDS + WORD.look) * 4 + LOOK.flags]!;
  }

  /** The class as `VEHICLE_CLASSES` counts it. */
  kind(slot: number): number {
    return this.#columns.bytes[(slot * RECORD_WORDS + WORD.look) * 4 + LOOK.kind]!;
  }

  /** The shape at a time of the server's. */
  shape(slot: number, serverNowMs: number): number {
    const shape = this.#columns.bytes[(slot * RECORD_WORDS + WORD.look) * 4 + LOOK.shape]!;
    return agedShape(shape, serverNowMs - this.#columns.fixedAtMs[slot]!);
  }

  /** Where its last fix lies, in mercator units. */
  toX(slot: number): number {
    return (this.#columns.words[slot * RECORD_WORDS + WORD.toX]! >>> 0) / UNITS;
  }

  toY(slot: number): number {
    return (this.#columns.words[slot * RECORD_WORDS + WORD.toY]! >>> 0) / UNITS;
  }

  /** Where the vehicle in a slot is drawn at `nowMs`, in mercator units. */
  place(slot: number, nowMs: number): [x: number, y: number] {
    const { words, floats } = this.#columns;
    const at = slot * RECORD_WORDS;
    const glide = floats[at + WORD.glideMs]!;
    const startMs = this.atMs + floats[at + WORD.startMs]!;
    const share = glide > 0 ? Math.min(1, Math.max(0, (nowMs - startMs) / glide)) : 1;
    const fromX = (words[at + WORD.fromX]! >>> 0) / UNITS;
    const fromY = (words[at + WORD.fromY]! >>> 0) / UNITS;
    return [fromX + (this.toX(slot) - fromX) * share, fromY + (this.toY(slot) - fromY) * share];
  }

  vehicle(key: number): LiveVehicle | undefined {
    const slot = this.slot(key);
    if (slot === undefined) return undefined;
    const speed = this.#columns.speed[slot]!;
    const heading = this.#columns.bytes[(slot * RECORD_WORDS + WORD.look) * 4 + LOOK.heading]!;
    return {
      key,
      lon: sent(lonOf(this.toX(slot))),
      lat: sent(latOf(this.toY(slot))),
      fixedAtMs: this.#columns.fixedAtMs[slot]!,
      speedKph: speed === SPEED_UNKNOWN ? null : speed / 10,
      headingDeg: heading === HEADING_UNKNOWN ? null : heading * 2,
      flags: this.flags(slot),
    };
  }

  /** West, south, east, north of all vehicles, degrees; `null` when there are none. */
  extent(): [number, number, number, number] | null {
    if (this.size === 0) return null;
    let [west, north, east, south] = [1, 1, 0, 0];
    for (let slot = 0; slot < this.size; slot += 1) {
      const x = this.toX(slot);
      const y = this.toY(slot);
      west = Math.min(west, x);
      east = Math.max(east, x);
      north = Math.min(north, y);
      south = Math.max(south, y);
    }
    return [sent(lonOf(west)), sent(latOf(south)), sent(lonOf(east)), sent(latOf(north))];
  }

  /** Only when somebody asks for a number that is not where it was. */
  #slotAll(): void {
    this.#slots.clear();
    const { keys } = this;
    for (let slot = 0; slot < keys.length; slot += 1) this.#slots.set(keys[slot]!, slot);
    this.#slotted = this.version;
  }
}
