/** The rule that judged, whole: an explanation tells a count's limit among the figures alone. */
import type { Explanation, Rule } from '../../../api/types';

export function judgingRule({ rule, thresholds }: Pick<Explanation, 'rule' | 'thresholds'>): Rule | undefined {
  const limit = rule?.when === 'count' ? thresholds.find(({ name }) => name === 'limit_n') : undefined;
  return rule && limit ? { ...rule, limit_n: limit.value } : rule;
}
