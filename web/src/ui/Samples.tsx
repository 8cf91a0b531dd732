/** What the map shows, drawn small: for the layer tree, legends, help and paper. */
import type { ReactNode } from 'react';
import type { RiskLevel } from '../api/types';
import { NUMERAL } from '../map/style';
import type { Leaf } from '../map/sort-of';
import { SIGNS } from '../map/signs';
import { SignPicture } from './SignPicture';
import type { Theme } from './theme';
import './samples.css';

/** States of a vehicle that every legend names. */
export const VEHICLE_STATES = ['moving', 'standing', 'quiet', 'alarm'] as const;

const SIGN_OF_GROUP: Record<string, string> = { hazards: 'hazard', resources: 'resource', targets: 'target' };

export function VehicleSample({ state }: { state: string }) {
  return (
    <svg viewBox="-12 -12 24 24" className={`sample-vehicle sample-${state}`} aria-hidden="true">
      {state === 'alarm' && <polygon points="-4.5,-11 4.5,-11 11,-4.5 11,4.5 4.5,11 -4.5,11 -11,4.5 -11,-4.5" />}
      {state === 'alarm' ? <path d="M0-7 5 6 0 3-5 6z" /> : null}
      {state === 'moving' && <path d="M0-10 7 8 0 4-7 8z" />}
      {state === 'standing' && <circle r="6" />}
      {state === 'square' && <rect x="-5.5" y="-5.5" width="11" height="11" />}
      {state === 'quiet' && <circle r="6" className="hollow" />}
      {state === 'silent' && <path d="M-2.5-5.8A6.3 6.3 0 1 0 2.5-5.8" className="hollow" />}
    </svg>
  );
}

function ClassSample({ name }: { name: string }) {
  return (
    <svg viewBox="-12 -12 24 24" className={`sample-vehicle sample-class-${name}`} aria-hidden="true">
      <path d="M0-11 8 9 0 5-8 9z" />
      {name === 'hazmat' && <path d="M0-3.5 3.5 0 0 3.5-3.5 0z" className="mark" />}
      {name === 'goods' && <path d="M-3.5-1.2h7v2.4h-7z" className="mark" />}
      {name === 'emergency' && <path d="M-1.3-3.8h2.6v2.5h2.5v2.6h-2.5v2.5h-2.6v-2.5h-2.5v-2.6h2.5z" className="mark" />}
    </svg>
  );
}

function Line({ name }: { name: string }) {
  return <span className={`sample-line sample-${name}`} aria-hidden="true" />;
}

export function LeafSample({ leaf, theme }: { leaf: Leaf; theme?: Theme }) {
  const fixed = theme && { theme };
  const [group = '', name = ''] = leaf.split('.');
  const sign = `${SIGN_OF_GROUP[group]}-${name}`;
  if (SIGNS.has(sign)) return <SignPicture sign={sign} {...fixed} />;
  if (group === 'zones') {
    return (
      <span className={`level-swatch level-${name}`} aria-hidden="true">
        {NUMERAL[name as RiskLevel] ?? ''}
      </span>
    );
  }
  if (leaf === 'access.gates') return <SignPicture sign="gate-main-open" {...fixed} />;
  if (group === 'vehicles') {
    return ['moving', 'standing', 'quiet'].includes(name) ? <VehicleSample state={name} /> : <ClassSample name={name} />;
  }
  return <Line name={name} />;
}

/** The marks of an evidence on the map, as its legend and help name them. */
export const EVIDENCE_MARKS = ['fix', 'circle', 'step', 'inside', 'crossing', 'zone', 'today'] as const;
export type EvidenceMark = (typeof EVIDENCE_MARKS)[number];

export function EvidenceSample({ mark }: { mark: EvidenceMark }) {
  return <span className={`evidence-sample evidence-sample-${mark}`} aria-hidden="true" />;
}

/** What a playback draws on the map and on its line of time. */
export const PAST_MARKS = ['known', 'held', 'way', 'gap', 'stop', 'event', 'alarm'] as const;
export type PastMark = (typeof PAST_MARKS)[number];

const PAST_PICTURES: Record<PastMark, ReactNode> = {
  known: <path d="M14 2 20 20 14 16 8 20z" />,
  held: <path className="past-held" d="M14 2 20 20 14 16 8 20z" />,
  way: <path className="past-line" d="M0 14 12 10 28 12" />,
  gap: <path className="past-gap" d="M0 12H28" />,
  stop: <circle className="past-stop" cx="14" cy="12" r="6" />,
  event: <path d="M12.5 5h3v14h-3z" />,
  alarm: <path className="past-alarm" d="M14 5 22 19H6z" />,
};

export function PastSample({ mark }: { mark: PastMark }) {
  return (
    <svg viewBox="0 0 28 24" className="past-sample" aria-hidden="true">
      {PAST_PICTURES[mark]}
    </svg>
  );
}
