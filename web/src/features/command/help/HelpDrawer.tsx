/** Help beside the work: it covers the map and never the alarms, and gives the focus back to where it came from. */
import { useLayoutEffect, useRef } from 'react';
import { useI18n } from '../../../i18n';
import { HelpText } from './HelpText';
import { useAction } from '../useKeys';

export function HelpDrawer({ onClose }: { onClose: () => void }) {
  const { t } = useI18n();
  const drawer = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    const before = document.activeElement;
    drawer.current?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  useAction('back', onClose);
  return (
    <section ref={drawer} className="help-drawer" role="dialog" aria-label={t('help.title')} tabIndex={-1} data-testid="help">
      <button type="button" className="help-close" onClick={onClose} aria-label={t('card.close')}>
        ✕
      </button>
      <HelpText />
    </section>
  );
}
