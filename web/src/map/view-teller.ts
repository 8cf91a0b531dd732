/** Tells the server which part of the world the map shows, once the map has rested for a moment. */
import type { Map as MapLibre } from 'maplibre-gl';
import type { View } from '../live/socket';

/** A view is told when the map has rested this long. */
const REST_MS = 200;
/** The server's picture reaches this share of the view beyond each edge, so that a small move shows no hole. */
const MARGIN = 0.25;

export class ViewTeller {
  readonly #map: MapLibre;
  readonly #tell: (view: View) => void;
  readonly #hidden: () => readonly string[];
  #timer: number | undefined;

  /** `hidden` are the layers of vehicles that are switched off. */
  constructor(map: MapLibre, tell: (view: View) => void, hidden: () => readonly string[]) {
    this.#map = map;
    this.#tell = tell;
    this.#hidden = hidden;
  }

  moved(): void {
    this.stop();
    this.#timer = window.setTimeout(() => {
      const bounds = this.#map.getBounds();
      const width = (bounds.getEast() - bounds.getWest()) * MARGIN;
      const height = (bounds.getNorth() - bounds.getSouth()) * MARGIN;
      this.#tell({
        bbox: [
          Math.max(-180, bounds.getWest() - width),
          Math.max(-90, bounds.getSouth() - height),
          Math.min(180, bounds.getEast() + width),
          Math.min(90, bounds.getNorth() + height),
        ],
        zoom: Number(this.#map.getZoom().toFixed(2)),
        hide: this.#hidden(),
      });
    }, REST_MS);
  }

  stop(): void {
    window.clearTimeout(this.#timer);
  }
}
