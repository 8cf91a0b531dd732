/** The map as it is now, as one picture for paper: in light colours, finer than the screen, plates included. */
import type { Map as MapLibre } from 'maplibre-gl';
import type { Labels } from './labels';

export interface MapPicture {
  /** A blob of this page; whoever asked for it revokes it. */
  url: string;
  widthPx: number;
  heightPx: number;
  /** At the middle of the picture, in pixels of `widthPx`. */
  metresPerPx: number;
}

/** The library draws no canvas larger than this. */
const LARGEST_PX = 4_096;
const FINER = 3;
/** A map that does not come to rest is taken as it is. */
const PATIENCE_MS = 4_000;
const EQUATOR_M = 40_075_016.686;

/** Everything that was asked for is drawn, or patience has ended. */
export function rested(map: MapLibre): Promise<void> {
  return new Promise((resolve) => {
    const timer = window.setTimeout(resolve, PATIENCE_MS);
    void map.once('idle', () => {
      window.clearTimeout(timer);
      resolve();
    });
    map.triggerRepaint();
  });
}

export async function takePicture(map: MapLibre, labels: Labels): Promise<MapPicture> {
  const before = map.getPixelRatio();
  const { clientWidth, clientHeight } = map.getCanvas();
  map.setPixelRatio(Math.min(FINER, LARGEST_PX / Math.max(clientWidth, clientHeight)));
  try {
    await rested(map);
    const drawing = map.getCanvas();
    const paper = document.createElement('canvas');
    paper.width = drawing.width;
    paper.height = drawing.height;
    const pen = paper.getContext('2d');
    if (!pen) throw new Error('the browser gives no 2D canvas');
    // The card's picture is there only until the frame ends: it is drawn and copied in one step.
    map.redraw();
    pen.drawImage(drawing, 0, 0);
    pen.scale(drawing.width / clientWidth, drawing.height / clientHeight);
    labels.paint(pen);
    const blob = await new Promise<Blob | null>((resolve) => paper.toBlob(resolve, 'image/png'));
    if (!blob) throw new Error('the picture could not be packed');
    const latitude = (map.getCenter().lat * Math.PI) / 180;
    return {
      url: URL.createObjectURL(blob),
      widthPx: clientWidth,
      heightPx: clientHeight,
      metresPerPx: (EQUATOR_M * Math.cos(latitude)) / (512 * 2 ** map.getZoom()),
    };
  } finally {
    map.setPixelRatio(before);
  }
}

/** A round length for a scale bar that is at most so long: 1, 2 or 5 times a power of ten. */
export function roundLength(mostM: number): number {
  const power = 10 ** Math.floor(Math.log10(mostM));
  return [5, 2, 1].find((step) => step * power <= mostM)! * power;
}
