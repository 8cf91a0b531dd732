/** How the map looks: which colours, how large. Changes them on a map that stands, without building it again. */
import type { Map as MapLibre } from 'maplibre-gl';
import { putImages } from './images';
import type { Palette } from './palette';
import { paints, sizes } from './style';

export class Looks {
  readonly #map: MapLibre;
  palette: Palette;
  /** 1 at a desk; larger on a wall. */
  scale = 1;
  /** `false` while there is no style to change. */
  dressed = false;

  constructor(map: MapLibre, palette: Palette) {
    this.#map = map;
    this.palette = palette;
  }

  /** The style stands, in the sizes of a desk and without images. */
  dress(): void {
    this.dressed = true;
    putImages(this.#map, this.palette);
    if (this.scale !== 1) this.#resize();
  }

  colour(palette: Palette): void {
    this.palette = palette;
    if (!this.dressed) return;
    for (const { layer, name, value } of paints(this)) {
      this.#map.setPaintProperty(layer, name as 'fill-color', value as string);
    }
    putImages(this.#map, palette);
  }

  enlarge(scale: number): void {
    this.scale = scale;
    if (this.dressed) this.#resize();
  }

  #resize(): void {
    for (const { layer, name, value } of sizes(this)) {
      this.#map.setLayoutProperty(layer, name as 'text-size', value as number);
    }
  }
}
