/** The data catalogue: each layer with who answers for it, how old it is, and what is wanting in it. */
import { useState } from 'react';
import { catalogue, type CatalogueItem, type Finding } from '../../../api/catalogue';
import type { Session } from '../../../api/types';
import { translateName, useI18n, type Translate } from '../../../i18n';
import { dateText, toFileName } from '../../../i18n/time';
import type { Site } from '../../../live/site';
import { csvOf, saveAs } from '../../../ui/csv';
import { mayEdit } from '../../../ui/may';
import { errorText } from '../../../ui/problem';
import { go } from '../../../ui/route';
import { useAsked } from '../../../ui/useAsked';
import { placeOf } from '../map-place';
import { RowHistory } from '../RowHistory';
import { ageDays, COLLECTION, fieldName, FIELDS } from './card';
import { CardDialog } from './CardDialog';
import './catalogue.css';

const LOOK_EVERY_MS = 30_000;
/** Whose features can be found by an empty cell, all of them. */
const EMPTY_CELL: Readonly<Record<string, string>> = { no_name: 'name', no_source: 'source' };

/** Where the features of a finding are shown in the table: the empty cells where those are more than are named. */
export function findingRoute(collection: string, { check, count, examples }: Finding): [string, string][] {
  const column = EMPTY_CELL[check];
  if (column !== undefined && count > examples.length) return [['of', collection], [`f.${column}`, '=']];
  return [['of', collection], ['ids', examples.join(',')]];
}

function nameOf({ collection, title }: Pick<CatalogueItem, 'collection' | 'title'>, language: string, t: Translate): string {
  return translateName(t, 'data.of', collection, () => (language === 'en' ? title.en : title.zh));
}

function findingText({ check, count }: Finding, t: Translate): string {
  return t('catalogue.finding', { what: translateName(t, 'catalogue.check', check, () => check.replaceAll('_', ' ')), n: count });
}

/** How old the data are, beside the cycle that was promised. */
function ageText({ dataset, overdue }: CatalogueItem, nowMs: number, t: Translate): string {
  const age = dataset ? ageDays(dataset, nowMs) : null;
  if (age === null) return t('catalogue.age.unknown');
  const cycle = dataset?.update_cycle_days;
  if (overdue) return t('catalogue.age.overdue', { age, over: Math.max(1, age - (cycle ?? 0)) });
  return cycle === undefined ? t('catalogue.age', { age }) : t('catalogue.age.cycle', { age, cycle });
}

