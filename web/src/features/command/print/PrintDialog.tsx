/** Printing the map: what stands on the sheet, how large it is, and how it will look. */
import { useEffect, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import { useI18n } from '../../../i18n';
import { nameOf } from '../../../map/drawn';
import type { ParkMap } from '../../../map/park-map';
import type { MapPicture } from '../../../map/picture';
import type { Desk } from '../desk';
import { PAPERS, PICTURE_SIZE, PrintSheet, type Paper } from './PrintSheet';
import './print.css';

export function PrintDialog({ desk, park, onClose }: { desk: Desk; park: ParkMap; onClose: () => void }) {
  const { language, t } = useI18n();
  const dialog = useRef<HTMLDialogElement>(null);
  const site = nameOf(desk.site.features.list('parks')[0]?.properties ?? {}, language);
  const [heading, setHeading] = useState(site || t('app.title'));
  const [paper, setPaper] = useState<Paper>('a4');
  const [picture, setPicture] = useState<MapPicture | 'busy' | 'failed'>('busy');

  useEffect(() => dialog.current?.showModal(), []);
  const choose = (name: Paper) => {
    setPaper(name);
    // The picture of one paper does not fit the other.
    setPicture('busy');
  };
  useEffect(() => {
    let url: string | undefined;
    let gone = false;
    park
      .picture(PICTURE_SIZE[paper])
      .then((taken) => {
        if (gone) URL.revokeObjectURL(taken.url);
        else setPicture(taken);
        url = taken.url;
      })
      .catch((error: unknown) => {
        console.error(error);
        if (!gone) setPicture('failed');
      });
    return () => {
      gone = true;
      if (url) URL.revokeObjectURL(url);
    };
  }, [park, paper]);

  const sheet = typeof picture === 'object' && (
    <PrintSheet desk={desk} picture={picture} heading={heading} paper={paper} />
  );
  return (
    <>
      <dialog
        ref={dialog}
        className="print-dialog"
        aria-labelledby="print-title"
        onClose={onClose}
        data-testid="print-dialog"
      >
        <h2 id="print-title">{t('print.title')}</h2>
        <div className="print-choices">
          <label className="field">
            {t('print.heading')}
            <input value={heading} maxLength={60} onChange={(event) => setHeading(event.target.value)} />
          </label>
          <fieldset>
            <legend>{t('print.paper')}</legend>
            {PAPERS.map((name) => (
              <label key={name} className="check">
                <input type="radio" name="paper" checked={paper === name} onChange={() => choose(name)} />
                {t(`print.${name}`)}
              </label>
            ))}
          </fieldset>
        </div>
        {typeof picture === 'object' && picture.unsaved && (
          <p className="problem" role="status" data-testid="print-unsaved">
            {t('print.unsaved')}
          </p>
        )}
        <div className="print-preview">
          {picture === 'busy' && <p className="hint">{t('print.busy')}</p>}
          {picture === 'failed' && (
            <p className="problem" role="alert">
              {t('print.failed')}
            </p>
          )}
          {sheet}
        </div>
        <div className="print-acts">
          <button
            type="button"
            className="primary"
            disabled={!sheet}
            onClick={() => window.print()}
            data-testid="print-go"
          >
            {t('print.go')}
          </button>
          <button type="button" onClick={onClose}>
            {t('card.close')}
          </button>
        </div>
      </dialog>
      {sheet && createPortal(<div className="print-only">{sheet}</div>, document.body)}
    </>
  );
}
