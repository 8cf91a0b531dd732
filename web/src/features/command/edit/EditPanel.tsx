/** Draws a zone and says who may do what in it. The editor itself comes over the wire when somebody opens it. */
import { lazy, Suspense } from 'react';
import { useI18n } from '../../../i18n';
import type { Desk } from '../desk';

const Editor = lazy(() => import('./Editor'));

export interface EditPanelProps {
  desk: Desk;
  /** Which zone is changed, or `collection/id` for what is none; `null` for a fresh one. */
  zone: string | null;
  onDone: () => void;
}

export function EditPanel(props: EditPanelProps) {
  const { t } = useI18n();
  return (
    <Suspense fallback={<p className="hint">{t('app.loading')}</p>}>
      <Editor {...props} />
    </Suspense>
  );
}
