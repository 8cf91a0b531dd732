/** What a person does to alarms, which of them are under way, and what went wrong with the last. */
import { useCallback, useMemo, useState } from 'react';
import type { Session } from '../../api/types';
import { useI18n } from '../../i18n';
import type { Site } from '../../live/site';
import { errorText } from '../../ui/problem';
import type { AlarmActs } from './alarms/AlarmItem';
import { mayHandleAlarms } from './desk';

export interface AlarmHandling {
  /** `null` for who may not handle alarms. */
  acts: AlarmActs | null;
  /** Alarms that the server has not answered for yet. */
  busy: ReadonlySet<string>;
  problem: { id: string; text: string } | null;
  /** Something else went wrong with an alarm. */
  fail: (id: string, text: string) => void;
}

export function useAlarmActs(site: Site, session: Session): AlarmHandling {
  const { t } = useI18n();
  const [busy, setBusy] = useState<ReadonlySet<string>>(new Set());
  const [problem, setProblem] = useState<{ id: string; text: string } | null>(null);
  const fail = useCallback((id: string, text: string) => setProblem({ id, text }), []);

  /** Answers whether it is done; what went wrong stands at the alarm. */
  const act = useCallback(
    async (id: string, what: () => Promise<void>) => {
      setBusy((all) => new Set(all).add(id));
      setProblem(null);
      try {
        await what();
        return true;
      } catch (error) {
        fail(id, errorText(error, t));
        return false;
      } finally {
        setBusy((all) => new Set([...all].filter((other) => other !== id)));
      }
    },
    [fail, t],
  );
  const acts: AlarmActs | null = useMemo(
    () =>
      mayHandleAlarms(session)
        ? {
            acknowledge: (id, note) => act(id, () => site.acknowledge(id, note)),
            acknowledgeOrThrow: (id) => site.acknowledge(id, undefined),
            shelve: (id, reason, forMs) => act(id, () => site.shelve(id, reason, forMs)),
            close: (id, result) => act(id, () => site.close(id, result)),
          }
        : null,
    [act, session, site],
  );
  return { acts, busy, problem, fail };
}
