/** A file into a collection: tried first and looked at, then imported, and taken back where it was wrong. */
import { useEffect, useRef, useState, useSyncExternalStore, type DragEvent } from 'react';
import { ApiError } from '../../../api/client';
import type { ImportJob, ImportReport, SuspectedDatum } from '../../../api/imports';
import { translateName, useI18n } from '../../../i18n';
import type { Site } from '../../../live/site';
import { errorText } from '../../../ui/problem';
import { go, noteInRoute } from '../../../ui/route';
import { ENDINGS, MOST_BYTES, needsDatum } from './file-kind';
import { twice } from './mapping';
import { PastImports } from './PastImports';
import { FirstRows } from './FirstRows';
import { FarAway, Preview } from './Preview';
import { ReportView } from './ReportView';
import { isEpsg, MappingTable, SetupFields } from './SetupFields';
import { useImport } from './useImport';
import { failureText } from './words';
import type { ImportPicture, ImportWork, Running, SrsChoice } from './work';
import './import.css';

export interface ImportPageProps {
  site: Site;
  collection: string;
  collections: readonly string[];
}

export default function ImportPage({ site, collection, collections }: ImportPageProps) {
  const { t } = useI18n();
  const { work, picture } = useImport(site, collection);
  const connection = useSyncExternalStore(site.subscribe, () => site.picture().connection);
  const connected = connection === 'live';
  const { setup, file } = picture;
  useEffect(() => {
    // A link, or a press beside a collection, names where a file is to go; one that is on its way stays as it is.
    if (file === null && collection !== setup.collection) work.change({ collection });
  }, [collection]);
  const into = (of: string) => {
    work.change({ collection: of });
    noteInRoute({ of });
  };
  return (
    <section className="import" aria-label={t('import.title')} data-testid="import">
      <h2 className="import-title">{t('import.title')}</h2>
      {!connected && (
        <p className="problem" role="status" data-testid="import-offline">
          {t('import.offline')}
        </p>
      )}
      <div className="import-columns">
        <div className="import-left">
          <Chooser work={work} picture={picture} connected={connected} />
          <SetupFields work={work} picture={picture} collections={collections} onCollection={into} />
          <Acts work={work} picture={picture} connected={connected} />
        </div>
        <div className="import-right">
          <Seen site={site} work={work} picture={picture} />
        </div>
      </div>
      <PastImports listed={picture.listed} connected={connected} />
    </section>
  );
}

function mib(bytes: number): string {
  return bytes < 1_048_576 ? `${Math.max(1, Math.round(bytes / 1024))} KiB` : `${(bytes / 1_048_576).toFixed(1)} MiB`;
}

function Chooser({ work, picture, connected }: { work: ImportWork; picture: ImportPicture; connected: boolean }) {
  const { t } = useI18n();
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const { file, running, unfit } = picture;
  const off = running !== null || !connected;
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    if (!off) void work.choose([...event.dataTransfer.files]);
  };
  return (
    <div
      className={over ? 'import-drop over' : 'import-drop'}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(!off);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      data-testid="import-drop"
    >
      {file ? (
        <p className="import-file" data-testid="import-file-name">
          <strong>{file.name}</strong> {mib(file.size)}
        </p>
      ) : (
        <p>{t('import.drop')}</p>
      )}
      <p className="import-acts">
        <button type="button" className={file ? '' : 'primary'} disabled={off} data-testid="import-choose" onClick={() => input.current?.click()}>
          {t(file ? 'import.choose.other' : 'import.choose')}
        </button>
        {file && (
          <button type="button" className="quiet" disabled={running !== null} data-testid="import-clear" onClick={() => work.clear()}>
            {t('import.clear')}
          </button>
        )}
      </p>
      <input
        ref={input}
        className="unseen"
        type="file"
        multiple
        tabIndex={-1}
        aria-hidden="true"
        accept={ENDINGS.map((ending) => `.${ending}`).join()}
        data-testid="import-file"
        onChange={(event) => {
          const chosen = [...(event.target.files ?? [])];
          event.target.value = '';
          void work.choose(chosen);
        }}
      />
      <p className="import-dim">{t('import.kinds', { gib: MOST_BYTES / 1024 ** 3 })}</p>
      {unfit && (
        <p className="problem" role="alert" data-testid="import-unfit">
          {t(unfit, { endings: ENDINGS.join(', '), gib: MOST_BYTES / 1024 ** 3 })}
        </p>
      )}
    </div>
  );
}

