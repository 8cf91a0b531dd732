/**
 * The browser's own print key prints the map's sheet: the page itself, cut over several sheets, is of use to nobody. Beside
 * the map it prints what is there, and over an open dialog it is the browser's: the sheet's own prints the sheet.
 */
import { useEffect, useRef } from 'react';
import { currentRoute } from '../../../ui/route';

export function usePrintKey(onPrint: () => void): void {
  const latest = useRef(onPrint);
  latest.current = onPrint;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'p' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
      if (currentRoute().page !== 'map' || document.querySelector('dialog:modal')) return;
      event.preventDefault();
      latest.current();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, []);
}
