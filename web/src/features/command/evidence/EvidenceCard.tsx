/** Why an event stands: on the map what was judged, beside it the rule, the figures with their sources, and the sentences. */
import { useEffect } from 'react';
import type { BothTexts, Explanation } from '../../../api/types';
import { useI18n, type Key, type Language } from '../../../i18n';
import { clockText, dateText, spanText } from '../../../i18n/time';
import { Pins, type Pin } from '../../../map/pins';
import { Card, Row } from '../../../ui/Card';
import { CopyLink } from '../../../ui/CopyLink';
import { errorText } from '../../../ui/problem';
import { EvidenceSample, type EvidenceMark } from '../../../ui/Samples';
import { SpeedPicture } from '../../../ui/SpeedPicture';
import type { Desk } from '../desk';
import { useAction } from '../useKeys';
import { doubtTexts, priorityText, ruleText, whatText } from '../words';
import { boxOf, dataOf, layers, SOURCES } from './evidence-map';
import { Fixes } from './Fixes';
import { Figures } from './Figures';
import { judgingRule } from './judging-rule';
import { useEvidence, type Evidence } from './useEvidence';
import './evidence.css';

/** How wide the card is, with its margins: that much of the map is covered. */
const CARD_PX = 412;
const CLOSEST_ZOOM = 19;
/** A playback begins a little before what is looked for. */
const BEFORE_MS = 30_000;

const RULES: readonly string[] = ['enter', 'exit', 'cross', 'dwell', 'must_be_inside', 'speed', 'count'];

export function said(text: BothTexts, language: Language): string {
  return language === 'en' ? text.en : text.zh;
}

export function EvidenceCard({ desk, event, onClose }: { desk: Desk; event: string; onClose: () => void }) {
  const { t } = useI18n();
  const asked = useEvidence(desk.site, event);
  useAction('back', onClose);
  return (
    <div className="evidence">
      <Card
        title={asked.of === 'known' ? whatText(asked.evidence.explanation.event, desk.names, t) : t('evidence.title')}
        testId="evidence-card"
        onClose={onClose}
      >
        {asked.of === 'asking' && <p className="hint">{t('app.loading')}</p>}
        {asked.of === 'failed' && (
          <p className="problem" role="alert">
            {errorText(asked.error, t)}
          </p>
        )}
        {asked.of === 'known' && <Told desk={desk} evidence={asked.evidence} />}
      </Card>
    </div>
  );
}

function Told({ desk, evidence }: { desk: Desk; evidence: Evidence }) {
  const { language, t } = useI18n();
  const { explanation } = evidence;
  const { event, rule, zone, alarm } = explanation;
  useDrawn(desk, evidence);
  const atMs = Date.parse(event.at);
  const endedMs = event.ended_at ? Date.parse(event.ended_at) : null;
  const lasts = (endedMs ?? desk.site.clock.now()) - atMs;
  const retracted = event.status === 'retracted';
  const vehicle = event.subject.kind === 'vehicle' ? event.subject.id : undefined;
  const key = vehicle ? desk.site.directory.byId(vehicle)?.key : undefined;
  const timed = (event.kind === 'speed' || event.kind === 'dwell') && evidence.around.length > 1;
  return (
    <>
      <p className="evidence-when">
        {dateText(atMs)}
        {!retracted && lasts >= 1_000 && ` · ${t(endedMs === null ? 'alarm.since' : 'alarm.lasted', { age: spanText(lasts, t) })}`}
        {doubtTexts(event, t).map((word) => (
          <span key={word} className="event-doubt">
            {word}
          </span>
        ))}
      </p>
      {retracted && <p className="problem">{t('alarm.retracted')}</p>}
      <div className="evidence-acts">
        {vehicle && (
          <button type="button" data-testid="evidence-replay" onClick={() => desk.replay(atMs - BEFORE_MS, [vehicle])}>
            {t('replay.from.here')}
          </button>
        )}
        {key !== undefined && (
          <button type="button" onClick={() => desk.choose({ kind: 'vehicle', key })}>
            {t('evidence.vehicle')}
          </button>
        )}
        <CopyLink params={{ event: event.id }} />
      </div>
      {timed && (
        <SpeedPicture
          speeds={evidence.around.map(({ atMs: at, speedKph }) => ({ atMs: at, kph: speedKph }))}
          fromMs={evidence.fromMs}
          toMs={evidence.toMs}
          limitKph={rule?.limit_kph ?? undefined}
          shaded={{ fromMs: atMs, toMs: endedMs ?? evidence.toMs }}
        />
      )}
      <dl>
        {rule && (
          <Row name={t('evidence.rule')}>
            {RULES.includes(rule.when ?? '') ? ruleText(judgingRule(explanation)!, t) : priorityText(rule.priority, t)}
            {!rule.stored && <span className="event-doubt">{t('evidence.rule.gone')}</span>}
          </Row>
        )}
        {zone && (
          <Row name={t('evidence.zone')}>
            <ZoneSaid evidence={evidence} names={desk.names} />
          </Row>
        )}
        <Row name={t('evidence.path')}>{said(explanation.path.text, language)}</Row>
        <Row name={t('evidence.alarm')}>{said(alarm.text, language)}</Row>
        <Row name={t('evidence.exempt')}>{said(explanation.why_not_suppressed.text, language)}</Row>
      </dl>
      <Fixes explanation={explanation} />
      <Figures thresholds={explanation.thresholds} />
      <details className="evidence-more">
        <summary>{t('evidence.sentences')}</summary>
        <ul data-testid="evidence-sentences">
          {said(explanation.text, language)
            .split('\n')
            .map((line, index) => (
              <li key={index}>{line}</li>
            ))}
        </ul>
      </details>
      <Legend explanation={explanation} changed={evidence.today !== null && evidence.judged !== null} />
    </>
  );
}

