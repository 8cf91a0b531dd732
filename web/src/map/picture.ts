/**
 * The map as it is now, as one picture for paper. For a moment the map takes on the size that the paper has: names and signs
 * come out as large as print wants them, and all that was in view stays in view.
 */
import type { Map as MapLibre } from 'maplibre-gl';
import type { Labels } from './labels';

export interface MapPicture {
  /** A blob of this page; whoever asked for it revokes it. */
  url: string;
  widthPx: number;
  heightPx: number;
  /** At the middle of the picture, in pixels of `widthPx`. */
  metresPerPx: number;
  /** Something on it is drawn and kept nowhere yet. */
  unsaved: boolean;
}

/** The room on the paper, CSS pixels: a text of 14 of them is as large as on a sheet of so many. */
export interface PictureSize {
  widthPx: number;
  heightPx: number;
}

/** The library draws no canvas larger than this. */
const LARGEST_PX = 4_096;
const FINER = 3;
/** A map that does not come to rest, however slow the desk, is taken as it is. */
const PATIENCE_MS = 30_000;
const EQUATOR_M = 40_075_016.686;

/** Everything that was asked for is drawn, or patience has ended. */
function rested(map: MapLibre): Promise<void> {
  return new Promise((resolve) => {
    const timer = window.setTimeout(resolve, PATIENCE_MS);
    void map.once('idle', () => {
      window.clearTimeout(timer);
      resolve();
    });
    map.triggerRepaint();
  });
}

/** Gives the map another size, and answers how to give it its own again. */
function resized(map: MapLibre, { widthPx, heightPx }: PictureSize): () => void {
  const { style, clientWidth, clientHeight } = map.getContainer();
  const before = { cssText: style.cssText, zoom: map.getZoom(), center: map.getCenter(), ratio: map.getPixelRatio() };
  style.cssText = `right: auto; bottom: auto; width: ${widthPx}px; height: ${heightPx}px`;
  map.setPixelRatio(Math.min(FINER, LARGEST_PX / Math.max(widthPx, heightPx)));
  map.resize();
  const zoom = before.zoom + Math.log2(Math.min(widthPx / clientWidth, heightPx / clientHeight));
  map.jumpTo({ center: before.center, zoom });
  return () => {
    style.cssText = before.cssText;
    map.setPixelRatio(before.ratio);
    map.resize();
    map.jumpTo({ center: before.center, zoom: before.zoom });
  };
}

export async function takePicture(map: MapLibre, labels: Labels, size: PictureSize): Promise<Omit<MapPicture, 'unsaved'>> {
  const restore = resized(map, size);
  try {
    await rested(map);
    labels.choose();
    const drawing = map.getCanvas();
    const paper = document.createElement('canvas');
    paper.width = drawing.width;
    paper.height = drawing.height;
    const pen = paper.getContext('2d');
    if (!pen) throw new Error('the browser gives no 2D canvas');
    // The card's picture is there only until the frame ends: it is drawn and copied in one step.
    map.redraw();
    pen.drawImage(drawing, 0, 0);
    pen.scale(drawing.width / size.widthPx, drawing.height / size.heightPx);
    labels.paint(pen);
    const blob = await new Promise<Blob | null>((resolve) => paper.toBlob(resolve, 'image/png'));
    if (!blob) throw new Error('the picture could not be packed');
    const latitude = (map.getCenter().lat * Math.PI) / 180;
    return {
      url: URL.createObjectURL(blob),
      ...size,
      metresPerPx: (EQUATOR_M * Math.cos(latitude)) / (512 * 2 ** map.getZoom()),
    };
  } finally {
    restore();
  }
}

/** A round length for a scale bar that is at most so long: 1, 2 or 5 times a power of ten. */
export function roundLength(mostM: number): number {
  const power = 10 ** Math.floor(Math.log10(mostM));
  return [5, 2, 1].find((step) => step * power <= mostM)! * power;
}
