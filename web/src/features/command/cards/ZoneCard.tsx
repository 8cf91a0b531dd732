/** One zone: what it is, how dangerous, when it holds, and its rules in plain words. */
import type { Feature } from '../../../api/types';
import { translateName, useI18n } from '../../../i18n';
import { dateText } from '../../../i18n/time';
import { nameOf } from '../../../map/drawn';
import { NUMERAL } from '../../../map/style';
import { Card, Row } from '../../../ui/Card';
import type { Desk } from '../desk';
import { mayEdit } from '../../../ui/may';
import { ruleText, validityText, windowText } from '../words';

export function ZoneCard({ desk, zone, onClose }: { desk: Desk; zone: Feature; onClose: () => void }) {
  const { language, t } = useI18n();
  const { kind, level, rules, schedule } = zone.properties;
  return (
    <Card title={nameOf(zone.properties, language) || zone.id} testId="zone-card" onClose={onClose}>
      <dl>
        {kind && (
          <Row name={t('card.kind')}>{translateName(t, 'zonekind', kind, () => t('zonekind.other', { kind }))}</Row>
        )}
        <Row name={t('card.level')}>
          {level ? (
            <>
              <span className={`level-swatch level-${level}`}>{NUMERAL[level]}</span> {t(`level.${level}`)}
            </>
          ) : (
            t('level.none')
          )}
        </Row>
        <Row name={t('card.validity')}>{validityText(zone.properties, (ms) => dateText(ms), t)}</Row>
        {schedule && schedule.length > 0 && (
          <Row name={t('card.schedule')}>
            {schedule.map((window) => windowText(window, t)).join(t('list.separator'))}
          </Row>
        )}
      </dl>
      <h3>{t('card.rules')}</h3>
      {rules?.length ? (
        <ul className="rules">
          {rules.map((rule) => (
            <li key={rule.id}>{ruleText(rule, t)}</li>
          ))}
        </ul>
      ) : (
        <p>{t('card.rules.none')}</p>
      )}
      {mayEdit(desk.session) && (
        <p className="card-acts">
          <button type="button" data-testid="zone-edit" onClick={() => desk.edit(zone.id)}>
            {t('edit.card.edit')}
          </button>
        </p>
      )}
    </Card>
  );
}
