/** The map's images, drawn on a canvas from the signs' paths and the patterns: nothing is fetched, and a theme redraws them. */
import type { Map as MapLibre } from 'maplibre-gl';
import type { RiskLevel } from '../api/types';
import type { Palette } from './palette';
import { LEVELS, NUMERAL } from './style-parts';
import { levelBadge, pattern, patternName, PATTERN_RATIO, PATTERNS, type PatternImage } from './patterns';
import { PICTURE_SHARE, PLATES, SIGNS, type Sign } from './signs';

/** A sign's edge on the screen, CSS pixels, at its natural size. */
const SIGN_PX = 26;
/** Drawn finer than any screen shows it: the wall mode and print enlarge it. */
const SIGN_RATIO = 3;

function drawSign({ plate, tone, picture }: Sign, palette: Palette): ImageData {
  const edge = SIGN_PX * SIGN_RATIO;
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = edge;
  const pen = canvas.getContext('2d');
  if (!pen) throw new Error('the browser gives no 2D canvas');
  const colours = palette.sign[tone];
  pen.scale(edge / 24, edge / 24);
  const outline = new Path2D(PLATES[plate]);
  pen.fillStyle = colours.ground;
  pen.strokeStyle = colours.edge;
  pen.lineWidth = 1.4;
  pen.fill(outline);
  pen.stroke(outline);
  const share = PICTURE_SHARE[plate];
  pen.translate(12 * (1 - share), 12 * (1 - share));
  pen.scale(share, share);
  pen.fillStyle = colours.picture;
  pen.fill(new Path2D(picture), 'evenodd');
  return pen.getImageData(0, 0, edge, edge);
}

/** A plaque of 30 by 20: dark numerals on bright colours, light ones on dark, whichever is read better. */
function drawBadge(level: RiskLevel, palette: Palette): ImageData {
  const canvas = document.createElement('canvas');
  canvas.width = 30 * SIGN_RATIO;
  canvas.height = 20 * SIGN_RATIO;
  const pen = canvas.getContext('2d');
  if (!pen) throw new Error('the browser gives no 2D canvas');
  pen.scale(SIGN_RATIO, SIGN_RATIO);
  pen.fillStyle = palette.textHalo;
  pen.fillRect(0, 0, 30, 20);
  pen.fillStyle = palette.level[level];
  pen.fillRect(1, 1, 28, 18);
  pen.fillStyle = palette.onLevel[level];
  pen.font = '700 15px Georgia, "Times New Roman", "DejaVu Serif", serif';
  pen.textAlign = 'center';
  pen.textBaseline = 'middle';
  pen.fillText(NUMERAL[level], 15, 10.8);
  return pen.getImageData(0, 0, canvas.width, canvas.height);
}

function patternColour(name: (typeof PATTERNS)[number], palette: Palette): string {
  return name === 'closed' ? palette.plainZone : palette.level[name];
}

/** Puts every image on the map, or draws it again in other colours. */
export function putImages(map: MapLibre, palette: Palette): void {
  const put = (name: string, image: ImageData | PatternImage, pixelRatio: number) => {
    if (map.hasImage(name)) map.updateImage(name, image);
    else map.addImage(name, image, { pixelRatio });
  };
  for (const name of PATTERNS) put(patternName(name), pattern(name, patternColour(name, palette)), PATTERN_RATIO);
  for (const level of LEVELS) put(levelBadge(level), drawBadge(level, palette), SIGN_RATIO);
  for (const [name, sign] of SIGNS) put(name, drawSign(sign, palette), SIGN_RATIO);
}
