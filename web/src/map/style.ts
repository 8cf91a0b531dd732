/**
 * The map's style: sources and layers for what people edit, nothing from outside. Text is drawn with the console's own font
 * and, where that has no character, with the desk's, so no glyph server is asked.
 */
import type { FeatureCollection } from 'geojson';
import type { LayerSpecification, StyleSpecification } from 'maplibre-gl';
import fontUrl from '../../fonts/cordon-sans-sc.woff2?url';
import { COLLECTIONS } from '../api/types';
import { groundLayers, groundNames } from './style-ground';
import { FONTS, type Look } from './style-parts';
import { selectedLayers, signAreas, signLayers } from './style-signs';
import { zoneLayers, zoneNames } from './style-zones';

export { FONTS, LEVELS, NUMERAL } from './style-parts';
export const SOURCES = [...COLLECTIONS, 'cells', 'selected'] as const;
const NOTHING: FeatureCollection = { type: 'FeatureCollection', features: [] };

/** Bottom first. Names that come later win where there is no room for all. */
function layers(look: Look): LayerSpecification[] {
  return [
    ...groundLayers(look),
    ...zoneLayers(look),
    ...signAreas(look),
    ...selectedLayers(look),
    ...groundNames(look),
    ...zoneNames(look),
    ...signLayers(look),
  ];
}

export function style(look: Look): StyleSpecification {
  return {
    version: 8,
    'font-faces': { [FONTS[0]!]: fontUrl },
    sources: Object.fromEntries(SOURCES.map((id) => [id, { type: 'geojson' as const, data: NOTHING }])),
    layers: layers(look),
  } as StyleSpecification;
}

export interface Setting {
  layer: string;
  name: string;
  value: unknown;
}

function settings(look: Look, of: 'paint' | 'layout'): Setting[] {
  return layers(look).flatMap((layer) =>
    Object.entries(layer[of] ?? {}).map(([name, value]: [string, unknown]) => ({ layer: layer.id, name, value })),
  );
}

/** Every paint value of the style, to recolour a map without building it again. */
export function paints(look: Look): Setting[] {
  return settings(look, 'paint');
}

/** Every size of the style, to enlarge a map without building it again. */
export function sizes(look: Look): Setting[] {
  return settings(look, 'layout').filter(({ name }) => name === 'text-size' || name === 'icon-size');
}
