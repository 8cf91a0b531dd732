/** Taking note of whole causes, each with its own progress and its own way to stop. */
import { useEffect, useRef, useState } from 'react';
import type { AlarmActs } from './AlarmItem';
import type { Group } from './causes';
import { oneByOne, type Progress } from './one-by-one';
import { needsAcknowledgement } from '../words';

/** A run that did all it was asked for is told so long. */
const TOLD_MS = 15_000;

export interface Run {
  group: Group;
  progress: Progress;
}

export interface ManyAtOnce {
  /** What goes on and what was done: it outlives its group, whose alarms may be closed by then. */
  runs: readonly Run[];
  isRunning: (group: string) => boolean;
  acknowledge: (group: Group) => void;
  stop: (group: string) => void;
  dismiss: (group: string) => void;
}

export function useManyAtOnce(acts: AlarmActs | null): ManyAtOnce {
  const [runs, setRuns] = useState<ReadonlyMap<string, Run>>(new Map());
  const running = useRef(new Map<string, AbortController>());
  useEffect(
    () => () => {
      for (const stop of running.current.values()) stop.abort();
    },
    [],
  );
  const dismiss = (key: string) => setRuns((before) => new Map([...before].filter(([other]) => other !== key)));
  return {
    runs: [...runs.values()],
    isRunning: (key) => runs.get(key)?.progress.over === false,
    stop: (key) => running.current.get(key)?.abort(),
    dismiss,
    acknowledge: (group) => {
      if (!acts || running.current.has(group.key)) return;
      const stop = new AbortController();
      running.current.set(group.key, stop);
      const ids = group.alarms.filter(needsAcknowledgement).map(({ id }) => id);
      const tell = (progress: Progress) => setRuns((before) => new Map(before).set(group.key, { group, progress }));
      void oneByOne(ids, acts.acknowledgeOrThrow, tell, stop.signal).then((last) => {
        running.current.delete(group.key);
        if (last.done === last.of) window.setTimeout(() => !running.current.has(group.key) && dismiss(group.key), TOLD_MS);
      });
    },
  };
}
