/** Places as a person types or pastes them: one a line, longitude first. */
import { snapped, type Place } from './places';

export function toText(places: readonly Place[]): string {
  return places.map(([lon, lat]) => `${lon.toFixed(7)}, ${lat.toFixed(7)}`).join('\n');
}

export interface Typed {
  places: Place[];
  /** The first line that is no place, from 1; `null` when all are. */
  wrongLine: number | null;
}

export function fromText(text: string): Typed {
  const places: Place[] = [];
  const lines = text.split('\n');
  for (let i = 0; i < lines.length; i += 1) {
    const line = lines[i]!.trim();
    if (line === '') continue;
    const numbers = line
      .split(/[\s,，;；]+/)
      .filter(Boolean)
      .map(Number);
    const [lon, lat] = numbers;
    if (numbers.length !== 2 || !isLon(lon) || !isLat(lat)) return { places, wrongLine: i + 1 };
    places.push(snapped([lon, lat]));
  }
  return { places, wrongLine: null };
}

function isLon(value: number | undefined): value is number {
  return value !== undefined && Math.abs(value) <= 180;
}

function isLat(value: number | undefined): value is number {
  return value !== undefined && Math.abs(value) <= 90;
}

/** A ring that ends where it began. */
export function closed(places: readonly Place[]): Place[] {
  const [first, last] = [places[0], places.at(-1)];
  if (!first || !last || (places.length > 1 && first[0] === last[0] && first[1] === last[1])) return [...places];
  return [...places, first];
}
