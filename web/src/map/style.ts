/**
 * The map's style: sources and layers for what people edit (parks, roads, zones, gates), nothing from outside. Text is
 * drawn from the desk's own fonts, so no glyph server is asked.
 */
import type { FeatureCollection } from 'geojson';
import type { ExpressionSpecification, LayerSpecification, StyleSpecification } from 'maplibre-gl';
import type { Feature, RiskLevel } from '../api/types';
import type { Palette } from './palette';
import { patternName } from './patterns';

export const SOURCES = ['parks', 'roads', 'zones', 'gates', 'cells'] as const;
export const ZONE_FILL = 'zones-fill';
const SELECTED_EDGE = 'zones-selected';
const NOTHING: FeatureCollection = { type: 'FeatureCollection', features: [] };
/** The desk's own fonts: text is drawn without a glyph server. */
export const FONTS = ['Noto Sans CJK SC', 'Microsoft YaHei', 'PingFang SC', 'WenQuanYi Micro Hei', 'sans-serif'];
export const LEVELS: readonly RiskLevel[] = ['red', 'orange', 'yellow', 'blue'];
export const NUMERAL: Record<RiskLevel, string> = { red: 'I', orange: 'II', yellow: 'III', blue: 'IV' };

function byLevel(values: Record<RiskLevel, string>, otherwise: string): ExpressionSpecification {
  return [
    'match',
    ['get', 'level'],
    ...LEVELS.flatMap((level) => [level, values[level]]),
    otherwise,
  ] as unknown as ExpressionSpecification;
}

function layers(palette: Palette): LayerSpecification[] {
  const text = { 'text-color': palette.text, 'text-halo-color': palette.textHalo, 'text-halo-width': 1.5 };
  return [
    { id: 'ground', type: 'background', paint: { 'background-color': palette.ground } },
    { id: 'parks-fill', type: 'fill', source: 'parks', paint: { 'fill-color': palette.park } },
    {
      id: 'parks-edge',
      type: 'line',
      source: 'parks',
      paint: { 'line-color': palette.parkEdge, 'line-width': 2, 'line-dasharray': [6, 2, 1, 2] },
    },
    {
      id: 'roads-edge',
      type: 'line',
      source: 'roads',
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: {
        'line-color': palette.roadEdge,
        'line-width': ['interpolate', ['exponential', 2], ['zoom'], 12, 3, 18, 28],
      },
    },
    {
      id: 'roads-line',
      type: 'line',
      source: 'roads',
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: {
        'line-color': palette.road,
        'line-width': ['interpolate', ['exponential', 2], ['zoom'], 12, 2, 18, 24],
      },
    },
    {
      id: ZONE_FILL,
      type: 'fill',
      source: 'zones',
      paint: { 'fill-color': byLevel(palette.level, palette.plainZone), 'fill-opacity': 0.22 },
    },
    {
      id: 'zones-pattern',
      type: 'fill',
      source: 'zones',
      filter: ['in', ['get', 'level'], ['literal', [...LEVELS]]],
      paint: {
        'fill-pattern': byLevel(
          {
            red: patternName('red'),
            orange: patternName('orange'),
            yellow: patternName('yellow'),
            blue: patternName('blue'),
          },
          '',
        ),
        'fill-opacity': 0.5,
      },
    },
    {
      id: 'zones-edge',
      type: 'line',
      source: 'zones',
      paint: { 'line-color': byLevel(palette.level, palette.plainZone), 'line-width': 2 },
    },
    {
      id: SELECTED_EDGE,
      type: 'line',
      source: 'zones',
      filter: ['==', ['get', 'id'], ''],
      paint: { 'line-color': palette.selected, 'line-width': 4 },
    },
    {
      id: 'cells-circle',
      type: 'circle',
      source: 'cells',
      paint: {
        'circle-radius': ['interpolate', ['linear'], ['log10', ['max', 1, ['get', 'count']]], 0, 10, 4, 32],
        'circle-color': palette.park,
        'circle-stroke-color': palette.text,
        'circle-stroke-width': 1.5,
      },
    },
    {
      id: 'gates-circle',
      type: 'circle',
      source: 'gates',
      paint: {
        'circle-radius': 5,
        'circle-color': palette.ground,
        'circle-stroke-color': palette.gate,
        'circle-stroke-width': 2.5,
      },
    },
    {
      id: 'roads-name',
      type: 'symbol',
      source: 'roads',
      minzoom: 14,
      layout: {
        'symbol-placement': 'line',
        'symbol-spacing': 400,
        'text-field': ['get', 'name'],
        'text-font': FONTS,
        'text-size': 13,
      },
      paint: { ...text, 'text-opacity': 0.75 },
    },
    {
      id: 'cells-count',
      type: 'symbol',
      source: 'cells',
      layout: {
        'text-field': ['to-string', ['get', 'count']],
        'text-font': FONTS,
        'text-size': 14,
        'text-allow-overlap': true,
      },
      paint: text,
    },
    {
      id: 'gates-name',
      type: 'symbol',
      source: 'gates',
      layout: {
        'text-field': ['get', 'name'],
        'text-font': FONTS,
        'text-size': 14,
        'text-anchor': 'top',
        'text-offset': [0, 0.6],
      },
      paint: text,
    },
    {
      id: 'zones-name',
      type: 'symbol',
      source: 'zones',
      layout: {
        'text-field': [
          'format',
          byLevel(NUMERAL, ''),
          { 'font-scale': 1.35 },
          '\n',
          {},
          ['coalesce', ['get', 'name'], ''],
          {},
        ] as unknown as ExpressionSpecification,
        'text-font': FONTS,
        'text-size': 14,
        'text-max-width': 8,
      },
      paint: text,
    },
  ];
}

export function style(palette: Palette): StyleSpecification {
  return {
    version: 8,
    sources: Object.fromEntries(SOURCES.map((id) => [id, { type: 'geojson' as const, data: NOTHING }])),
    layers: layers(palette),
  };
}

/** Every paint value of the style, to recolour a map without building it again. */
export function paints(palette: Palette): { layer: string; name: string; value: unknown }[] {
  return layers(palette).flatMap((layer) =>
    Object.entries(layer.paint ?? {}).map(([name, value]: [string, unknown]) => ({ layer: layer.id, name, value })),
  );
}

export function selectedZone(id: string | null): { layer: string; filter: ExpressionSpecification } {
  return { layer: SELECTED_EDGE, filter: ['==', ['get', 'id'], id ?? ''] };
}

/** Features as the style's sources take them: the geometry and the few words that the style reads. */
export function sourceData(features: readonly Feature[]): FeatureCollection {
  return {
    type: 'FeatureCollection',
    features: features.flatMap((feature) =>
      feature.geometry
        ? [
            {
              type: 'Feature' as const,
              geometry: feature.geometry,
              properties: {
                id: feature.id,
                name: feature.properties.name ?? '',
                level: feature.properties.level ?? '',
              },
            },
          ]
        : [],
    ),
  };
}
