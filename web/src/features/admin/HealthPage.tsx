/** What the server is doing and how it feels: figures that tell at a glance whether something is wrong, and what to do then. */
import { useEffect, useState, type ReactNode } from 'react';
import { adminApi, type Health } from '../../api/admin';
import { translateName, useI18n, type Language, type Translate } from '../../i18n';
import { clockText, dateText, spanText } from '../../i18n/time';
import { routeErrorText } from '../../ui/problem';
import { useAsked } from '../../ui/useAsked';
import {
  diskLeft,
  judgeCommit,
  judgeDatabase,
  judgeDisk,
  judgeLag,
  judgeRoads,
  judgeTerminals,
  sampleOf,
  withSample,
  type Judged,
  type Sample,
} from './health';
import { RateLine } from './RateLine';
import './admin.css';

const EVERY_MS = 2_000;

export function HealthPage() {
  const { language, t } = useI18n();
  const asked = useAsked(adminApi.health, EVERY_MS);
  const [samples, setSamples] = useState<readonly Sample[]>([]);
  const health = asked.value;
  useEffect(() => {
    if (health) setSamples((before) => withSample(before, sampleOf(health)));
  }, [health]);
  return (
    <article className="admin" data-testid="health">
      <h1>{t('page.health')}</h1>
      {asked.error !== null && (
        <p className="problem" role="alert" data-testid="health-problem">
          {routeErrorText(asked.error, t)}{' '}
          {asked.atMs !== null && t('health.old', { time: clockText(asked.atMs, language) })}
        </p>
      )}
      {health === null && asked.error === null && <p className="hint">{t('app.loading')}</p>}
      {health && <Figures health={health} samples={samples} />}
    </article>
  );
}

/** A figure, or that it is not known: never 0 for what nobody told. */
function known<T>(value: T | null | undefined, text: (value: T) => string, t: Translate): string {
  return value === null || value === undefined ? t('card.unknown') : text(value);
}

function bytesText(bytes: number, language: Language): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let at = 0;
  let value = bytes;
  while (value >= 1_000 && at < units.length - 1) {
    value /= 1_000;
    at += 1;
  }
  return `${value.toLocaleString(language, { maximumFractionDigits: value < 100 ? 1 : 0 })} ${units[at]}`;
}

function msText(ms: number, language: Language): string {
  return `${ms.toLocaleString(language, { maximumFractionDigits: ms < 10 ? 1 : 0 })} ms`;
}