export default function CataloguePage({ site, session }: { site: Site; session: Session }) {
  const { language, t } = useI18n();
  const asked = useAsked(catalogue, LOOK_EVERY_MS);
  const [wanting, setWanting] = useState(false);
  const [open, setOpen] = useState<string | null>(null);
  const [history, setHistory] = useState<string | null>(null);
  const nowMs = site.clock.now();
  const items = (asked.value ?? []).filter(({ collection }) => collection !== COLLECTION);
  const wants = ({ overdue, quality, dataset, count }: CatalogueItem) => overdue || quality.length > 0 || (count > 0 && !dataset?.source);
  const shown = wanting ? items.filter(wants) : items;
  const writes = mayEdit(session);
  const number = (n: number) => n.toLocaleString(language);
  const csv = () => {
    const head = [t('catalogue.layer'), 'collection', t('catalogue.geometry'), t('catalogue.count'), ...FIELDS.map((field) => fieldName(field, t)), t('catalogue.overdue'), t('catalogue.changed'), t('catalogue.changed.by'), t('catalogue.imported'), t('catalogue.quality'), t('catalogue.bbox')];
    const rows = shown.map((item) => [
      nameOf(item, language, t),
      item.collection,
      item.geometry.map((kind) => translateName(t, 'geometry', kind, () => kind)).join(t('list.separator')),
      item.count,
      ...FIELDS.map((field) => item.dataset?.[field]),
      item.overdue ? t('word.yes') : t('word.no'),
      item.changed_at && dateText(Date.parse(item.changed_at)),
      item.changed_by,
      item.last_import && `${item.last_import.file} ${dateText(Date.parse(item.last_import.at))}`,
      item.quality.map((finding) => findingText(finding, t)).join(t('list.separator')),
      item.bbox?.join(' '),
    ]);
    saveAs(`cordon-catalogue-${toFileName(nowMs)}.csv`, [csvOf(head, rows)], 'text/csv');
  };
  return (
    <section className="catalogue" aria-labelledby="catalogue-title" data-testid="catalogue">
      <header className="catalogue-head">
        <h2 id="catalogue-title">{t('catalogue.title')}</h2>
        <label className="check">
          <input type="checkbox" checked={wanting} data-testid="catalogue-wanting" onChange={(event) => setWanting(event.target.checked)} />
          {t('catalogue.wanting', { n: items.filter(wants).length })}
        </label>
        <span className="spring" />
        <button type="button" disabled={shown.length === 0} data-testid="catalogue-csv" onClick={csv}>
          {t('data.export.csv')}
        </button>
        <button type="button" disabled={shown.length === 0} onClick={() => window.print()}>
          {t('catalogue.print')}
        </button>
      </header>
      <p className="catalogue-print">{t('catalogue.printed', { time: dateText(nowMs), who: session.name })}</p>
      {asked.error !== null && (
        <p className="problem" role="alert" data-testid="catalogue-failed">
          {t(asked.value ? 'catalogue.old' : 'catalogue.failed', { why: errorText(asked.error, t) })}{' '}
          <button type="button" onClick={() => void asked.ask()}>
            {t('data.again')}
          </button>
        </p>
      )}
      {asked.value === null && asked.error === null && <p className="hint">{t('app.loading')}</p>}
      {asked.value !== null && shown.length === 0 && <p className="hint">{t('catalogue.fine')}</p>}
      {shown.length > 0 && (
        <div className="catalogue-box" tabIndex={0} role="region" aria-labelledby="catalogue-title">
          <table>
            <thead>
              <tr>
                {(['layer', 'count', 'source', 'owner', 'datum', 'asof', 'quality', 'changed'] as const).map((column) => (
                  <th key={column} scope="col">
                    {t(`catalogue.${column}`)}
                  </th>
                ))}
                <th scope="col" className="catalogue-acts-head">
                  <span className="unseen">{t('catalogue.acts')}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {shown.map((item) => {
                const { collection, dataset, bbox, changed_at, changed_by, last_import, overdue } = item;
                const name = nameOf(item, language, t);
                return (
                  <tr key={collection} data-testid={`catalogue-${collection}`} className={overdue ? 'catalogue-overdue' : ''}>
                    <th scope="row">
                      <button type="button" className="quiet catalogue-open" title={t('catalogue.table', { name })} onClick={() => go('data', [['of', collection]])}>
                        {name}
                      </button>
                      <span className="catalogue-dim">{item.geometry.map((kind) => translateName(t, 'geometry', kind, () => kind)).join(t('list.separator'))}</span>
                    </th>
                    <td className="catalogue-number">{number(item.count)}</td>
                    <td>{dataset?.source ?? <Unsaid />}</td>
                    <td>
                      {dataset?.owner ?? <Unsaid />}
                      {dataset?.contact && <span className="catalogue-dim">{dataset.contact}</span>}
                    </td>
                    <td>{dataset?.datum ?? <Unsaid />}</td>
                    <td>
                      {dataset?.as_of ? <span>{dataset.as_of.slice(0, 10)}</span> : <Unsaid />}
                      {dataset?.as_of && <span className={overdue ? 'catalogue-late' : 'catalogue-dim'}>{ageText(item, nowMs, t)}</span>}
                    </td>
                    <td>
                      <ul className="catalogue-findings">
                        {item.quality.map((finding) => (
                          <li key={finding.check}>
                            <button
                              type="button"
                              title={t('catalogue.finding.open', { ids: finding.examples.join(', ') })}
                              data-testid={`finding-${collection}-${finding.check}`}
                              onClick={() => go('data', findingRoute(collection, finding))}
                            >
                              {findingText(finding, t)}
                            </button>
                          </li>
                        ))}
                        {item.quality.length === 0 && <li className="catalogue-dim">{t(item.count === 0 ? 'catalogue.empty' : 'catalogue.good')}</li>}
                      </ul>
                      {dataset?.quality_note && <span className="catalogue-dim">{dataset.quality_note}</span>}
                    </td>
                    <td>
                      {changed_at && <span>{dateText(Date.parse(changed_at)).slice(0, 16)}</span>}
                      <span className="catalogue-dim">{changed_by}</span>
                      {last_import && (
                        <span className="catalogue-dim" title={dateText(Date.parse(last_import.at))}>
                          {t('catalogue.import', { file: last_import.file, rows: number(last_import.rows), refused: number(last_import.refused) })}
                        </span>
                      )}
                    </td>
                    <td className="catalogue-acts">
                      <button type="button" disabled={!bbox} title={t(bbox ? 'data.map' : 'data.map.none')} data-testid={`catalogue-map-${collection}`} onClick={() => bbox && go('map', [['at', placeOf(bbox)]])}>
                        {t('catalogue.map')}
                      </button>
                      {writes && (
                        <button type="button" aria-label={t('catalogue.card', { name })} data-testid={`catalogue-edit-${collection}`} onClick={() => setOpen(collection)}>
                          {t('catalogue.edit')}
                        </button>
                      )}
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
      {open !== null && history === null && (
        <CardDialog id={open} onSaved={() => void asked.ask()} onHistory={() => setHistory(open)} onClose={() => setOpen(null)} />
      )}
      {history !== null && (
        <RowHistory
          collection={COLLECTION}
          id={history}
          name={translateName(t, 'data.of', history, () => history)}
          onClose={() => {
            setHistory(null);
            setOpen(null);
          }}
        />
      )}
    </section>
  );
}

function Unsaid() {
  const { t } = useI18n();
  return <span className="catalogue-unsaid">{t('catalogue.unsaid')}</span>;
}
