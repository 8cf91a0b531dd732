/** Draws a zone and says who may do what in it. The editor itself comes over the wire when somebody opens it. */
import { lazy, Suspense } from 'react';
import { useI18n } from '../../../i18n';
import type { Desk } from '../desk';

const Editor = lazy(() => import('./Editor'));

/** A wish to edit something. Each is an object of its own, so that the same thing can be asked for again. */
export interface Editing {
  /** The id of a zone, `collection/id` for what is none, or `collection/` for where one begins. */
  target: string;
}

export interface EditPanelProps {
  desk: Desk;
  editing: Editing | null;
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
