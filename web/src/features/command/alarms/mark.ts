/** The sign that an alarm has on the map. Its place is told by the map; the list tells the rest. */
import type { Alarm } from '../../../api/types';

export function alarmMark({ priority }: Pick<Alarm, 'priority'>): HTMLElement {
  const mark = document.createElement('div');
  mark.className = `alarm-mark alarm-mark-p${priority}`;
  mark.textContent = `P${priority}`;
  return mark;
}
