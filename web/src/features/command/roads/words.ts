/** Times and lengths of ways, as people say them. */
import type { ClosedBy, RingPlace, RoadClosure, TextPair } from '../../../api/roads';
import type { Language, Translate } from '../../../i18n';

/** Minutes and seconds: 4:05; with hours 1:04:05. */
export function minutesText(seconds: number): string {
  const whole = Math.round(seconds);
  const [h, m, s] = [Math.floor(whole / 3_600), Math.floor((whole % 3_600) / 60), whole % 60];
  const two = (n: number) => String(n).padStart(2, '0');
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

export function durationText(seconds: number, t: Translate): string {
  return t('roads.duration', { time: minutesText(seconds) });
}

/** Ten metres up to a kilometre, then a tenth of one: a way is no survey. */
export function wayText(metres: number, t: Translate): string {
  if (metres < 995) return t('roads.metres', { value: Math.round(metres / 10) * 10 });
  return t('roads.kilometres', { value: (metres / 1_000).toFixed(1) });
}

export function sentence(text: TextPair, language: Language): string {
  return language === 'en' ? text.en : text.zh;
}

/** What a feature is called, or its id. */
export function featureName({ name, name_en, id }: { name?: string; name_en?: string; id: string }, language: Language): string {
  return (language === 'en' ? (name_en ?? name) : (name ?? name_en)) ?? id;
}

export function closureName({ feature }: RoadClosure, language: Language): string {
  return featureName(feature, language);
}

/** A place on a ring: its road, its bearing from the source, how far off the wind it is. */
export function ringText({ road, road_en, bearing_deg, off_wind_deg }: RingPlace, language: Language, t: Translate): string {
  const name = (language === 'en' && road_en) || road || t('roads.upwind.noname');
  return t('roads.upwind.place', { name, bearing: Math.round(bearing_deg), off: Math.round(off_wind_deg) });
}

/** The names of what closes a place. */
export function closersText(by: readonly ClosedBy[], language: Language, t: Translate): string {
  const names = by.map((one) => (typeof one === 'object' && 'id' in one ? featureName(one, language) : ''));
  return names.filter((name) => name !== '').join(t('list.separator'));
}
