/**
 * What the frames of vehicles come to: who is there, where each stands and how it gets there. Runs in a worker, so that
 * 30,000 positions that come at once hold up no picture and no press of a button; the page gets a `FleetPicture`.
 *
 * Between two received fixes a vehicle glides; it is never drawn where no fix has yet said that it is. A step that no
 * road explains (a gap in time, a long jump) is a jump on the screen too. It has no clock: when a frame came is an argument.
 */
import { mercatorX, mercatorY } from '../map/mercator';
import { shapeOf } from '../map/vehicle-look';
import { blockFor, columnsOf, LOOK, RECORD_WORDS, UNITS, WORD, type FleetPicture } from './fleet-picture';
import { FLAG, type LiveFrame } from './frame';
import { Slots } from './slots';

/** The longest glide: one tick of the server, so that a vehicle has arrived before its next position comes. */
const GLIDE_MS = 1_000;
/** ENGINE.md: a gap over 120 s says nothing about the path. */
const GAP_MS = 120_000;
/** About 2 km at 30 degrees north, as a share of the world's width. */
const JUMP = 2_000 / 34_700_000;

/** A share of the world's width as a whole number of 32 bits; the upper half of the world is below zero. */
function unit(share: number): number {
  return Math.round(share * UNITS) | 0;
}

export class Intake {
  size = 0;
  #came = 0;
  #atMs = 0;
  #baseMs = 0;
  #stillFromMs = 0;
  readonly #slots = new Slots();
  #classes: ReadonlyMap<number, number> = new Map();
  #key = new Uint32Array(0);
  /** Where the glide starts and ends, in mercator units. */
  #fromX = new Float64Array(0);
  #fromY = new Float64Array(0);
  #toX = new Float64Array(0);
  #toY = new Float64Array(0);
  /** When the glide starts, on the page's own clock, and how long it takes; 0 = stands at its end. */
  #startMs = new Float64Array(0);
  #glideMs = new Float32Array(0);
  #fixedAtMs = new Float64Array(0);
  #lonE7 = new Int32Array(0);
  #latE7 = new Int32Array(0);
  #speed = new Uint16Array(0);
  #heading = new Uint8Array(0);
  #flags = new Uint8Array(0);
  #kind = new Uint8Array(0);

  /** Takes in one frame of vehicles that came at `nowMs` of the page's own clock. Frames of cells are not for the fleet. */
  take(frame: LiveFrame, nowMs: number): void {
    if (frame.kind === 'cells') return;
    this.#atMs = nowMs;
    this.#baseMs = frame.baseMs;
    if (frame.kind === 'gone') {
      for (const key of frame.key) this.#remove(key);
      return;
    }
    if (frame.kind === 'snapshot') this.#keepOnly(frame.key);
    this.#reserve(this.size + frame.count);
    for (let i = 0; i < frame.count; i += 1) this.#put(frame, i, nowMs);
  }

  /** Which class each number is of (0 = not known), for those that are there and those that come. */
  classify(classes: ReadonlyMap<number, number>): void {
    this.#classes = classes;
    for (let slot = 0; slot < this.size; slot += 1) this.#kind[slot] = classes.get(this.#key[slot]!) ?? 0;
  }

  clear(): void {
    this.size = 0;
    this.#slots.clear();
  }

  /** All vehicles as they are; `spare` is a block that nobody looks at any more. */
  picture(spare?: ArrayBuffer): FleetPicture {
    const block = blockFor(this.size, spare);
    const alarms = this.#fill(block);
    return {
      block,
      size: this.size,
      atMs: this.#atMs,
      baseMs: this.#baseMs,
      stillFromMs: this.#stillFromMs,
      came: this.#came,
      alarms,
    };
  }

