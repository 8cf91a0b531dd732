import { describe, expect, test } from 'vitest';
import { exportPath, fromField, toField } from '../../ui/export/asked';
import type { Column } from './columns';
import { filterOf } from './export-filter';

const COLUMNS: Column[] = [
  { name: 'name', holds: 'text', filled: 3 },
  { name: 'beds', holds: 'number', filled: 3 },
  { name: '面积"m2', holds: 'number', filled: 3 },
];
const filter = (above: Record<string, string>, ids: string[] = ['a', 'b'], text = '') => filterOf({ text, above }, COLUMNS, ids);

describe('what is sifted as a filter of the server', () => {
  test.each([
    [{ beds: '>=20' }, '"beds" >= 20'],
    [{ beds: '5' }, '"beds" = 5'],
    [{ beds: '3..8.5' }, '("beds" >= 3 AND "beds" <= 8.5)'],
    [{ beds: '=' }, '"beds" IS NULL'],
    [{ name: '!=' }, `NOT ("name" IS NULL OR "name" = '')`],
    [{ beds: '<5', '面积"m2': '> -2' }, '"beds" < 5 AND "面积""m2" > -2'],
  ])('%j', (above, expected) => {
    expect(filter(above as Record<string, string>)).toBe(expected);
  });

  test('words name the rows one by one, as long as that fits', () => {
    expect(filter({ name: 'gate', beds: '5' })).toBe("id IN ('a','b')");
    expect(filter({}, ['a'], 'tank')).toBe("id IN ('a')");
    expect(filter({ name: 'gate' }, Array.from({ length: 901 }, (_, i) => String(i)))).toBeNull();
    expect(filter({ name: 'gate' }, Array.from({ length: 300 }, (_, i) => `${i}`.padStart(64, 'x')))).toBeNull();
    expect(filter({ name: 'gate' }, [])).toBeNull();
  });
});

describe('the path of a file', () => {
  test('names format, rows and what the map shows', () => {
    expect(exportPath({ what: 'zones', format: 'gpkg', which: { of: 'all' } })).toBe('/api/export/zones?f=gpkg');
    const view = exportPath({ what: 'hazard-sources', format: 'shp', which: { of: 'view', bbox: [121, 30, 121.5, 30.25] } });
    expect(decodeURIComponent(view)).toBe('/api/export/hazard-sources?f=shp&bbox=121.000000,30.000000,121.500000,30.250000');
    expect(exportPath({ what: 'zones', format: 'csv', which: { of: 'filter', filter: 'id IN (1)' } })).toContain('filter=id+IN+%281%29');
  });

  test('names a span by the site’s clock, and a vehicle where there may be one', () => {
    const from = fromField('2026-11-27T08:00')!;
    expect([from, fromField('2026-11-27'), fromField('')]).toEqual(['2026-11-27T08:00:00+08:00', null, null]);
    expect(toField(Date.parse(from))).toBe('2026-11-27T08:00');
    const asked = { format: 'csv', from, to: from, vehicle: 'truck' } as const;
    expect(exportPath({ what: 'tracks', ...asked })).toContain('vehicle=truck');
    expect(exportPath({ what: 'alarms', ...asked })).not.toContain('vehicle');
  });
});
