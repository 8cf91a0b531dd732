/** Across the map while the past is shown, so that nobody takes it for now. */
import { createPortal } from 'react-dom';
import { useI18n } from '../../../i18n';
import { dateText } from '../../../i18n/time';
import type { ParkMap } from '../../../map/park-map';

export function Watermark({ park, atMs, onLive }: { park: ParkMap; atMs: number; onLive: () => void }) {
  const { t } = useI18n();
  const area = park.library.getContainer().parentElement;
  if (!area) return null;
  return createPortal(
    <div className="watermark">
      <strong data-testid="watermark">{t('play.watermark', { time: dateText(atMs) })}</strong>
      <button type="button" className="primary" onClick={onLive} data-testid="back-to-live">
        {t('play.live')}
      </button>
    </div>,
    area,
  );
}
