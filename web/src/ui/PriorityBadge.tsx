/** An alarm's priority as shape, text and colour: octagon, triangle, diamond, circle. */
import type { Priority } from '../api/types';
import { useI18n, type Key } from '../i18n';

const SHAPES: Record<Priority, string> = {
  1: '12,2 28,2 38,12 38,28 28,38 12,38 2,28 2,12',
  2: '20,1 39,38 1,38',
  3: '20,0 40,20 20,40 0,20',
  4: '',
};

export function PriorityShape({ priority }: { priority: Priority }) {
  return (
    <svg className={`shape shape-p${priority}`} viewBox="0 0 40 40" aria-hidden="true">
      {priority === 4 ? <circle cx="20" cy="20" r="18" /> : <polygon points={SHAPES[priority]} />}
      <text x="20" y={priority === 2 ? 33 : 27} textAnchor="middle">
        {priority}
      </text>
    </svg>
  );
}

export function PriorityBadge({ priority, flashing }: { priority: Priority; flashing: boolean }) {
  const { t } = useI18n();
  const name = `P${priority} ${t(`priority.${priority}` as Key)}`;
  return (
    <span className={flashing ? 'badge flashing' : 'badge'} title={name}>
      <PriorityShape priority={priority} />
      <span className="badge-text">{name}</span>
    </span>
  );
}
