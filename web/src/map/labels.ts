/**
 * Plates beside vehicles: a few HTML texts above the map, vehicles in alarm first. HTML, since a plate must stay sharp and
 * selectable, and since at most a few dozen can be read at once anyway.
 */
import type { Map as MapLibre } from 'maplibre-gl';
import { FLAG } from '../live/frame';
import type { Fleet } from '../live/fleet';
import { latOf, lonOf, mercatorX, mercatorY } from './mercator';
import { isShown, type VehicleMask } from './vehicle-look';

const MOST = 60;
/** Below this zoom only vehicles in alarm and the chosen one carry their plate. */
const PLAIN_FROM_ZOOM = 14.5;
const HEIGHT = 20;

export interface LabelsInput {
  fleet: Fleet;
  plate: (key: number) => string | undefined;
  chosen: () => number | null;
  mask: () => VehicleMask;
  /** The server's time, ms. */
  serverNow: () => number;
}

interface Box {
  text: string;
  alarm: boolean;
  left: number;
  top: number;
  width: number;
}

export class Labels {
  readonly #map: MapLibre;
  readonly #input: LabelsInput;
  readonly #root: HTMLDivElement;
  readonly #pool: HTMLSpanElement[] = [];
  #keys: number[] = [];
  /** Vehicles, the view or what is chosen changed since `#keys` were decided. */
  #stale = false;
  #shown: readonly Box[] = [];
  #scale = 1;

  constructor(map: MapLibre, input: LabelsInput) {
    this.#map = map;
    this.#input = input;
    this.#root = document.createElement('div');
    this.#root.className = 'map-labels';
    this.#root.setAttribute('aria-hidden', 'true');
    map.getCanvasContainer().append(this.#root);
  }

  /** A frame, a move, a choice: which vehicles carry their plate is decided again, once for the next picture. */
  choose(): void {
    this.#stale = true;
  }

  #decide(): void {
    const { fleet } = this.#input;
    const chosen = this.#input.chosen();
    const plain = this.#map.getZoom() >= PLAIN_FROM_ZOOM;
    this.#stale = false;
    this.#keys = [];
    // Far away only these carry one: most of the time there is nobody to look for.
    if (!plain && fleet.alarms === 0 && chosen === null) return;
    const mask = this.#input.mask();
    const serverNow = this.#input.serverNow();
    const bounds = this.#map.getBounds();
    const west = mercatorX(bounds.getWest());
    const east = mercatorX(bounds.getEast());
    const south = mercatorY(bounds.getSouth());
    const north = mercatorY(bounds.getNorth());
    const { keys } = fleet;
    const first: number[] = [];
    const others: number[] = [];
    for (let slot = 0; slot < keys.length; slot += 1) {
      const key = keys[slot]!;
      const urgent = (fleet.flags(slot) & FLAG.alarm) !== 0 || key === chosen;
      if (!urgent && (!plain || others.length >= MOST)) continue;
      const x = fleet.toX(slot);
      const y = fleet.toY(slot);
      if (x < west || x > east || y > south || y < north) continue;
      if (urgent) first.push(key);
      else if (isShown(mask, fleet.kind(slot), fleet.shape(slot, serverNow), 0)) others.push(key);
    }
    // In the order of the numbers, so that the same plates win a crowded place every time.
    const rising = (a: number, b: number) => a - b;
    this.#keys = [...first.sort(rising), ...others.sort(rising)].slice(0, MOST);
  }

  /** Puts the texts where their vehicles are drawn now; a text that would cover another is left out. */
  place(): void {
    const { fleet } = this.#input;
    if (this.#stale) this.#decide();
    const nowMs = performance.now();
    const taken: Box[] = [];
    let used = 0;
    for (const key of this.#keys) {
      const slot = fleet.slot(key);
      const plate = this.#input.plate(key);
      if (slot === undefined || !plate) continue;
      const [x, y] = fleet.place(slot, nowMs);
      const at = this.#map.project([lonOf(x), latOf(y)]);
      const alarm = (fleet.flags(slot) & FLAG.alarm) !== 0;
      const size = this.#scale;
      const box = {
        text: plate,
        alarm,
        left: at.x + (alarm ? 20 : 13) * size,
        top: at.y - (HEIGHT / 2) * size,
        width: (plate.length * 9 + 12) * size,
      };
      if (taken.some((other) => this.#overlap(other, box))) continue;
      taken.push(box);
      const label = this.#label(used);
      used += 1;
      if (label.textContent !== plate) label.textContent = plate;
      label.className = alarm ? 'map-label map-label-alarm' : 'map-label';
      label.style.transform = `translate(${box.left.toFixed(1)}px, ${box.top.toFixed(1)}px)`;
      label.hidden = false;
    }
    for (let i = used; i < this.#pool.length; i += 1) this.#pool[i]!.hidden = true;
    this.#shown = taken;
  }

  /** Larger texts need more room; how large they are is the style sheet's. */
  enlarge(scale: number): void {
    this.#scale = scale;
    this.choose();
  }

  /** Draws what is shown on paper, in CSS pixels of the map. */
  paint(pen: CanvasRenderingContext2D): void {
    pen.font = `${14 * this.#scale}px ${getComputedStyle(this.#root).fontFamily}`;
    pen.textBaseline = 'middle';
    for (const { text, alarm, left, top } of this.#shown) {
      const height = HEIGHT * this.#scale;
      pen.fillStyle = alarm ? '#b3121d' : '#ffffffd9';
      pen.fillRect(left, top, pen.measureText(text).width + 10, height);
      pen.fillStyle = alarm ? '#ffffff' : '#14191f';
      pen.fillText(text, left + 5, top + height / 2);
    }
  }

  #overlap(a: Box, b: Box): boolean {
    return (
      Math.abs(a.top - b.top) < HEIGHT * this.#scale && a.left < b.left + b.width && b.left < a.left + a.width
    );
  }

  #label(index: number): HTMLSpanElement {
    let label = this.#pool[index];
    if (!label) {
      label = document.createElement('span');
      this.#pool.push(label);
      this.#root.append(label);
    }
    return label;
  }
}
