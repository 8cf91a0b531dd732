import { expect, test } from 'vitest';
import type { Found, FoundFeature } from '../../../api/types';
import { translate, type Key, type Values } from '../../../i18n';
import { joined } from './elsewhere';
import { featureEntry, type Target } from './entries';
import { Index } from './search';

const i18n = { language: 'zh-CN' as const, t: (key: Key, values?: Values) => translate('zh-CN', key, values) };
const zone = (id: string, name: string): FoundFeature => ({ collection: 'zones', id, name, level: 'red' });

/** Zones that are here, and what the server says. */
function join(here: readonly FoundFeature[], found: Partial<Found>, query: string, limit = 10) {
  const index = new Index<Target>();
  index.put(
    here.map(({ collection, id, ...properties }) => featureEntry(collection, { id, properties }, i18n.language, i18n.t)),
  );
  const answer = { items: [], totals: {}, complete: true, ...found };
  return joined(index.find(query, () => limit), answer, query, () => limit, i18n);
}
const ids = (groups: ReturnType<typeof join>) => groups.map(({ group, entries }) => [group, ...entries.map(({ id }) => id)]);

test('what lies out of view is listed with what is in it, each once, the best first', () => {
  const groups = join([zone('b', '南罐区'), zone('c', '北罐区')], {
    items: [zone('a', '罐区'), zone('b', '南罐区'), { collection: 'gates', id: 'g', name: '罐区门' }],
    totals: { zones: 40, gates: 1 },
  }, '罐区');
  expect(ids(groups)).toEqual([['zones', 'a', 'b', 'c'], ['gates', 'g']]);
  expect(groups.map(({ total }) => total)).toEqual([40, 1]);
  expect(groups[0]!.entries[0]!.detail).toContain('红');
  expect(groups[0]!.entries[0]!.target).toEqual({ kind: 'feature', collection: 'zones', id: 'a' });
});

test('what fits by something that the server alone knows comes last, and no more than asked is listed', () => {
  const items = [zone('street', '仓库'), zone('a', '港城罐区')];
  expect(ids(join([], { items, totals: { zones: 2 } }, '港城'))).toEqual([['zones', 'a', 'street']]);
  const cut = join([], { items, totals: { zones: 2 } }, '港城', 1);
  expect([ids(cut), cut[0]!.total]).toEqual([[['zones', 'a']], 2]);
});

test('a feature that the server has deleted since is still what this desk was told', () => {
  expect(ids(join([zone('b', '南罐区')], {}, '罐区'))).toEqual([['zones', 'b']]);
});
