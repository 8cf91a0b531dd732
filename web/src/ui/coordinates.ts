/** In which datum and notation this desk reads and writes coordinates. Kept on this desk. */
import { useSyncExternalStore } from 'react';
import { FORMATS, type CoordinateFormat } from '../map/coordinates';
import { DATUMS, type Datum } from '../map/datum';

export interface CoordinateChoice {
  datum: Datum;
  format: CoordinateFormat;
}

const STORED_AS = 'cordon.coordinates';
const listeners = new Set<() => void>();

function kept(): Partial<Record<keyof CoordinateChoice, unknown>> {
  try {
    return (JSON.parse(localStorage.getItem(STORED_AS) ?? '{}') as ReturnType<typeof kept> | null) ?? {};
  } catch {
    // Nothing was kept, or it cannot be read: the default serves.
    return {};
  }
}

function stored(): CoordinateChoice {
  const { datum, format } = kept();
  return {
    datum: DATUMS.find((name) => name === datum) ?? 'wgs84',
    format: FORMATS.find((name) => name === format) ?? 'decimal',
  };
}

let choice: CoordinateChoice | undefined;

function current(): CoordinateChoice {
  return (choice ??= stored());
}

export function setCoordinates(next: CoordinateChoice): void {
  choice = next;
  try {
    localStorage.setItem(STORED_AS, JSON.stringify(next));
  } catch {
    // It holds until the page is closed.
  }
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useCoordinates(): CoordinateChoice {
  return useSyncExternalStore(subscribe, current);
}
