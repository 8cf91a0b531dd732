/** The keys of the alarm list, on demand. */
import { useEffect, useRef } from 'react';
import { useI18n, type Key } from '../../i18n';

const KEYS: readonly [string, Key][] = [
  ['J ↓', 'keys.next'],
  ['K ↑', 'keys.previous'],
  ['N', 'keys.unacknowledged'],
  ['A', 'keys.acknowledge'],
  ['Enter', 'keys.locate'],
  ['Esc', 'keys.back'],
  ['?', 'keys.help'],
];

export function KeysHelp({ onClose }: { onClose: () => void }) {
  const { t } = useI18n();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} className="keys" aria-labelledby="keys-title" onClose={onClose}>
      <h2 id="keys-title">{t('keys.title')}</h2>
      <dl>
        {KEYS.map(([key, what]) => (
          <div key={what}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{t(what)}</dd>
          </div>
        ))}
      </dl>
      <button type="button" onClick={onClose}>
        {t('card.close')}
      </button>
    </dialog>
  );
}
