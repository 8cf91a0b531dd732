/** A GeoJSON file into a collection: read here, looked at on the map, sent in one transaction, refused by feature. */
import { useRef, useState, type DragEvent } from 'react';
import { useI18n, type Key } from '../../../i18n';
import type { Desk } from '../desk';
import {
  MOST_FEATURES,
  MOST_FILE_BYTES,
  MOST_PROBLEMS,
  readGeoJson,
  type FileProblem,
  type FileRead,
} from './geojson-file';
import { ImportReview } from './ImportReview';

export function ImportView({ desk, onBack }: { desk: Desk; onBack: () => void }) {
  const { language, t } = useI18n();
  const [file, setFile] = useState<{ name: string; read: FileRead } | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [over, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);

  const take = async (chosen: File | undefined) => {
    if (!chosen) return;
    setProblem(null);
    setFile(null);
    if (chosen.size > MOST_FILE_BYTES) {
      setProblem(
        t('edit.file.large', { mib: (chosen.size / 1_048_576).toFixed(0), most: MOST_FILE_BYTES / 1_048_576 }),
      );
      return;
    }
    setFile({ name: chosen.name, read: readGeoJson(await chosen.text()) });
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    void take(event.dataTransfer.files[0]);
  };
  return (
    <div
      className={over ? 'edit-import over' : 'edit-import'}
      data-testid="import-view"
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <header className="editor-head">
        <h2>{t('edit.import.title')}</h2>
        <button type="button" className="quiet" onClick={onBack} aria-label={t('edit.back')}>
          ✕
        </button>
      </header>
      <button type="button" className="edit-drop" onClick={() => input.current?.click()}>
        {file ? t('edit.file.other', { name: file.name }) : t('edit.file.choose')}
      </button>
      <input
        ref={input}
        className="unseen"
        type="file"
        tabIndex={-1}
        aria-hidden="true"
        accept=".geojson,.json,application/geo+json,application/json"
        data-testid="import-file"
        onChange={(event) => {
          void take(event.target.files?.[0]);
          event.target.value = '';
        }}
      />
      <p className="edit-dim">{t('edit.file.limits', { mib: MOST_FILE_BYTES / 1_048_576, n: MOST_FEATURES.toLocaleString(language) })}</p>
      {problem !== null && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      {file && <Problems problems={file.read.problems} />}
      {file && file.read.features.length > 0 && (
        <ImportReview key={file.name} desk={desk} read={file.read} onDone={onBack} />
      )}
    </div>
  );
}

function Problems({ problems }: { problems: readonly FileProblem[] }) {
  const { t } = useI18n();
  if (problems.length === 0) return null;
  return (
    <ul className="problem" role="alert" data-testid="file-problems">
      {problems.slice(0, MOST_PROBLEMS).map(({ index, key, value }, i) => (
        <li key={i}>
          {index !== null && t('edit.file.nth', { n: index + 1 })} {t(`edit.file.${key}` as Key, { value })}
        </li>
      ))}
      {problems.length > MOST_PROBLEMS && <li>{t('edit.more', { n: problems.length - MOST_PROBLEMS })}</li>}
    </ul>
  );
}
