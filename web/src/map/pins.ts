/** Small HTML pieces that stand at places of the map: a time beside a fix, a vehicle of the past. For a few dozen. */
import { Marker, type Map as MapLibre, type PositionAnchor } from 'maplibre-gl';

export interface Pin {
  id: string;
  lon: number;
  lat: number;
  anchor?: PositionAnchor;
  /** Made once, when the pin is first shown. */
  make: () => HTMLElement;
}

export class Pins {
  readonly #map: MapLibre;
  readonly #markers = new Map<string, Marker>();

  constructor(map: MapLibre) {
    this.#map = map;
  }

  /** Shows exactly these: what stands already is moved, what is not among them goes. */
  show(pins: readonly Pin[]): void {
    const wanted = new Set(pins.map(({ id }) => id));
    for (const [id, marker] of this.#markers) {
      if (wanted.has(id)) continue;
      marker.remove();
      this.#markers.delete(id);
    }
    for (const { id, lon, lat, anchor, make } of pins) {
      const known = this.#markers.get(id);
      if (known) {
        known.setLngLat([lon, lat]);
        continue;
      }
      const marker = new Marker({ element: make(), anchor: anchor ?? 'center' }).setLngLat([lon, lat]);
      this.#markers.set(id, marker.addTo(this.#map));
    }
  }

  element(id: string): HTMLElement | undefined {
    return this.#markers.get(id)?.getElement();
  }

  remove(): void {
    this.show([]);
  }
}
