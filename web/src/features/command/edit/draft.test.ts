import { describe, expect, it } from 'vitest';
import type { Feature, Rule } from '../../../api/types';
import { draftOf, featureOf, sameDraft, type Draft } from './draft';
import { changedFields, compare, merge } from './merge';
import { begin, redo, take, undo } from './steps';

const ENTER: Rule = { id: 'no-entry', when: 'enter', priority: 2 };
const DWELL: Rule = { id: 'r2', when: 'dwell', limit_s: 60, priority: 3 };

const ZONE: Feature = {
  type: 'Feature',
  id: 'tank',
  geometry: {
    type: 'Polygon',
    coordinates: [
      [
        [1.123456789, 1],
        [2, 1],
        [2, 2],
        [1.123456789, 1],
      ],
    ],
  },
  properties: {
    name: '北罐区',
    kind: 'hazard',
    radius_m: 300,
    drawn: { type: 'Point', coordinates: [1.5, 1.5] },
    rules: [ENTER, DWELL],
  },
};

function changed(by: (draft: Draft) => Partial<Draft['properties']>, from = draftOf('zones', ZONE)): Draft {
  return { ...from, properties: { ...from.properties, ...by(from) } };
}

describe('a draft', () => {
  it('that nobody drew on sends the geometry back as it came', () => {
    const sent = featureOf(
      changed(() => ({ name: '南罐区' })),
      ZONE,
    );
    expect(sent.geometry).toBe(ZONE.geometry);
    expect(sent.properties).toMatchObject({ name: '南罐区', radius_m: 300, drawn: ZONE.properties['drawn'] });
  });
  it('with a wider circle sends the circle and no old corners', () => {
    const draft = draftOf('zones', ZONE);
    const sent = featureOf({ ...draft, shape: { kind: 'circle', centre: [1.5, 1.5], radius_m: 400 } }, ZONE);
    expect(sent.geometry).toEqual({ type: 'Point', coordinates: [1.5, 1.5] });
    expect(sent.properties['radius_m']).toBe(400);
    expect(sent.properties).not.toHaveProperty('drawn');
  });
  it('drawn anew as a polygon is no circle any more', () => {
    const ring: [number, number][] = [
      [0, 0],
      [1, 0],
      [1, 1],
      [0, 0],
    ];
    const sent = featureOf({ ...draftOf('zones', ZONE), shape: { kind: 'polygon', parts: [[ring]] } }, ZONE);
    expect(Object.keys(sent.properties).sort()).toEqual(['kind', 'name', 'rules']);
  });
  it('is the same whether a member is empty or absent', () => {
    expect(
      sameDraft(
        draftOf('zones', ZONE),
        changed(() => ({ level: null, schedule: [], valid_from: '' })),
      ),
    ).toBe(true);
  });
});

describe('steps', () => {
  it('are taken back and again', () => {
    const steps = take(take(begin('a'), 'b'), 'c');
    expect(undo(undo(steps)).now).toBe('a');
    expect(redo(undo(steps)).now).toBe('c');
    expect(undo(begin('a')).now).toBe('a');
    expect(take(undo(steps), 'd').future).toEqual([]);
  });
  it('of one word are one', () => {
    const typed = ['北', '北罐', '北罐区'].reduce((steps, text) => take(steps, text, 'name'), begin(''));
    expect(undo(typed).now).toBe('');
    expect(undo(take(typed, '北罐区!', 'note')).now).toBe('北罐区');
  });
});

describe('two editors of one zone', () => {
  const base = draftOf('zones', ZONE);
  it('who touch different fields both have theirs', () => {
    const mine = changed(() => ({ name: '南罐区' }));
    const theirs = changed(() => ({ level: 'red', rules: [ENTER, { ...DWELL, limit_s: 90 }] }));
    expect(compare(base, mine, theirs).map(({ field, by }) => [field, by])).toEqual([
      ['name', 'mine'],
      ['rules/r2', 'theirs'],
      ['level', 'theirs'],
    ]);
    const both = merge(base, mine, theirs, {});
    expect(both.properties).toMatchObject({ name: '南罐区', level: 'red' });
    expect(both.properties.rules).toEqual([ENTER, { ...DWELL, limit_s: 90 }]);
  });
  it('who touch the same one are asked', () => {
    const mine = changed(() => ({ name: 'mine' }));
    const theirs = changed(() => ({ name: 'theirs' }));
    expect(compare(base, mine, theirs)).toMatchObject([{ field: 'name', by: 'conflict' }]);
    expect(merge(base, mine, theirs, {}).properties.name).toBe('mine');
    expect(merge(base, mine, theirs, { name: 'theirs' }).properties.name).toBe('theirs');
  });
  it('keep a rule that only one of them added, and drop one that only one removed', () => {
    const count: Rule = { id: 'r3', when: 'count', limit_n: 4, priority: 3 };
    const mine = changed(() => ({ rules: [ENTER, DWELL, count] }));
    const theirs = changed(() => ({ rules: [DWELL] }));
    expect(merge(base, mine, theirs, {}).properties.rules).toEqual([DWELL, count]);
  });
  it('see a moved circle as one change', () => {
    const mine = { ...base, shape: { kind: 'circle' as const, centre: [9, 9] as [number, number], radius_m: 300 } };
    expect(changedFields(base, mine)).toEqual(['shape']);
    expect(
      merge(
        base,
        mine,
        changed(() => ({ name: 'x' })),
        {},
      ),
    ).toMatchObject({ shape: mine.shape, properties: { name: 'x' } });
  });
});
