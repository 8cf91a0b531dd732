/** What is being drawn, over the map: the area in its level's colour, a corridor's sides, where a ring crosses itself, and whom it concerns. */
import type { Feature as GeoFeature, FeatureCollection, Geometry } from 'geojson';
import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl';
import type { Overlay, OverlayParts } from '../../../map/overlay';
import type { Palette } from '../../../map/palette';
import type { ParkMap } from '../../../map/park-map';
import type { RiskLevel } from '../../../api/types';
import type { Place } from './places';
import { corridorSides } from './outline';
import { outline, type Shape } from './shape';

const LEVELS: readonly RiskLevel[] = ['red', 'orange', 'yellow', 'blue'];

function byLevel(palette: Palette): ExpressionSpecification {
  const pairs = LEVELS.flatMap((level) => [level, palette.level[level]]);
  return ['match', ['get', 'level'], ...pairs, palette.plainZone] as unknown as ExpressionSpecification;
}

function layers(palette: Palette): LayerSpecification[] {
  const colour = byLevel(palette);
  return [
    { id: 'draft-fill', type: 'fill', source: 'draft-area', paint: { 'fill-color': colour, 'fill-opacity': 0.28 } },
    {
      id: 'draft-edge',
      type: 'line',
      source: 'draft-line',
      filter: ['!=', ['get', 'look'], 'theirs'],
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: { 'line-color': palette.selected, 'line-width': 2.5 },
    },
    {
      id: 'draft-theirs',
      type: 'line',
      source: 'draft-line',
      filter: ['==', ['get', 'look'], 'theirs'],
      paint: { 'line-color': palette.selected, 'line-width': 2.5, 'line-dasharray': [2, 2] },
    },
    {
      id: 'draft-mark',
      type: 'circle',
      source: 'draft-mark',
      paint: {
        'circle-radius': ['match', ['get', 'look'], 'outside', 4, 'crossing', 11, 'event', 6, 8],
        'circle-color': [
          'match',
          ['get', 'look'],
          'inside',
          palette.level.orange,
          'event',
          palette.level.red,
          palette.ground,
        ],
        'circle-opacity': ['match', ['get', 'look'], 'crossing', 0, 1],
        'circle-stroke-color': ['match', ['get', 'look'], 'crossing', palette.level.red, palette.selected],
        'circle-stroke-width': ['match', ['get', 'look'], 'crossing', 4, 'uncertain', 3, 1.5],
      },
    },
  ];
}

const PARTS: OverlayParts = { name: 'draft', sources: ['draft-area', 'draft-line', 'draft-mark'], layers };

export type MarkLook = 'crossing' | 'inside' | 'uncertain' | 'outside' | 'event' | 'spot';
export interface Mark {
  at: Place;
  look: MarkLook;
}

/** A shape to show, and how. */
export interface Shown {
  shape: Shape;
  level: string | null;
  look: 'mine' | 'theirs';
}

function collection(features: GeoFeature[]): FeatureCollection {
  return { type: 'FeatureCollection', features };
}

function feature(geometry: Geometry, properties: Record<string, unknown>): GeoFeature {
  return { type: 'Feature', geometry, properties };
}

function areasOf({ shape, level, look }: Shown): GeoFeature[] {
  if (look === 'theirs') return [];
  if (shape.kind === 'foreign') return [feature(shape.geometry, { level: level ?? '' })];
  const parts = outline(shape);
  if (parts.length === 0) return [];
  if (shape.kind !== 'corridor') return [feature({ type: 'MultiPolygon', coordinates: parts }, { level: level ?? '' })];
  return parts.map((rings) => feature({ type: 'Polygon', coordinates: rings }, { level: level ?? '' }));
}

function linesOf({ shape, look }: Shown): GeoFeature[] {
  const line = (coordinates: Place[]) => feature({ type: 'LineString', coordinates }, { look });
  switch (shape.kind) {
    case 'corridor':
      return [...corridorSides(shape.line, shape.width_m).map(line), line(shape.line)];
    case 'line':
      return [line(shape.line)];
    case 'point':
    case 'foreign':
      return [];
    default:
      return outline(shape).flat().map(line);
  }
}

function spotsOf({ shape }: Shown): Mark[] {
  return shape.kind === 'point' ? [{ at: shape.at, look: 'spot' }] : [];
}

export class Sketch {
  readonly #overlay: Overlay;
  readonly #badge = document.createElement('output');
  #shown: readonly Shown[] = [];
  #marks: readonly Mark[] = [];

  constructor(park: ParkMap) {
    this.#overlay = park.overlay(PARTS);
    this.#badge.className = 'draft-badge';
    this.#badge.hidden = true;
    // The panel says the same to whoever cannot see it.
    this.#badge.setAttribute('aria-hidden', 'true');
    park.library.getContainer().append(this.#badge);
  }

  /** How large it is, beside the hand that draws; `null` when nothing is drawn at this moment. */
  say(text: string | null): void {
    this.#badge.hidden = text === null;
    this.#badge.textContent = text;
  }

  show(shown: readonly Shown[]): void {
    this.#shown = shown;
    this.#overlay.set('draft-area', collection(shown.flatMap(areasOf)));
    this.#overlay.set('draft-line', collection(shown.flatMap(linesOf)));
    this.#showMarks();
  }

  mark(marks: readonly Mark[]): void {
    this.#marks = marks;
    this.#showMarks();
  }

  remove(): void {
    this.#overlay.remove();
    this.#badge.remove();
  }

  #showMarks(): void {
    const marks = [...this.#shown.flatMap(spotsOf), ...this.#marks];
    this.#overlay.set(
      'draft-mark',
      collection(marks.map(({ at, look }) => feature({ type: 'Point', coordinates: at }, { look }))),
    );
  }
}
