/** What the zone would do before anybody is woken by it: whom it concerns now, and what it would have found in the past. */
import { useState } from 'react';
import { useI18n } from '../../../i18n';
import { mayTryRules, type Desk } from '../desk';
import { featureOf } from './draft';
import { NowCheck } from './NowCheck';
import { PastCheck } from './PastCheck';
import type { Picture, Session } from './session';

export interface CheckTabProps {
  desk: Desk;
  work: Session;
  picture: Picture;
}

export function CheckTab({ desk, work, picture }: CheckTabProps) {
  const { t } = useI18n();
  const [which, setWhich] = useState<'now' | 'past'>('now');
  const { draft, base } = picture;
  if (!draft.shape) return <p className="edit-dim">{t('edit.not.shape')}</p>;
  if (!mayTryRules(desk.session)) return <p className="edit-dim">{t('error.not_allowed')}</p>;
  const zone = featureOf(draft, base?.feature ?? null);
  return (
    <>
      <p className="edit-dim">{t('edit.check.hint')}</p>
      <div className="edit-tools" role="group" aria-label={t('edit.tab.check')}>
        {(['now', 'past'] as const).map((name) => (
          <button
            key={name}
            type="button"
            aria-pressed={which === name}
            data-testid={`check-${name}`}
            onClick={() => setWhich(name)}
          >
            {t(`edit.check.${name}`)}
          </button>
        ))}
      </div>
      {which === 'now' ? (
        <NowCheck desk={desk} work={work} zone={zone} rules={draft.properties.rules ?? []} />
      ) : (
        <PastCheck desk={desk} work={work} zone={zone} rules={draft.properties.rules ?? []} />
      )}
    </>
  );
}
