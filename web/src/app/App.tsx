/**
 * Who sees which screen: a fresh server asks for set-up, a stranger for a name, everybody else gets the console. While the
 * server cannot be asked, or is still starting, the page says so and asks again by itself.
 */
import { lazy, Suspense, useCallback, useEffect, useState } from 'react';
import { api, ApiError } from '../api/client';
import type { Problem, Session } from '../api/types';
import { useI18n } from '../i18n';
import type { Refusal } from '../live/site';
import { problemText } from '../ui/problem';
import { Door } from './Door';
import { SetUp } from './SetUp';
import { SignIn } from './SignIn';

/** The map is most of the page's weight: it comes after the first screen, while somebody is typing. */
const loadConsole = () => import('./Console');
const Console = lazy(async () => ({ default: (await loadConsole()).Console }));

type Screen =
  | { at: 'loading' }
  | { at: 'unreachable'; problem: Problem }
  | { at: 'setup' }
  | { at: 'signin'; refusal: Refusal | null }
  | { at: 'console'; session: Session };

const RETRY_MS = 3_000;

async function firstScreen(): Promise<Screen> {
  try {
    return { at: 'console', session: await api.session() };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.problem.status !== 401) return { at: 'unreachable', problem: error.problem };
  }
  try {
    return (await api.setupNeeded()) ? { at: 'setup' } : { at: 'signin', refusal: null };
  } catch {
    return { at: 'signin', refusal: null };
  }
}

export function App() {
  const { t } = useI18n();
  const [screen, setScreen] = useState<Screen>({ at: 'loading' });
  const start = useCallback(() => void firstScreen().then(setScreen), []);

  useEffect(start, [start]);
  useEffect(() => void loadConsole(), []);
  useEffect(() => {
    if (screen.at !== 'unreachable') return;
    const timer = window.setTimeout(start, RETRY_MS);
    return () => window.clearTimeout(timer);
  }, [screen, start]);
  useEffect(() => {
    document.title = t('app.title');
  }, [t]);

  const refused = useCallback((refusal: Refusal) => setScreen({ at: 'signin', refusal }), []);
  const signedOut = useCallback(() => setScreen({ at: 'signin', refusal: null }), []);

  switch (screen.at) {
    case 'loading':
      return <p className="whole">{t('app.loading')}</p>;
    case 'unreachable':
      return (
        <Door>
          <p role="alert" data-testid="waiting" data-code={screen.problem.code}>
            {problemText(screen.problem, t)}
          </p>
          <p className="hint">{t('app.retry')}</p>
        </Door>
      );
    case 'setup':
      return <SetUp onDone={start} />;
    case 'signin':
      return <SignIn refusal={screen.refusal} onDone={start} />;
    case 'console':
      return (
        <Suspense fallback={<p className="whole">{t('app.loading')}</p>}>
          <Console session={screen.session} onRefused={refused} onSignedOut={signedOut} />
        </Suspense>
      );
  }
}
