/** The map's colours: a quiet ground, so that colour is left for what is abnormal. Risk colours lie on areas only. */
import type { RiskLevel } from '../api/types';
import type { Theme } from '../ui/theme';

export type Rgb = readonly [number, number, number];

export interface Palette {
  ground: string;
  park: string;
  parkEdge: string;
  road: string;
  roadEdge: string;
  text: string;
  textHalo: string;
  gate: string;
  plainZone: string;
  selected: string;
  level: Record<RiskLevel, string>;
  /** For the vehicles' shader, 0 to 1. */
  vehicle: Rgb;
  vehicleEdge: Rgb;
  alarm: Rgb;
  chosen: Rgb;
}

export const PALETTES: Record<Theme, Palette> = {
  dark: {
    ground: '#12171d',
    park: '#1a2129',
    parkEdge: '#7d8b99',
    road: '#465361',
    roadEdge: '#0e1216',
    text: '#e8edf2',
    textHalo: '#12171d',
    gate: '#c9d3dd',
    plainZone: '#8a97a5',
    selected: '#ffffff',
    level: { red: '#e5484d', orange: '#f58b1f', yellow: '#f5d90a', blue: '#3e8bff' },
    vehicle: [0.9, 0.94, 0.98],
    vehicleEdge: [0.05, 0.07, 0.09],
    alarm: [0.86, 0.1, 0.16],
    chosen: [0.35, 0.75, 1],
  },
  light: {
    ground: '#e6eaee',
    park: '#f4f6f8',
    parkEdge: '#5c6875',
    road: '#c3ccd5',
    roadEdge: '#a3aeb9',
    text: '#14191f',
    textHalo: '#ffffff',
    gate: '#2b333b',
    plainZone: '#6b7783',
    selected: '#0b1f33',
    level: { red: '#d2232a', orange: '#d96a00', yellow: '#c9a800', blue: '#1f6fe0' },
    vehicle: [0.1, 0.14, 0.19],
    vehicleEdge: [1, 1, 1],
    alarm: [0.78, 0.04, 0.1],
    chosen: [0.05, 0.42, 0.85],
  },
};
