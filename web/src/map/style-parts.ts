/** What the parts of the style share. */
import type { ExpressionSpecification } from 'maplibre-gl';
import type { RiskLevel } from '../api/types';
import type { Palette } from './palette';

export const LEVELS: readonly RiskLevel[] = ['red', 'orange', 'yellow', 'blue'];
export const NUMERAL: Record<RiskLevel, string> = { red: 'I', orange: 'II', yellow: 'III', blue: 'IV' };

/** The console's own font first, so that every desk shows the same; then what a desk may have. */
export const FONTS = [
  'Cordon Sans SC',
  'Noto Sans CJK SC',
  'Microsoft YaHei',
  'PingFang SC',
  'WenQuanYi Micro Hei',
  'sans-serif',
];

/** How the map is to look. */
export interface Look {
  palette: Palette;
  /** 1 at a desk; larger on a wall. */
  scale: number;
}

/** Expressions are written as plain lists: the library's own type of them is too deep for long matches. */
export function expression(list: unknown): ExpressionSpecification {
  return list as ExpressionSpecification;
}

/** The value of the first word that a property is. */
export function match(property: string, values: Readonly<Record<string, unknown>>, otherwise: unknown): ExpressionSpecification {
  return expression(['match', ['get', property], ...Object.entries(values).flat(), otherwise]);
}

export function byLevel(values: Record<RiskLevel, unknown>, otherwise: unknown): ExpressionSpecification {
  return match('level', values, otherwise);
}

/** Of a source that holds areas, lines and the points of their names: one of these. */
export function only(shape: 'Polygon' | 'LineString' | 'Point', ...and: unknown[]): ExpressionSpecification {
  return expression(['all', ['==', ['geometry-type'], shape], ...and]);
}

export function textPaint({ palette }: Look) {
  return { 'text-color': palette.text, 'text-halo-color': palette.textHalo, 'text-halo-width': 1.6 };
}
