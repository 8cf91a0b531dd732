import { describe, expect, it } from 'vitest';
import { formatRoute, parseRoute } from './route';

describe('the address', () => {
  it('says page and parameters and reads them back', () => {
    const route = { page: 'map' as const, params: new Map([['vehicle', 'truck-07'], ['at', '121.05,30.6,14']]) };
    expect(parseRoute(formatRoute(route))).toEqual(route);
  });

  it('is the map when nobody knows the page', () => {
    expect(parseRoute('').page).toBe('map');
    expect(parseRoute('#/nowhere?x=1').page).toBe('map');
    expect(parseRoute('#/health')).toEqual({ page: 'health', params: new Map() });
  });
});