function Acts({ work, picture, connected }: { work: ImportWork; picture: ImportPicture; connected: boolean }) {
  const { language, t } = useI18n();
  const { file, running, setup, trial, isTried, result, problem } = picture;
  if (!file) return null;
  const said = setup.srs !== 'epsg' || isEpsg(setup.epsg);
  const double = twice(setup.mapping).length > 0;
  const ready = connected && running === null && said && !double;
  const would = trial?.report?.imported ?? 0;
  const name = translateName(t, 'data.of', setup.collection, () => setup.collection);
  return (
    <div className="import-do">
      {running && <Progress running={running} file={file} onCancel={() => work.cancel()} />}
      {problem !== null && problem !== undefined && (
        <p className="problem" role="alert" data-testid="import-problem">
          {problem instanceof ApiError && problem.problem.status === 404 ? t('import.lost') : errorText(problem, t)}
        </p>
      )}
      {!running && trial?.state === 'failed' && (
        <Failure job={trial} />
      )}
      {!running && !result && trial && !isTried && trial.state === 'tried' && <p className="import-note">{t('import.stale')}</p>}
      {!running && !result && needsDatum(file.name) && setup.srs === 'file' && !trial && <p className="import-note">{t('import.datum.needed')}</p>}
      <p className="import-acts">
        <button
          type="button"
          className={isTried || result ? '' : 'primary'}
          disabled={!ready}
          data-testid="import-try"
          onClick={() => void work.try()}
        >
          {t(trial ? 'import.try.again' : 'import.try')}
        </button>
        {!result && (
          <button
            type="button"
            className={isTried ? 'primary' : ''}
            disabled={!ready || !isTried || would === 0}
            title={isTried ? undefined : t('import.stale')}
            data-testid="import-go"
            onClick={() => void work.import()}
          >
            {isTried ? t('import.go.n', { n: would.toLocaleString(language), name }) : t('import.go')}
          </button>
        )}
      </p>
    </div>
  );
}

/** What went wrong with the whole file; the server's own words for whoever asks. */
function Failure({ job }: { job: ImportJob }) {
  const { t } = useI18n();
  return (
    <div className="problem" role="alert" data-testid="import-failed">
      <p>{failureText(job, t)}</p>
      {job.error && (
        <details>
          <summary>{t('import.failed.detail')}</summary>
          <p lang="en">{job.error}</p>
        </details>
      )}
    </div>
  );
}

function Progress({ running, file, onCancel }: { running: Running; file: File; onCancel: () => void }) {
  const { language, t } = useI18n();
  const { job, sent, trial, unheard } = running;
  const figure = (n: number) => n.toLocaleString(language);
  const text = !job
    ? t('import.sending', { sent: mib(sent), bytes: mib(file.size) })
    : job.total === 0
      ? t('import.opening')
      : t(trial ? 'import.trying' : 'import.keeping', { done: figure(job.done), total: figure(job.total) });
  const share = !job ? sent / Math.max(1, file.size) : job.total === 0 ? undefined : job.done / job.total;
  return (
    <div className="import-progress" data-testid="import-progress">
      <progress aria-label={text} max={1} {...(share === undefined ? {} : { value: share })} />
      <p role="status">{text}</p>
      {unheard && (
        <p className="problem" role="alert">
          {t('import.unheard')}
        </p>
      )}
      {!job ? (
        <button type="button" data-testid="import-cancel" onClick={onCancel}>
          {t('import.cancel')}
        </button>
      ) : (
        !trial && <p className="import-dim">{t('import.cancel.late')}</p>
      )}
    </div>
  );
}

