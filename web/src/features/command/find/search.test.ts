import { describe, expect, test } from 'vitest';
import { fold, initials, matches } from './fold';
import { Index, wordsOf, type Entry } from './search';

const entry = (group: string, id: string, title: string, detail = '', more: string[] = []): Entry<string> => ({
  group,
  id,
  title,
  detail,
  more: [id, ...more],
  target: id,
});

const park = [
  entry('vehicles', 'truck-07', '浙A·D1234', '宁波化运有限公司'),
  entry('vehicles', 'truck-08', '浙A·D1243', '宁波化运有限公司'),
  entry('vehicles', 'truck-09', '沪C·88888', '上海港城物流'),
  entry('companies', '宁波化运有限公司', '宁波化运有限公司'),
  entry('gates', 'gate-s', '南门卡口', '', ['South gate']),
  entry('gates', 'gate-n', '北门卡口', '', ['North gate']),
  entry('zones', 'tank-a', '液氨罐区', '红'),
  entry('roads', 'r-1', '港城大道', '', ['Gangcheng Avenue', 'G228']),
];

function found(query: string, limit = 5): string[] {
  const index = new Index<string>();
  index.put(park);
  return index.find(query, () => limit).flatMap(({ entries }) => entries.map(({ id }) => id));
}

describe('finding', () => {
  test.each([
    ['浙A·D1234', ['truck-07']],
    ['浙AD1234', ['truck-07']],
    ['浙a d1234', ['truck-07']],
    ['浙Ａ－Ｄ１２３４', ['truck-07']],
    ['d12', ['truck-07', 'truck-08']],
    ['88', ['truck-09']],
    ['宁波', ['宁波化运有限公司', 'truck-07', 'truck-08']],
    ['宁波 1243', ['truck-08']],
    ['south gate', ['gate-s']],
    ['Gate', ['gate-s', 'gate-n']],
    ['truck-09', ['truck-09']],
    ['gangcheng', ['r-1']],
    ['g228', ['r-1']],
    ['nmkk', ['gate-s']],
    ['yagq', ['tank-a']],
    ['罐区', ['tank-a']],
    ['没有', []],
    ['', []],
    [' · ', []],
  ])('%s', (query, ids) => expect(found(query)).toEqual(ids));

  test('puts the whole name before its beginning, and that before a part of it', () => {
    const index = new Index<string>();
    index.put([entry('a', '3', '南门卡口'), entry('a', '2', '门卡'), entry('a', '1', '门')]);
    expect(index.find('门', () => 9)[0]!.entries.map(({ title }) => title)).toEqual(['门', '门卡', '南门卡口']);
  });

  test('puts what nobody named behind what is called so', () => {
    const index = new Index<string>();
    const lane = { ...entry('roads', 'fire-lane-1', 'fire-lane-1'), nameless: true };
    index.put([lane, entry('zones', 'z', 'Park fire station')]);
    const order = (query: string) => index.find(query, () => 9).map(({ group }) => group);
    expect(order('fire')).toEqual(['zones', 'roads']);
    expect(order('fire-lane-1')).toEqual(['roads']);
  });

  test('says how many there are when it shows fewer', () => {
    const index = new Index<string>();
    index.put(park);
    expect(index.find('浙A', () => 1)).toMatchObject([{ group: 'vehicles', total: 2, entries: [{ id: 'truck-07' }] }]);
  });

  test('follows the typing with 50,000 vehicles: under 50 ms a keystroke', () => {
    const index = new Index<number>();
    index.put(
      Array.from({ length: 50_000 }, (_, i) => ({
        group: 'vehicles',
        id: `truck-${i}`,
        title: `浙${'ABCDEF'[i % 6]}·${String(i * 7919).padStart(5, '0').slice(-5)}`,
        detail: `第${i % 400}危险品运输公司`,
        more: [`truck-${i}`],
        target: i,
      })),
    );
    const slowest = ['浙', '浙a', '浙a1', '危险品', 'wxp', 'truck-49999', '公司 777'].map((query) => {
      const times = Array.from({ length: 5 }, () => {
        const begin = performance.now();
        index.find(query, () => 8);
        return performance.now() - begin;
      });
      return Math.min(...times);
    });
    expect(Math.max(...slowest)).toBeLessThan(50);
  });
});

test('what was found is marked where it stands, dots and case included', () => {
  const marked = (text: string, query: string) =>
    matches(text, [wordsOf(query).whole]).map(([from, to]) => text.slice(from, to));
  expect(marked('浙A·D1234', 'ad12')).toEqual(['A·D12']);
  expect(marked('South Gate', 'thga')).toEqual(['th Ga']);
  expect(marked('南门卡口', 'nmkk')).toEqual([]);
  expect(matches('宁波化运', [fold('运'), fold('宁波')])).toEqual([
    [0, 2],
    [3, 4],
  ]);
});

test('initials of Chinese', () => {
  expect(initials('港城大道')).toBe('gcdd');
  expect(initials('液氨储罐T-201')).toBe('yacgt201');
  expect(initials('South gate')).toBe('');
});
