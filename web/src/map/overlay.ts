/**
 * Something drawn over the map for a while: the evidence of an event, a track, a measured line, a zone that is being drawn.
 * It stands above zones and below vehicles, follows the theme, and comes back by itself when the style is made anew.
 */
import type { FeatureCollection } from 'geojson';
import type { GeoJSONSource, LayerSpecification, Map as MapLibre } from 'maplibre-gl';
import type { Palette } from './palette';

const NOTHING: FeatureCollection = { type: 'FeatureCollection', features: [] };

/** What an overlay consists of. Names of sources and layers begin with the overlay's own name. */
export interface OverlayParts {
  name: string;
  sources: readonly string[];
  layers: (palette: Palette) => LayerSpecification[];
}

export interface OverlayGround {
  map: MapLibre;
  palette: () => Palette;
  /** `false` while there is no style to draw on. */
  dressed: () => boolean;
  /** The layer below which overlays stand. */
  below: string;
  onRemove: (overlay: Overlay) => void;
}

export class Overlay {
  readonly #parts: OverlayParts;
  readonly #ground: OverlayGround;
  readonly #data = new Map<string, FeatureCollection>();

  constructor(parts: OverlayParts, ground: OverlayGround) {
    this.#parts = parts;
    this.#ground = ground;
    if (ground.dressed()) this.draw();
  }

  set(source: string, data: FeatureCollection): void {
    this.#data.set(source, data);
    if (this.#ground.dressed()) this.#ground.map.getSource<GeoJSONSource>(source)?.setData(data);
  }

  /** Puts sources and layers on a map that has none of them. */
  draw(): void {
    const { map, palette, below } = this.#ground;
    for (const source of this.#parts.sources) {
      if (!map.getSource(source)) map.addSource(source, { type: 'geojson', data: this.#data.get(source) ?? NOTHING });
    }
    for (const layer of this.#parts.layers(palette())) {
      if (!map.getLayer(layer.id)) map.addLayer(layer, map.getLayer(below) ? below : undefined);
    }
  }

  recolour(): void {
    const { map, palette } = this.#ground;
    for (const layer of this.#parts.layers(palette())) {
      for (const [name, value] of Object.entries(layer.paint ?? {})) {
        map.setPaintProperty(layer.id, name as 'fill-color', value as string);
      }
    }
  }

  remove(): void {
    const { map, dressed } = this.#ground;
    if (dressed()) {
      for (const { id } of this.#parts.layers(this.#ground.palette())) if (map.getLayer(id)) map.removeLayer(id);
      for (const source of this.#parts.sources) if (map.getSource(source)) map.removeSource(source);
    }
    this.#ground.onRemove(this);
  }
}
