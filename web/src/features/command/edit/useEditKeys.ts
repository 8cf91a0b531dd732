/** Keys of the editor, before the screen's own hear them: undo, redo, and those of a stroke that is under way. */
import { useEffect, useRef } from 'react';
import { currentRoute } from '../../../ui/route';

export interface EditKeys {
  /** A stroke is under way: Enter ends it, Backspace takes a corner back, and neither is for anybody else. */
  drawing: boolean;
  onUndo: () => void;
  onRedo: () => void;
}

/** Whether a key pressed there is meant for the editor: in its panel, on the map, or nowhere in particular. */
function meant(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return true;
  return target === document.body || target.closest('.editor, .map') !== null;
}

function onMap(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('.map') !== null;
}

export function useEditKeys(keys: EditKeys): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (!meant(event.target) || event.isComposing) return;
      if (currentRoute().page !== 'map' || document.querySelector('dialog:modal')) return;
      const command = event.ctrlKey || event.metaKey;
      const key = event.key.toLowerCase();
      if (command && !event.altKey && key === 'z') (event.shiftKey ? latest.current.onRedo : latest.current.onUndo)();
      else if (command && !event.altKey && key === 'y') latest.current.onRedo();
      else if (latest.current.drawing && onMap(event.target)) {
        if (event.key === 'Backspace') latest.current.onUndo();
        else if (event.key !== 'Enter' && event.key !== ' ') return;
      } else return;
      event.preventDefault();
      event.stopPropagation();
    };
    document.addEventListener('keydown', press, { capture: true });
    return () => document.removeEventListener('keydown', press, { capture: true });
  }, []);
}
