/**
 * Of a long list only the rows in sight: two thousand alarms cost no more than twenty. Rows may be of any height; one is
 * measured when it is first shown.
 *
 * What a person looks at stays where it is: rows that come in above move nothing while somebody has scrolled down, points
 * at the list or has the focus in it, so that a click never meets another row than the one that was aimed at.
 */
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState, type RefCallback, type RefObject } from 'react';

/** Rows beyond the edges that are drawn too, pixels. */
const MARGIN_PX = 400;

export interface ShownRow {
  index: number;
  top: number;
}

export interface Rows {
  box: RefObject<HTMLDivElement | null>;
  height: number;
  shown: readonly ShownRow[];
  /** Tells a row's real height. */
  measure: (key: string) => RefCallback<HTMLElement>;
  /** Scrolls a row into sight. */
  reveal: (key: string) => void;
  /** Whether a row is in sight now. */
  inSight: (key: string) => boolean;
}

export function useRows(keys: readonly string[], guess: (index: number) => number, keep: string | null): Rows {
  const box = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 800 });
  const [, setMeasured] = useState(0);
  const heights = useRef(new Map<string, number>());
  const observer = useRef<ResizeObserver | null>(null);
  const refs = useRef(new Map<string, RefCallback<HTMLElement>>());
  const anchor = useRef<{ key: string; top: number } | null>(null);

  const indexOf = useMemo(() => new Map(keys.map((key, index) => [key, index])), [keys]);
  const tops: number[] = [];
  let height = 0;
  keys.forEach((key, index) => {
    tops.push(height);
    height += heights.current.get(key) ?? guess(index);
  });
  const bottom = (index: number) => tops[index + 1] ?? height;

  const shown: ShownRow[] = [];
  keys.forEach((key, index) => {
    const near = bottom(index) > view.top - MARGIN_PX && tops[index]! < view.top + view.height + MARGIN_PX;
    if (near || key === keep) shown.push({ index, top: tops[index]! });
  });

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const look = () => setView({ top: element.scrollTop, height: element.clientHeight });
    const size = new ResizeObserver(look);
    size.observe(element);
    element.addEventListener('scroll', look, { passive: true });
    return () => {
      size.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, []);

  const measure = useCallback((key: string): RefCallback<HTMLElement> => {
    observer.current ??= new ResizeObserver((entries) => {
      let changed = false;
      for (const { target } of entries) {
        const { offsetHeight, dataset } = target as HTMLElement;
        if (offsetHeight === 0 || heights.current.get(dataset['row'] ?? '') === offsetHeight) continue;
        heights.current.set(dataset['row'] ?? '', offsetHeight);
        changed = true;
      }
      if (changed) setMeasured((count) => count + 1);
    });
    let known = refs.current.get(key);
    if (!known) {
      known = (element) => {
        if (!element) return;
        element.dataset['row'] = key;
        observer.current?.observe(element);
        return () => {
          observer.current?.unobserve(element);
          refs.current.delete(key);
        };
      };
      refs.current.set(key, known);
    }
    return known;
  }, []);
  useEffect(() => () => observer.current?.disconnect(), []);

  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const held = anchor.current;
    const watched = element.scrollTop > 0 || element.matches(':hover, :focus-within');
    const at = held && watched ? (indexOf.get(held.key) ?? -1) : -1;
    if (held && at >= 0 && tops[at] !== held.top) element.scrollTop += tops[at]! - held.top;
    const first = tops.findIndex((_, index) => bottom(index) > element.scrollTop);
    anchor.current = first < 0 ? null : { key: keys[first]!, top: tops[first]! };
  });

  const spanOf = (key: string): [top: number, bottom: number] | undefined => {
    const index = indexOf.get(key);
    return index === undefined ? undefined : [tops[index]!, bottom(index)];
  };
  return {
    box,
    height,
    shown,
    measure,
    reveal: (key) => {
      const element = box.current;
      const span = spanOf(key);
      if (!element || !span) return;
      const [top, end] = span;
      if (top < element.scrollTop) element.scrollTop = top;
      else if (end > element.scrollTop + element.clientHeight) element.scrollTop = Math.min(top, end - element.clientHeight);
      setView({ top: element.scrollTop, height: element.clientHeight });
    },
    inSight: (key) => {
      const span = spanOf(key);
      return span !== undefined && span[1] > view.top && span[0] < view.top + view.height;
    },
  };
}
