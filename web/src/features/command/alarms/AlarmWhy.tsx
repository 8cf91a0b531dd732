/** Why there is this alarm: the server's own explanation of its first event, fetched when somebody asks. */
import { useState } from 'react';
import { api } from '../../../api/client';
import type { Explanation } from '../../../api/types';
import { useI18n } from '../../../i18n';
import { errorText } from '../../../ui/problem';

type Answer =
  | { of: 'nothing' }
  | { of: 'asking' }
  | { of: 'said'; explanation: Explanation }
  | { of: 'failed'; error: unknown };

export function AlarmWhy({ event }: { event: string }) {
  const { language, t } = useI18n();
  const [answer, setAnswer] = useState<Answer>({ of: 'nothing' });
  const ask = () => {
    setAnswer({ of: 'asking' });
    api.explain(event).then(
      (explanation) => setAnswer({ of: 'said', explanation }),
      (error: unknown) => setAnswer({ of: 'failed', error }),
    );
  };
  const open = answer.of === 'said';
  return (
    <section className="why">
      <button
        type="button"
        className="quiet"
        aria-expanded={open}
        disabled={answer.of === 'asking'}
        onClick={open ? () => setAnswer({ of: 'nothing' }) : ask}
        data-testid="alarm-why"
      >
        {t(answer.of === 'asking' ? 'alarm.why.asking' : open ? 'alarm.why.hide' : 'alarm.why')}
      </button>
      {answer.of === 'said' && (
        <ul data-testid="alarm-why-text">
          {answer.explanation.text[language === 'en' ? 'en' : 'zh'].split('\n').map((line, index) => (
            <li key={index}>{line}</li>
          ))}
        </ul>
      )}
      {answer.of === 'failed' && (
        <p className="problem" role="alert">
          {errorText(answer.error, t)}
        </p>
      )}
    </section>
  );
}
