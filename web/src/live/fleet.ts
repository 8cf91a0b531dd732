/**
 * Where every vehicle of the live picture is, as columns that the map copies to the graphics card.
 *
 * Between two received fixes a vehicle glides; it is never drawn where no fix has yet said that it is. A step that no
 * road explains (a gap in time, a long jump) is a jump on the screen too.
 */
import { mercatorX, mercatorY } from '../map/mercator';
import { HEADING_UNKNOWN, SPEED_UNKNOWN, type LiveFrame } from './frame';
import { Slots } from './slots';

/** The longest glide: one tick of the server, so that a vehicle has arrived before its next position comes. */
const GLIDE_MS = 1_000;
/** ENGINE.md: a gap over 120 s says nothing about the path. */
const GAP_MS = 120_000;
/** About 2 km at 30 degrees north, as a share of the world's width. */
const JUMP = 2_000 / 34_700_000;

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

export class Fleet {
  /** Rises with every change: readers compare it instead of the columns. */
  version = 0;
  size = 0;
  /** How many vehicles have come that were not in the picture before. */
  came = 0;
  key = new Uint32Array(0);
  /** Where the glide starts and ends, in mercator units. */
  fromX = new Float64Array(0);
  fromY = new Float64Array(0);
  toX = new Float64Array(0);
  toY = new Float64Array(0);
  /** When the glide starts, on the page's own clock, and how long it takes; 0 = stands at its end. */
  startMs = new Float64Array(0);
  glideMs = new Float32Array(0);
  fixedAtMs = new Float64Array(0);
  lonE7 = new Int32Array(0);
  latE7 = new Int32Array(0);
  speed = new Uint16Array(0);
  heading = new Uint8Array(0);
  flags = new Uint8Array(0);
  /** The class, as a small number that means something to whoever set `kindOf`; 0 when it is not known. */
  kind = new Uint8Array(0);
  /** On the page's own clock: nothing glides any more after this. */
  stillFromMs = 0;

  readonly #slots = new Slots();
  #kindOf: (key: number) => number = () => 0;

  /** Takes in one frame of vehicles at `nowMs` of the page's own clock. Frames of cells are not for the fleet. */
  apply(frame: LiveFrame, nowMs: number): void {
    this.take(frame, 0, frame.count, nowMs);
    this.version += 1;
  }

  /** Takes in a part of a frame, from its first record on; readers are told by whoever raises `version` at its end. */
  take(frame: LiveFrame, from: number, to: number, nowMs: number): void {
    if (frame.kind === 'cells') return;
    if (frame.kind === 'gone') {
      for (let i = from; i < to; i += 1) this.#remove(frame.key[i]!);
      return;
    }
    if (frame.kind === 'snapshot' && from === 0) this.#keepOnly(frame.key);
    this.#reserve(this.size + to - from);
    for (let i = from; i < to; i += 1) this.#put(frame, i, nowMs);
  }

  /** Says how classes are looked up, and looks all of them up again: names came or changed. */
  classify(kindOf: (key: number) => number): void {
    this.#kindOf = kindOf;
    for (let slot = 0; slot < this.size; slot += 1) this.kind[slot] = kindOf(this.key[slot]!);
    this.version += 1;
  }

  clear(): void {
    this.size = 0;
    this.#slots.clear();
    this.version += 1;
  }

  slot(key: number): number | undefined {
    const slot = this.#slots.get(key);
    return slot < 0 ? undefined : slot;
  }

  /** Where the vehicle in a slot is drawn at `nowMs`, in mercator units. */
  place(slot: number, nowMs: number): [x: number, y: number] {
    const glide = this.glideMs[slot]!;
    const share = glide > 0 ? Math.min(1, Math.max(0, (nowMs - this.startMs[slot]!) / glide)) : 1;
    const fromX = this.fromX[slot]!;
    const fromY = this.fromY[slot]!;
    return [fromX + (this.toX[slot]! - fromX) * share, fromY + (this.toY[slot]! - fromY) * share];
  }

  vehicle(key: number): LiveVehicle | undefined {
    const slot = this.slot(key);
    if (slot === undefined) return undefined;
    const speed = this.speed[slot]!;
    const heading = this.heading[slot]!;
    return {
      key,
      lon: this.lonE7[slot]! / 1e7,
      lat: this.latE7[slot]! / 1e7,
      fixedAtMs: this.fixedAtMs[slot]!,
      speedKph: speed === SPEED_UNKNOWN ? null : speed / 10,
      headingDeg: heading === HEADING_UNKNOWN ? null : heading * 2,
      flags: this.flags[slot]!,
    };
  }

  /** West, south, east, north of all vehicles, degrees; `null` when there are none. */
  extent(): [number, number, number, number] | null {
    if (this.size === 0) return null;
    const lon = this.lonE7.subarray(0, this.size);
    const lat = this.latE7.subarray(0, this.size);
    const least = (a: number, b: number) => Math.min(a, b);
    const most = (a: number, b: number) => Math.max(a, b);
    return [lon.reduce(least) / 1e7, lat.reduce(least) / 1e7, lon.reduce(most) / 1e7, lat.reduce(most) / 1e7];
  }

