/** Draws a zone and says who may do what in it. */
import { useI18n } from '../../../i18n';
import type { Desk } from '../desk';

export interface EditPanelProps {
  desk: Desk;
  /** Which zone is changed; `null` for a fresh one. */
  zone: string | null;
  onDone: () => void;
}

export function EditPanel(_: EditPanelProps) {
  const { t } = useI18n();
  return <h2>{t('side.edit')}</h2>;
}
