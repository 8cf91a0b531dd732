/** The sign that an event has on the map: what it was. Quiet, since nobody is asked to act. */
export function eventMark(what: string): HTMLElement {
  const mark = document.createElement('div');
  mark.className = 'event-mark';
  mark.textContent = what;
  return mark;
}