  #put(frame: LiveFrame, i: number, nowMs: number): void {
    const key = frame.key[i]!;
    const lonE7 = frame.lonE7[i]!;
    const latE7 = frame.latE7[i]!;
    const fixedAtMs = frame.baseMs - frame.ageMs[i]!;
    let slot = this.#slots.get(key);
    if (slot < 0) {
      slot = this.size;
      this.came += 1;
      this.size += 1;
      this.#slots.set(key, slot);
      this.key[slot] = key;
      this.kind[slot] = this.#kindOf(key);
      this.#jump(slot, lonE7, latE7);
    } else if (this.lonE7[slot] !== lonE7 || this.latE7[slot] !== latE7) {
      this.#move(slot, lonE7, latE7, fixedAtMs - this.fixedAtMs[slot]!, nowMs);
    }
    this.fixedAtMs[slot] = fixedAtMs;
    this.speed[slot] = frame.speed[i]!;
    this.heading[slot] = frame.heading[i]!;
    this.flags[slot] = frame.flags[i]!;
  }

  #jump(slot: number, lonE7: number, latE7: number): void {
    this.lonE7[slot] = lonE7;
    this.latE7[slot] = latE7;
    this.toX[slot] = mercatorX(lonE7 / 1e7);
    this.toY[slot] = mercatorY(latE7 / 1e7);
    this.fromX[slot] = this.toX[slot]!;
    this.fromY[slot] = this.toY[slot]!;
    this.glideMs[slot] = 0;
  }

  #move(slot: number, lonE7: number, latE7: number, stepMs: number, nowMs: number): void {
    // As `place` says it, without the pair that it answers: this runs for every record of every frame.
    const glide = this.glideMs[slot]!;
    const share = glide > 0 ? Math.min(1, Math.max(0, (nowMs - this.startMs[slot]!) / glide)) : 1;
    const x = this.fromX[slot]! + (this.toX[slot]! - this.fromX[slot]!) * share;
    const y = this.fromY[slot]! + (this.toY[slot]! - this.fromY[slot]!) * share;
    this.#jump(slot, lonE7, latE7);
    const dx = this.toX[slot]! - x;
    const dy = this.toY[slot]! - y;
    if (stepMs <= 0 || stepMs > GAP_MS || dx * dx + dy * dy > JUMP * JUMP) return;
    this.fromX[slot] = x;
    this.fromY[slot] = y;
    this.startMs[slot] = nowMs;
    this.glideMs[slot] = Math.min(stepMs, GLIDE_MS);
    this.stillFromMs = Math.max(this.stillFromMs, nowMs + this.glideMs[slot]!);
  }

  #keepOnly(keys: Uint32Array): void {
    const kept = new Set(keys);
    for (let slot = this.size - 1; slot >= 0; slot -= 1) {
      if (!kept.has(this.key[slot]!)) this.#remove(this.key[slot]!);
    }
  }

  /** The last slot moves into the freed one, so that the columns stay dense. */
  #remove(key: number): void {
    const slot = this.#slots.get(key);
    if (slot < 0) return;
    const last = this.size - 1;
    if (slot !== last) {
      for (const column of this.#columns()) column[slot] = column[last]!;
      this.#slots.set(this.key[slot]!, slot);
    }
    this.#slots.delete(key);
    this.size = last;
  }

  #columns() {
    return [
      this.key,
      this.fromX,
      this.fromY,
      this.toX,
      this.toY,
      this.startMs,
      this.glideMs,
      this.fixedAtMs,
      this.lonE7,
      this.latE7,
      this.speed,
      this.heading,
      this.flags,
      this.kind,
    ];
  }

  #reserve(wanted: number): void {
    if (wanted <= this.key.length) return;
    const room = Math.max(64, this.key.length * 2, wanted);
    const grow = <T extends { set(from: T): void }>(next: T, old: T): T => {
      next.set(old);
      return next;
    };
    this.key = grow(new Uint32Array(room), this.key);
    this.fromX = grow(new Float64Array(room), this.fromX);
    this.fromY = grow(new Float64Array(room), this.fromY);
    this.toX = grow(new Float64Array(room), this.toX);
    this.toY = grow(new Float64Array(room), this.toY);
    this.startMs = grow(new Float64Array(room), this.startMs);
    this.glideMs = grow(new Float32Array(room), this.glideMs);
    this.fixedAtMs = grow(new Float64Array(room), this.fixedAtMs);
    this.lonE7 = grow(new Int32Array(room), this.lonE7);
    this.latE7 = grow(new Int32Array(room), this.latE7);
    this.speed = grow(new Uint16Array(room), this.speed);
    this.heading = grow(new Uint8Array(room), this.heading);
    this.flags = grow(new Uint8Array(room), this.flags);
    this.kind = grow(new Uint8Array(room), this.kind);
  }
}
