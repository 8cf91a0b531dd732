/** How large something is, in units that fit. */
import type { Translate } from '../../../i18n';
import type { Size } from './shape';

export function sizeText({ area_m2, length_m }: Size, t: Translate): string {
  const parts: string[] = [];
  if (area_m2 !== undefined) {
    parts.push(
      area_m2 >= 1e6
        ? t('edit.size.km2', { n: (area_m2 / 1e6).toFixed(3) })
        : t('edit.size.m2', { n: Math.round(area_m2).toLocaleString('en-US'), ha: (area_m2 / 1e4).toFixed(2) }),
    );
  }
  if (length_m !== undefined) {
    parts.push(
      length_m >= 1_000
        ? t('edit.size.km', { n: (length_m / 1_000).toFixed(3) })
        : t('edit.size.m', { n: length_m.toFixed(1) }),
    );
  }
  return parts.length ? parts.join(' · ') : t('edit.size.point');
}
