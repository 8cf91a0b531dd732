/** A cause of alarms in words. */
import type { Translate } from '../../../i18n';
import type { Cause } from './causes';
import { kindName, type Names } from '../words';

export function causeText(cause: Cause, names: Names, t: Translate): string {
  switch (cause.of) {
    case 'lost':
      return t('cause.lost');
    case 'zone':
      return t('cause.zone', { zone: names.zone(cause.zone) ?? cause.zone, kind: kindName(cause.kind, t) });
    case 'company':
      return t('cause.company', { company: cause.company, kind: kindName(cause.kind, t) });
    case 'kind':
      return kindName(cause.kind, t);
  }
}
