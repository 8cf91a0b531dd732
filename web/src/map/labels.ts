/**
 * Plates beside vehicles: a few HTML texts above the map, vehicles in alarm first. HTML, since a plate must stay sharp and
 * selectable, and since at most a few dozen can be read at once anyway.
 */
import type { Map as MapLibre } from 'maplibre-gl';
import { FLAG } from '../live/frame';
import type { Fleet } from '../live/fleet';
import { latOf, lonOf } from './mercator';

const MOST = 60;
/** Below this zoom only vehicles in alarm and the chosen one carry their plate. */
const PLAIN_FROM_ZOOM = 14.5;
const HEIGHT = 20;

export interface LabelsInput {
  fleet: Fleet;
  plate: (key: number) => string | undefined;
  chosen: () => number | null;
}

interface Box {
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

  constructor(map: MapLibre, input: LabelsInput) {
    this.#map = map;
    this.#input = input;
    this.#root = document.createElement('div');
    this.#root.className = 'map-labels';
    this.#root.setAttribute('aria-hidden', 'true');
    map.getCanvasContainer().append(this.#root);
  }

  /** Decides again which vehicles carry their plate: after a frame, a move, a choice. */
  choose(): void {
    const { fleet } = this.#input;
    const chosen = this.#input.chosen();
    const plain = this.#map.getZoom() >= PLAIN_FROM_ZOOM;
    const bounds = this.#map.getBounds();
    const first: number[] = [];
    const others: number[] = [];
    for (let slot = 0; slot < fleet.size; slot += 1) {
      const urgent = (fleet.flags[slot]! & FLAG.alarm) !== 0 || fleet.key[slot] === chosen;
      if (!urgent && (!plain || others.length >= MOST)) continue;
      const lon = fleet.lonE7[slot]! / 1e7;
      const lat = fleet.latE7[slot]! / 1e7;
      const inside =
        lon > bounds.getWest() && lon < bounds.getEast() && lat > bounds.getSouth() && lat < bounds.getNorth();
      if (inside) (urgent ? first : others).push(fleet.key[slot]!);
    }
    // In the order of the numbers, so that the same plates win a crowded place every time.
    const rising = (a: number, b: number) => a - b;
    this.#keys = [...first.sort(rising), ...others.sort(rising)].slice(0, MOST);
    this.place();
  }

  /** Puts the texts where their vehicles are drawn now; a text that would cover another is left out. */
  place(): void {
    const { fleet } = this.#input;
    const nowMs = performance.now();
    const taken: Box[] = [];
    let used = 0;
    for (const key of this.#keys) {
      const slot = fleet.slot(key);
      const plate = this.#input.plate(key);
      if (slot === undefined || !plate) continue;
      const [x, y] = fleet.place(slot, nowMs);
      const at = this.#map.project([lonOf(x), latOf(y)]);
      const alarm = (fleet.flags[slot]! & FLAG.alarm) !== 0;
      const box = { left: at.x + (alarm ? 20 : 13), top: at.y - HEIGHT / 2, width: plate.length * 9 + 12 };
      if (taken.some((other) => overlap(other, box))) continue;
      taken.push(box);
      const label = this.#label(used);
      used += 1;
      if (label.textContent !== plate) label.textContent = plate;
      label.className = alarm ? 'map-label map-label-alarm' : 'map-label';
      label.style.transform = `translate(${box.left.toFixed(1)}px, ${box.top.toFixed(1)}px)`;
      label.hidden = false;
    }
    for (const label of this.#pool.slice(used)) label.hidden = true;
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

function overlap(a: Box, b: Box): boolean {
  return Math.abs(a.top - b.top) < HEIGHT && a.left < b.left + b.width && b.left < a.left + a.width;
}
