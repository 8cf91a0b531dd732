/** Taking note of whole causes, each with its own progress and its own way to stop. */
import { useEffect, useRef, useState } from 'react';
import type { AlarmActs } from './AlarmItem';
import type { Group } from './causes';
import { oneByOne, type Progress } from './one-by-one';
import { needsAcknowledgement } from '../words';

export interface ManyAtOnce {
  of: (group: string) => Progress | undefined;
  acknowledge: (group: Group) => void;
  stop: (group: string) => void;
}

export function useManyAtOnce(acts: AlarmActs | null): ManyAtOnce {
  const [all, setAll] = useState<ReadonlyMap<string, Progress>>(new Map());
  const running = useRef(new Map<string, AbortController>());
  useEffect(
    () => () => {
      for (const stop of running.current.values()) stop.abort();
    },
    [],
  );
  return {
    of: (group) => all.get(group),
    stop: (group) => running.current.get(group)?.abort(),
    acknowledge: (group) => {
      if (!acts || running.current.has(group.key)) return;
      const stop = new AbortController();
      running.current.set(group.key, stop);
      const ids = group.alarms.filter(needsAcknowledgement).map(({ id }) => id);
      const tell = (progress: Progress) => setAll((before) => new Map(before).set(group.key, progress));
      void oneByOne(ids, acts.acknowledgeOrThrow, tell, stop.signal).finally(() => running.current.delete(group.key));
    },
  };
}
