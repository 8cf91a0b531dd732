/**
 * A part of the page that is read when somebody opens it. With the server gone it cannot be: then it says so in its own place and
 * tries again when asked, and the rest of the screen, the alarms first of all, stays as it is.
 */
import { useEffect, useState, type ComponentType } from 'react';
import { useI18n } from '../i18n';

type Part<P> = { of: 'reading' } | { of: 'failed' } | { of: 'here'; Component: ComponentType<P> };

export function later<P extends object>(load: () => Promise<{ default: ComponentType<P> }>): ComponentType<P> {
  /** Once read it is there for good. */
  let read: ComponentType<P> | undefined;
  return function Later(props: P) {
    const { t } = useI18n();
    const [part, setPart] = useState<Part<P>>(() => (read ? { of: 'here', Component: read } : { of: 'reading' }));
    const ask = () => {
      setPart({ of: 'reading' });
      load().then(
        ({ default: Component }) => {
          read = Component;
          setPart({ of: 'here', Component });
        },
        (error: unknown) => {
          console.error(error);
          setPart({ of: 'failed' });
        },
      );
    };
    useEffect(() => {
      if (!read) ask();
    }, []);
    if (part.of === 'here') return <part.Component {...props} />;
    if (part.of === 'reading') return <p className="hint">{t('app.loading')}</p>;
    return (
      <p className="problem" role="alert" data-testid="later-failed">
        {t('app.part.failed')}{' '}
        <button type="button" onClick={ask}>
          {t('data.again')}
        </button>
      </p>
    );
  };
}
