/** The map's colours: a quiet ground, so that colour is left for what is abnormal. Risk colours lie on areas only. */
import type { RiskLevel } from '../api/types';
import type { Theme } from '../ui/theme';
import type { Tone } from './signs';

export type Rgb = readonly [number, number, number];

/** A plate's ground, the picture on it, and the line around it. */
export interface PlateColours {
  ground: string;
  picture: string;
  edge: string;
}

export interface Palette {
  ground: string;
  sea: string;
  shore: string;
  waterName: string;
  land: string;
  green: string;
  field: string;
  wood: string;
  building: string;
  buildingEdge: string;
  rail: string;
  plant: string;
  plantEdge: string;
  park: string;
  parkEdge: string;
  road: string;
  roadEdge: string;
  roadMajor: string;
  tunnel: string;
  route: string;
  closedArea: string;
  /** The edge of a closure of roads, and what is refused on a way. */
  roadClosed: string;
  /** A planned way. */
  way: string;
  text: string;
  textQuiet: string;
  textHalo: string;
  plainZone: string;
  selected: string;
  cell: string;
  cellText: string;
  alarmInk: string;
  level: Record<RiskLevel, string>;
  /** What is written on a level's colour, at least 4.5 to 1 against it. */
  onLevel: Record<RiskLevel, string>;
  sign: Record<Tone, PlateColours>;
  /** For the vehicles' shader, 0 to 1. */
  vehicle: Rgb;
  vehicleQuiet: Rgb;
  vehicleHelp: Rgb;
  vehicleEdge: Rgb;
  alarm: Rgb;
  chosen: Rgb;
}

export const PALETTES: Record<Theme, Palette> = {
  dark: {
    ground: '#12171d',
    sea: '#0c1a26',
    shore: '#24384a',
    waterName: '#6f95b5',
    land: '#151b21',
    green: '#17251e',
    field: '#181f1c',
    wood: '#14271b',
    building: '#232b34',
    buildingEdge: '#34404c',
    rail: '#4a5561',
    plant: '#1d252e',
    plantEdge: '#3b4753',
    park: '#1a2129',
    parkEdge: '#7d8b99',
    road: '#3d4854',
    roadEdge: '#0e1216',
    roadMajor: '#56626f',
    tunnel: '#2b343d',
    route: '#58a6a6',
    closedArea: '#b08cff',
    roadClosed: '#ff9aa2',
    way: '#4fc3f7',
    text: '#e8edf2',
    textQuiet: '#a9b6c3',
    textHalo: '#12171d',
    plainZone: '#9fadbb',
    selected: '#ffffff',
    cell: '#2b3947',
    cellText: '#ffffff',
    alarmInk: '#ff4d57',
    level: { red: '#e5484d', orange: '#f58b1f', yellow: '#f5d90a', blue: '#3e8bff' },
    onLevel: { red: '#12090a', orange: '#160d02', yellow: '#161400', blue: '#04101f' },
    sign: {
      hazard: { ground: '#f4f1e6', picture: '#17130a', edge: '#17130a' },
      target: { ground: '#7b56c8', picture: '#ffffff', edge: '#0e1216' },
      rescue: { ground: '#12826f', picture: '#ffffff', edge: '#0e1216' },
      gate: { ground: '#dfe6ed', picture: '#12171d', edge: '#0e1216' },
      gateControlled: { ground: '#ffcf70', picture: '#1d1503', edge: '#0e1216' },
      gateClosed: { ground: '#12171d', picture: '#ff8a8f', edge: '#ff8a8f' },
    },
    vehicle: [0.93, 0.96, 1],
    vehicleQuiet: [0.6, 0.67, 0.74],
    vehicleHelp: [0.3, 0.85, 0.72],
    vehicleEdge: [0.05, 0.07, 0.09],
    alarm: [0.86, 0.1, 0.16],
    chosen: [0.35, 0.75, 1],
  },
  light: {
    ground: '#e6eaee',
    sea: '#cfe0ec',
    shore: '#a9c2d4',
    waterName: '#33627f',
    land: '#eef0f1',
    green: '#d9e8da',
    field: '#e9ede2',
    wood: '#cfe0cf',
    building: '#d9dee3',
    buildingEdge: '#bcc5ce',
    rail: '#a0a9b2',
    plant: '#e9edf1',
    plantEdge: '#b4bec8',
    park: '#f7f9fa',
    parkEdge: '#5c6875',
    road: '#ffffff',
    roadEdge: '#9aa6b2',
    roadMajor: '#fdf3dc',
    tunnel: '#dfe4e9',
    route: '#0b7285',
    closedArea: '#6a3fb5',
    roadClosed: '#a01828',
    way: '#0b63b0',
    text: '#14191f',
    textQuiet: '#46515c',
    textHalo: '#ffffff',
    plainZone: '#56626f',
    selected: '#0b1f33',
    cell: '#ffffff',
    cellText: '#14191f',
    alarmInk: '#c20f1c',
    level: { red: '#d2232a', orange: '#d96a00', yellow: '#b39500', blue: '#1f6fe0' },
    onLevel: { red: '#ffffff', orange: '#160d02', yellow: '#161400', blue: '#ffffff' },
    sign: {
      hazard: { ground: '#ffffff', picture: '#17130a', edge: '#17130a' },
      target: { ground: '#6a3fb5', picture: '#ffffff', edge: '#ffffff' },
      rescue: { ground: '#0b7261', picture: '#ffffff', edge: '#ffffff' },
      gate: { ground: '#2b333b', picture: '#ffffff', edge: '#ffffff' },
      gateControlled: { ground: '#7a4d00', picture: '#ffffff', edge: '#ffffff' },
      gateClosed: { ground: '#ffffff', picture: '#b3121d', edge: '#b3121d' },
    },
    vehicle: [0.07, 0.11, 0.16],
    vehicleQuiet: [0.36, 0.43, 0.5],
    vehicleHelp: [0, 0.42, 0.35],
    vehicleEdge: [1, 1, 1],
    alarm: [0.78, 0.04, 0.1],
    chosen: [0.05, 0.42, 0.85],
  },
};