function Figures({ health, samples }: { health: Health; samples: readonly Sample[] }) {
  const { language, t } = useI18n();
  const { ingest, disk, terminals, vehicles, engine } = health;
  const count = (value: number | null) => known(value, (n) => n.toLocaleString(language), t);
  const left = diskLeft(samples, disk.free_bytes);
  const time = (text: string | null | undefined) => known(text, (at) => dateText(Date.parse(at)), t);
  return (
    <>
      <Overall health={health} />
      <section aria-labelledby="health-ingest">
        <h2 id="health-ingest">{t('health.ingest')}</h2>
        <RateLine samples={samples} />
        <dl className="figures">
          <Figure name={t('health.rate')}>
            {known(ingest.fixes_per_s, (n) => t('health.per_second', { n: n.toLocaleString(language, { maximumFractionDigits: 1 }) }), t)}
          </Figure>
          <Figure name={t('health.lag')} judged={judgeLag(health)}>
            {known(ingest.lag_ms, (ms) => msText(ms, language), t)}
          </Figure>
          <Figure name={t('health.commit')} judged={judgeCommit(health)}>
            {known(ingest.commit_ms_p50, (ms) => msText(ms, language), t)} /{' '}
            {known(ingest.commit_ms_p99, (ms) => msText(ms, language), t)}
          </Figure>
          <Figure name={t('health.waiting')}>{count(ingest.waiting)}</Figure>
          <Figure name={t('health.late')}>{count(ingest.late_waiting)}</Figure>
          <Figure name={t('health.total')}>{count(ingest.fixes_total)}</Figure>
          <Figure name={t('health.refused')}>{count(ingest.refused_total)}</Figure>
        </dl>
      </section>
      <section aria-labelledby="health-disk">
        <h2 id="health-disk">{t('health.disk')}</h2>
        <dl className="figures">
          <Figure name={t('health.free')} judged={judgeDisk(health, left.kind === 'days' ? left.days : null)}>
            {known(disk.free_bytes, (n) => bytesText(n, language), t)}
            {disk.free_bytes !== null && disk.total_bytes ? ` (${Math.round((100 * disk.free_bytes) / disk.total_bytes)} %)` : ''}
          </Figure>
          <Figure name={t('health.database')}>{known(disk.database_bytes, (n) => bytesText(n, language), t)}</Figure>
          <Figure name={t('health.left')}>
            {left.kind === 'days' ? spanText(left.days * 86_400_000, t) : t(`health.left.${left.kind}`)}
          </Figure>
        </dl>
      </section>
      {health.database && (
        <section aria-labelledby="health-postgis" data-testid="health-postgis">
          <h2 id="health-postgis">{t('health.postgis')}</h2>
          <dl className="figures">
            <Figure name={t('health.postgis.state')} judged={judgeDatabase(health)}>
              {t(health.database.connected ? 'health.postgis.connected' : 'health.postgis.lost')}
            </Figure>
            <Figure name={t('health.postgis.behind')}>{count(health.database.behind)}</Figure>
            <Figure name={t('health.postgis.sent')}>{count(health.database.sent)}</Figure>
            <Figure name={t('health.postgis.uncut')}>{count(health.database.uncut)}</Figure>
            {health.database.error && <Figure name={t('health.postgis.error')}>{health.database.error}</Figure>}
          </dl>
        </section>
      )}
      <section aria-labelledby="health-who">
        <h2 id="health-who">{t('health.who')}</h2>
        <dl className="figures">
          <Figure name={t('health.terminals')} judged={judgeTerminals(health)}>
            {count(terminals.online)} / {count(terminals.approved)}
          </Figure>
          <Figure name={t('health.approval')}>{count(terminals.waiting_approval)}</Figure>
          <Figure name={t('health.vehicles')}>
            {count(vehicles.online)} / {count(vehicles.total)}
          </Figure>
          <Figure name={t('health.silent')}>{count(vehicles.silent)}</Figure>
          <Figure name={t('health.consoles')}>{count(health.consoles)}</Figure>
          <Figure name={t('health.zones')}>{count(health.zones)}</Figure>
          <Figure name={t('health.alarms')}>{count(health.alarms_open)}</Figure>
        </dl>
      </section>
      {health.roads && (
        <section aria-labelledby="health-roads" data-testid="health-roads">
          <h2 id="health-roads">{t('health.roads')}</h2>
          <dl className="figures">
            <Figure name={t('health.roads.network')} judged={judgeRoads(health)}>
              {health.roads.source ?? t(`health.roads.${health.roads.state}`)}
            </Figure>
            <Figure name={t('health.roads.size')}>
              {t('health.roads.size.of', {
                junctions: count(health.roads.junctions),
                km: count(Math.round(health.roads.length_km)),
              })}
            </Figure>
            <Figure name={t('health.roads.loaded')}>{time(health.roads.loaded_at)}</Figure>
            <Figure name={t('health.roads.closures')}>{count(health.roads.closures)}</Figure>
            {health.roads.error && <Figure name={t('health.roads.error')}>{health.roads.error}</Figure>}
          </dl>
        </section>
      )}
      <section aria-labelledby="health-server">
        <h2 id="health-server">{t('health.server')}</h2>
        <dl className="figures">
          <Figure name={t('health.version')}>{known(health.version, String, t)}</Figure>
          <Figure name={t('health.engine')}>{known(health.engine_version, String, t)}</Figure>
          <Figure name={t('health.threads')}>{count(engine.threads)}</Figure>
          <Figure name={t('health.started')}>{time(health.started_at)}</Figure>
          <Figure name={t('health.snapshot')}>
            {engine.snapshot_at ? time(engine.snapshot_at) : t('health.snapshot.none')}
          </Figure>
          <Figure name={t('health.now')}>{time(health.now)}</Figure>
        </dl>
      </section>
    </>
  );
}

/** The one line that a person on watch reads: is it well, and if not, what is to be done. */
function Overall({ health }: { health: Health }) {
  const { t } = useI18n();
  const reasons = [...health.not_ready, ...health.warnings];
  if (reasons.length === 0) {
    return (
      <p className="overall" data-testid="health-overall" data-ready={health.ready}>
        <span aria-hidden="true">✓</span> {t('health.good')}
      </p>
    );
  }
  return (
    <ul className="overall-reasons" data-testid="health-overall" data-ready={health.ready}>
      {reasons.map((reason) => (
        <li key={reason} className={health.not_ready.includes(reason) ? 'problem' : 'problem watch'} role="alert">
          {translateName(t, 'health', reason, () => t('health.other', { reason }))}{' '}
          {translateName(t, 'health.advice', reason, () => '')}
        </li>
      ))}
    </ul>
  );
}

function Figure({ name, judged, children }: { name: string; judged?: Judged; children: ReactNode }) {
  const { t } = useI18n();
  const verdict = judged?.verdict ?? 'good';
  const speaks = verdict === 'wrong' || verdict === 'watch';
  return (
    <div className={`figure figure-${verdict}`}>
      <dt>{name}</dt>
      <dd>
        {speaks && <strong className="figure-word">{t(`health.verdict.${verdict}`)} </strong>}
        <span className="figure-value">{children}</span>
        {judged?.advice && <p>{t(judged.advice)}</p>}
      </dd>
    </div>
  );
}