  /** Answers how many are in alarm. */
  #fill(block: ArrayBuffer): number {
    let alarms = 0;
    const { words, floats, bytes, fixedAtMs, key, speed } = columnsOf(block);
    for (let slot = 0, at = 0; slot < this.size; slot += 1, at += RECORD_WORDS) {
      const ageMs = this.#baseMs - this.#fixedAtMs[slot]!;
      const heading = this.#heading[slot]!;
      const flags = this.#flags[slot]!;
      if (flags & FLAG.alarm) alarms += 1;
      words[at + WORD.fromX] = unit(this.#fromX[slot]!);
      words[at + WORD.fromY] = unit(this.#fromY[slot]!);
      words[at + WORD.toX] = unit(this.#toX[slot]!);
      words[at + WORD.toY] = unit(this.#toY[slot]!);
      floats[at + WORD.startMs] = this.#startMs[slot]! - this.#atMs;
      floats[at + WORD.glideMs] = this.#glideMs[slot]!;
      floats[at + WORD.ageMs] = ageMs;
      const look = (at + WORD.look) * 4;
      bytes[look + LOOK.heading] = heading;
      bytes[look + LOOK.flags] = flags;
      bytes[look + LOOK.kind] = this.#kind[slot]!;
      bytes[look + LOOK.shape] = shapeOf(this.#speed[slot]!, heading, flags, ageMs);
    }
    fixedAtMs.set(this.#fixedAtMs.subarray(0, this.size));
    key.set(this.#key.subarray(0, this.size));
    speed.set(this.#speed.subarray(0, this.size));
    return alarms;
  }

  #put(frame: LiveFrame, i: number, nowMs: number): void {
    const key = frame.key[i]!;
    const lonE7 = frame.lonE7[i]!;
    const latE7 = frame.latE7[i]!;
    const fixedAtMs = frame.baseMs - frame.ageMs[i]!;
    let slot = this.#slots.get(key);
    if (slot < 0) {
      slot = this.size;
      this.#came += 1;
        this.size += 1;
      this.#slots.set(key, slot);
      this.#key[slot] = key;
      this.#kind[slot] = this.#classes.get(key) ?? 0;
      this.#jump(slot, lonE7, latE7);
    } else if (this.#lonE7[slot] !== lonE7 || this.#latE7[slot] !== latE7) {
      this.#move(slot, lonE7, latE7, fixedAtMs - this.#fixedAtMs[slot]!, nowMs);
    }
    this.#fixedAtMs[slot] = fixedAtMs;
    this.#speed[slot] = frame.speed[i]!;
    this.#heading[slot] = frame.heading[i]!;
    this.#flags[slot] = frame.flags[i]!;
  }

  #jump(slot: number, lonE7: number, latE7: number): void {
    this.#lonE7[slot] = lonE7;
    this.#latE7[slot] = latE7;
    this.#toX[slot] = mercatorX(lonE7 / 1e7);
    this.#toY[slot] = mercatorY(latE7 / 1e7);
    this.#fromX[slot] = this.#toX[slot]!;
    this.#fromY[slot] = this.#toY[slot]!;
    this.#glideMs[slot] = 0;
  }

  #move(slot: number, lonE7: number, latE7: number, stepMs: number, nowMs: number): void {
    // Where it is drawn at this moment, as the page's `Fleet.place` and the graphics card say it.
    const glide = this.#glideMs[slot]!;
    const share = glide > 0 ? Math.min(1, Math.max(0, (nowMs - this.#startMs[slot]!) / glide)) : 1;
    const x = this.#fromX[slot]! + (this.#toX[slot]! - this.#fromX[slot]!) * share;
    const y = this.#fromY[slot]! + (this.#toY[slot]! - this.#fromY[slot]!) * share;
    this.#jump(slot, lonE7, latE7);
    const dx = this.#toX[slot]! - x;
    const dy = this.#toY[slot]! - y;
    if (stepMs <= 0 || stepMs > GAP_MS || dx * dx + dy * dy > JUMP * JUMP) return;
    this.#fromX[slot] = x;
    this.#fromY[slot] = y;
    this.#startMs[slot] = nowMs;
    this.#glideMs[slot] = Math.min(stepMs, GLIDE_MS);
    this.#stillFromMs = Math.max(this.#stillFromMs, nowMs + this.#glideMs[slot]!);
  }

  #keepOnly(keys: Uint32Array): void {
    const kept = new Set(keys);
    for (let slot = this.size - 1; slot >= 0; slot -= 1) {
      if (!kept.has(this.#key[slot]!)) this.#remove(this.#key[slot]!);
    }
  }

  /** The last slot moves into the freed one, so that the columns stay dense. */
  #remove(key: number): void {
    const slot = this.#slots.get(key);
    if (slot < 0) return;
    const last = this.size - 1;
    if (slot !== last) {
      for (const column of this.#columns()) column[slot] = column[last]!;
      this.#slots.set(this.#key[slot]!, slot);
    }
    this.#slots.delete(key);
    this.size = last;
  }

  #columns() {
    return [
      this.#key,
      this.#fromX,
      this.#fromY,
      this.#toX,
      this.#toY,
      this.#startMs,
      this.#glideMs,
      this.#fixedAtMs,
      this.#lonE7,
      this.#latE7,
      this.#speed,
      this.#heading,
      this.#flags,
      this.#kind,
    ];
  }

  #reserve(wanted: number): void {
    if (wanted <= this.#key.length) return;
    const room = Math.max(64, this.#key.length * 2, wanted);
    const grow = <T extends { set(from: T): void }>(next: T, old: T): T => {
      next.set(old);
      return next;
    };
    this.#key = grow(new Uint32Array(room), this.#key);
    this.#fromX = grow(new Float64Array(room), this.#fromX);
    this.#fromY = grow(new Float64Array(room), this.#fromY);
    this.#toX = grow(new Float64Array(room), this.#toX);
    this.#toY = grow(new Float64Array(room), this.#toY);
    this.#startMs = grow(new Float64Array(room), this.#startMs);
    this.#glideMs = grow(new Float32Array(room), this.#glideMs);
    this.#fixedAtMs = grow(new Float64Array(room), this.#fixedAtMs);
    this.#lonE7 = grow(new Int32Array(room), this.#lonE7);
    this.#latE7 = grow(new Int32Array(room), this.#latE7);
    this.#speed = grow(new Uint16Array(room), this.#speed);
    this.#heading = grow(new Uint8Array(room), this.#heading);
    this.#flags = grow(new Uint8Array(room), this.#flags);
    this.#kind = grow(new Uint8Array(room), this.#kind);
  }
}