function ZoneSaid({ evidence, names }: { evidence: Evidence; names: Desk['names'] }) {
  const { language, t } = useI18n();
  const { zone } = evidence.explanation;
  if (!zone) return null;
  // The explanation knows the name of that time, in Chinese alone.
  const words = [(language === 'en' ? names.zone(zone.id) : undefined) ?? zone.name ?? zone.id];
  const recorded = zone.recorded_at ? dateText(Date.parse(zone.recorded_at)) : t('card.unknown');
  words.push(t('evidence.zone.revision', { revision: zone.revision, time: recorded }));
  if (zone.deleted) words.push(t('evidence.zone.deleted'));
  else if (zone.current_revision !== undefined && zone.current_revision !== zone.revision) {
    const key: Key = evidence.judgedMissing
      ? 'evidence.zone.missing'
      : evidence.today
        ? 'evidence.zone.changed'
        : 'evidence.zone.same';
    words.push(t(key, { revision: zone.current_revision }));
  }
  return words.join(t('list.pause'));
}

/** What the marks on the map are. */
function Legend({ explanation, changed }: { explanation: Explanation; changed: boolean }) {
  const { t } = useI18n();
  const straight = explanation.path.reading === 'straight';
  const marks: EvidenceMark[] = ['fix', 'circle'];
  if (straight && explanation.fixes.length > 1) marks.push('step', 'inside');
  if (explanation.crossing) marks.push('crossing');
  if (explanation.zone) marks.push('zone');
  if (changed) marks.push('today');
  return (
    <ul className="evidence-legend" aria-label={t('evidence.legend')}>
      {marks.map((mark) => (
        <li key={mark}>
          <EvidenceSample mark={mark} /> {t(`evidence.legend.${mark}`)}
        </li>
      ))}
    </ul>
  );
}

/** Draws it, looks at it, and takes it away again. */
function useDrawn({ park }: Desk, evidence: Evidence): void {
  const { language, t } = useI18n();
  useEffect(() => {
    if (!park) return;
    const overlay = park.overlay({ name: 'evidence', sources: SOURCES, layers });
    const data = dataOf(evidence);
    for (const source of SOURCES) overlay.set(source, data[source]);
    const box = boxOf(evidence);
    // On a narrow map there is no room beside the card: what happened is then shown in the middle.
    const width = park.library.getContainer().clientWidth;
    if (box) park.show(box, { coveredLeft: width > 2 * CARD_PX ? CARD_PX : 0, maxZoom: CLOSEST_ZOOM });
    return () => overlay.remove();
  }, [park, evidence]);
  useEffect(() => {
    if (!park) return;
    const pins = new Pins(park.library);
    pins.show(pinsOf(evidence.explanation, t, language));
    return () => pins.remove();
  }, [park, evidence, t, language]);
}

function pinsOf(explanation: Explanation, t: ReturnType<typeof useI18n>['t'], language: Language): Pin[] {
  const text = (words: string, name: string) => () => {
    const pin = document.createElement('div');
    pin.className = `evidence-pin ${name}`;
    pin.textContent = words;
    return pin;
  };
  const clock = (iso: string) => clockText(Date.parse(iso), language);
  const pins: Pin[] = explanation.fixes.map((fix, index) => ({
    id: `fix-${index}`,
    lon: fix.lon,
    lat: fix.lat,
    anchor: fix.place === 'before' ? 'top-right' : 'bottom-left',
    make: text(
      t(`evidence.pin.${fix.place}`, { time: clock(fix.fixed_at) }) +
        (fix.speed_kph === undefined ? '' : ` ${fix.speed_kph.toFixed(0)} km/h`),
      'evidence-pin-fix',
    ),
  }));
  const { crossing } = explanation;
  if (crossing) {
    pins.push({
      id: 'crossing',
      lon: crossing.lon,
      lat: crossing.lat,
      anchor: 'left',
      make: text(
        t('evidence.pin.crossing', { time: clock(crossing.at), margin: crossing.margin_m.toFixed(1) }),
        'evidence-pin-crossing',
      ),
    });
  }
  return pins;
}
