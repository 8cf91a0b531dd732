/** A sign as the map draws it, for legends, cards and lists. */
import { useSyncExternalStore } from 'react';
import { PALETTES } from '../map/palette';
import { PICTURE_SHARE, PLATES, SIGNS } from '../map/signs';
import { currentTheme, onTheme, type Theme } from './theme';

/** `theme` for what does not look like the page, as paper does. */
export function SignPicture({ sign: name, theme: fixed }: { sign: string; theme?: Theme }) {
  const page = useSyncExternalStore(onTheme, currentTheme);
  const theme = fixed ?? page;
  const sign = SIGNS.get(name);
  if (!sign) return null;
  const { ground, edge, picture } = PALETTES[theme].sign[sign.tone];
  const share = PICTURE_SHARE[sign.plate];
  return (
    <svg viewBox="0 0 24 24" className="sign-picture" aria-hidden="true">
      <path d={PLATES[sign.plate]} fill={ground} stroke={edge} strokeWidth="1.4" />
      <path
        d={sign.picture}
        fill={picture}
        fillRule="evenodd"
        transform={`translate(${12 * (1 - share)} ${12 * (1 - share)}) scale(${share})`}
      />
    </svg>
  );
}
