/** A panel about one thing on the map, with a way to close it. */
import type { ReactNode } from 'react';
import { useI18n } from '../i18n';

export function Card({
  title,
  testId,
  onClose,
  children,
}: {
  title: ReactNode;
  testId: string;
  onClose: () => void;
  children: ReactNode;
}) {
  const { t } = useI18n();
  return (
    <section className="card" data-testid={testId}>
      <header>
        <h2>{title}</h2>
        <button type="button" className="quiet" onClick={onClose} aria-label={t('card.close')}>
          ✕
        </button>
      </header>
      {children}
    </section>
  );
}

/** One named value; nothing is shown for one that is absent. */
export function Row({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}