/** What a trial saw, or what the import did. */
function Seen({ site, work, picture }: { site: Site; work: ImportWork; picture: ImportPicture }) {
  const { language, t } = useI18n();
  const { file, trial, result, fields, running } = picture;
  const nowMs = () => site.clock.now();
  if (!file) return <p className="hint import-empty">{t('import.empty')}</p>;
  if (result) return <Done job={result} nowMs={nowMs} />;
  if (!trial) return running ? null : <p className="hint import-empty">{t('import.untried')}</p>;
  if (!trial.report) return null;
  const report: ImportReport = trial.report;
  const n = report.features.length;
  return (
    <div className={running || !picture.isTried ? 'import-seen import-old' : 'import-seen'} aria-busy={running !== null}>
      {report.suspected_datum && <Suspected suspected={report.suspected_datum} off={running !== null} onTry={(srs) => void retry(work, srs)} />}
      <FarAway site={site} features={report.features} />
      <ReportView job={{ ...trial, report }} nowMs={nowMs} />
      {fields.length > 0 && <MappingTable work={work} picture={picture} />}
      {n > 0 && (
        <>
          <h2>{n < report.imported ? t('import.preview.first', { n: n.toLocaleString(language), all: report.imported.toLocaleString(language) }) : t('import.preview')}</h2>
          <Preview site={site} features={report.features} />
          <FirstRows collection={trial.collection} features={report.features} />
        </>
      )}
    </div>
  );
}

async function retry(work: ImportWork, srs: SrsChoice): Promise<void> {
  work.change({ srs });
  await work.try();
}

const TRIED_AS: Readonly<Record<string, SrsChoice>> = { gcj02: 'gcj02', 'gcj-02': 'gcj02', bd09: 'bd09', 'bd-09': 'bd09', wgs84: 'wgs84', cgcs2000: 'cgcs2000' };

function Suspected({ suspected, off, onTry }: { suspected: SuspectedDatum; off: boolean; onTry: (srs: SrsChoice) => void }) {
  const { t } = useI18n();
  const srs = TRIED_AS[suspected.datum.toLowerCase()] ?? 'gcj02';
  const metres = (m: number) => (m < 10 ? m.toFixed(1) : Math.round(m).toString());
  const datum = t(`import.srs.${srs}`);
  return (
    <div className="problem import-warning" role="alert" data-testid="import-suspected">
      <p>
        <strong>{t('import.suspected', { datum })}</strong>
      </p>
      <p>
        {t('import.suspected.why', {
          datum,
          shift: metres(suspected.median_shift_m),
          fits: metres(suspected.fits_m),
          without: metres(suspected.without_m),
          reference: translateName(t, 'data.of', suspected.reference, () => suspected.reference),
        })}
      </p>
      <button type="button" className="primary" disabled={off} data-testid="import-suspected-try" onClick={() => onTry(srs)}>
        {t('import.suspected.try', { datum })}
      </button>
    </div>
  );
}

function Done({ job, nowMs }: { job: ImportJob; nowMs: () => number }) {
  const { language, t } = useI18n();
  const name = translateName(t, 'data.of', job.collection, () => job.collection);
  if (!job.report) {
    return (
      <>
        <Failure job={job} />
        <p>{t('import.nothing.kept')}</p>
      </>
    );
  }
  const { report } = job;
  return (
    <div className="import-seen" data-testid="import-done">
      <p className="import-ok" role="status">
        <strong>{t('import.done', { n: report.imported.toLocaleString(language), name })}</strong> {t('import.done.undo')}
      </p>
      <p className="import-acts">
        <button type="button" className="primary" data-testid="import-open" onClick={() => go('data', [['of', job.collection], ['f.import', `=${job.id}`]])}>
          {t('import.open')}
        </button>
      </p>
      <ReportView job={{ ...job, report }} nowMs={nowMs} />
    </div>
  );
}
