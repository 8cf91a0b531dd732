/** Changes in words: which field, and what stands in it. */
import type { Rule, ScheduleItem } from '../../../api/types';
import { isKey, translateName, type Translate } from '../../../i18n';
import { dateText } from '../../../i18n/time';
import { ruleText, windowText } from '../words';
import type { Field } from './merge';
import type { Place } from './places';
import { placesOf, sizeOf, type Shape } from './shape';
import { sizeText } from './size-text';

export function fieldText(field: Field, t: Translate): string {
  if (field.startsWith('rules/')) return t('edit.field.rule', { id: field.slice('rules/'.length) });
  const key = `edit.field.${field}`;
  return isKey(key) ? t(key) : field;
}

/** Of the box around places. */
function middleOf(places: readonly Place[]): Place {
  const middle = (values: number[]) =>
    (values.reduce((a, b) => Math.min(a, b)) + values.reduce((a, b) => Math.max(a, b))) / 2;
  return [middle(places.map(([lon]) => lon)), middle(places.map(([, lat]) => lat))];
}

function shapeText(shape: Shape | null, t: Translate): string {
  if (!shape) return t('edit.nothing');
  if (shape.kind === 'foreign') return shape.geometry.type;
  const way = t(`edit.way.${shape.kind}`);
  switch (shape.kind) {
    case 'circle':
      return t('edit.shape.circle', {
        way,
        lon: shape.centre[0].toFixed(5),
        lat: shape.centre[1].toFixed(5),
        r: shape.radius_m,
      });
    case 'corridor':
      return t('edit.shape.corridor', { way, w: shape.width_m, size: sizeText(sizeOf(shape), t) });
    case 'sector':
      return t('edit.shape.sector', { way, r: shape.radius_m, b: shape.bearing_deg, o: shape.opening_deg });
    case 'point':
      return t('edit.shape.point', { way, lon: shape.at[0].toFixed(6), lat: shape.at[1].toFixed(6) });
    default: {
      const [lon, lat] = middleOf(placesOf(shape));
      return t('edit.shape.size', { way, size: sizeText(sizeOf(shape), t), lon: lon.toFixed(5), lat: lat.toFixed(5) });
    }
  }
}

/** What stands in a field. */
export function valueText(field: Field, value: unknown, t: Translate): string {
  if (field === 'shape') return shapeText(value as Shape | null, t);
  if (value === null || value === undefined || value === '') return t('edit.nothing');
  if (field.startsWith('rules/')) return ruleText(value as Rule, t);
  if (field === 'level') return translateName(t, 'level', String(value), () => String(value));
  if (field === 'kind') {
    return translateName(t, 'zonekind', String(value), () =>
      translateName(t, 'word', String(value), () => String(value)),
    );
  }
  if (field === 'valid_from' || field === 'valid_to') return dateText(Date.parse(String(value)));
  if (field === 'schedule') {
    const windows = value as ScheduleItem[];
    return windows.length
      ? windows.map((window) => windowText(window, t)).join(t('list.separator'))
      : t('edit.schedule.always');
  }
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** A rule as its sentence, by its id; the id where it stands no more. */
export function describe(id: string, rules: readonly Rule[], t: Translate): string {
  const rule = rules.find((one) => one.id === id);
  return rule ? ruleText(rule, t) : id;
}
