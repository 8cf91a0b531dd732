import { expect, test } from 'vitest';
import type { Explanation } from '../../../api/types';
import { translate, type Translate } from '../../../i18n';
import { ruleText } from '../words';
import { judgingRule } from './judging-rule';

const t: Translate = (key, values) => translate('en', key, values);
const limit = { name: 'limit_n', value: 3, unit: 'vehicles', decided: true, from: 'rule' as const, text: { zh: '', en: '' } };

test('a rule that counts says how many it allows, also where the evidence tells it among the figures', () => {
  const rule = { id: 'few', when: 'count', priority: 2, stored: true } as NonNullable<Explanation['rule']>;
  expect(ruleText(judgingRule({ rule, thresholds: [limit] })!, t)).toContain('more than 3 inside');
  expect(judgingRule({ rule: { ...rule, when: 'enter' }, thresholds: [limit] })).not.toHaveProperty('limit_n');
  expect(judgingRule({ thresholds: [] })).toBeUndefined();
});
