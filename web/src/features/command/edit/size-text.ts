/** How large something is, in units that fit. */
import type { Translate } from '../../../i18n';
import type { Size } from './shape';

function metresText(metres: number): string {
  return metres >= 1_000 ? `${(metres / 1_000).toFixed(3)} km` : `${metres.toFixed(1)} m`;
}

export function sizeText({ area_m2, length_m, perimeter_m }: Size, t: Translate): string {
  const parts: string[] = [];
  if (area_m2 !== undefined) {
    parts.push(
      area_m2 >= 1e6
        ? t('edit.size.km2', { n: (area_m2 / 1e6).toFixed(3) })
        : t('edit.size.m2', { n: Math.round(area_m2).toLocaleString('en-US'), ha: (area_m2 / 1e4).toFixed(2) }),
    );
  }
  if (length_m !== undefined) parts.push(t('edit.size.long', { length: metresText(length_m) }));
  if (perimeter_m !== undefined) parts.push(t('edit.size.around', { length: metresText(perimeter_m) }));
  return parts.length ? parts.join(' · ') : t('edit.size.point');
}
