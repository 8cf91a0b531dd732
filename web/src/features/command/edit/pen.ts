/**
 * Drawing and dragging with the pointer: Terra Draw as the hand, our shapes as what comes of it. Each ring is a feature of its
 * own there, for it knows neither holes nor several parts; circles and sectors are held by handles.
 */
import type { Map as MapLibre } from 'maplibre-gl';
import {
  TerraDraw,
  TerraDrawCircleMode,
  TerraDrawLineStringMode,
  TerraDrawModeUndoRedo,
  TerraDrawPointMode,
  TerraDrawPolygonMode,
  TerraDrawSectorMode,
  TerraDrawSelectMode,
  type GeoJSONStoreFeatures,
  type HexColor,
  type TerraDrawMouseEvent,
} from 'terra-draw';
import { TerraDrawMapLibreGLAdapter } from 'terra-draw-maplibre-gl-adapter';
import { snapped, type Place } from './places';
import type { Shape } from './shape';
import { bonesOf, circleOf, dragged, sectorOf, withRing, type Bone } from './skeleton';
import { nearestCorner } from './snap';

/** What is drawn next. A hole is cut into `part`. */
export type Stroke =
  | { tool: 'polygon' | 'part' | 'circle' | 'sector' | 'line' | 'point' }
  | { tool: 'hole'; part: number }
  | { tool: 'corridor'; width_m: number };

export interface PenEvents {
  /** While something is drawn or dragged. */
  onLive: (shape: Shape) => void;
  /** A stroke or a drag has ended. */
  onDone: (shape: Shape) => void;
  /** The stroke was given up or a drag ended where it began. */
  onRest: () => void;
  /** Whether a stroke is under way: corners were set and it is not finished. */
  onStroke: (drawing: boolean) => void;
}

export interface PenColours {
  line: string;
  ground: string;
}

/** Terra Draw's modes, by the bones that they make and hold. */
const MODE: Record<Stroke['tool'], string> = {
  polygon: 'ring',
  part: 'ring',
  hole: 'ring',
  circle: 'circle',
  sector: 'sector',
  corridor: 'line',
  line: 'line',
  point: 'spot',
};
const KEYS = { cancel: null, finish: 'Enter' } as const;

export class Pen {
  readonly #map: MapLibre;
  readonly #events: PenEvents;
  readonly #corners: () => readonly Place[];
  readonly #draw: TerraDraw;
  #shape: Shape | null = null;
  #stroke: Stroke | null = null;
  #drawing = false;
  /** Features come and go by our own hand: nobody is drawing. */
  #quiet = false;
  #serial = 0;

  constructor(map: MapLibre, colours: PenColours, corners: () => readonly Place[], events: PenEvents) {
    this.#map = map;
    this.#events = events;
    this.#corners = corners;
    this.#draw = new TerraDraw({
      adapter: new TerraDrawMapLibreGLAdapter({ map, prefixId: 'pen' }),
      idStrategy: { isValidId: () => true, getId: () => `stroke-${(this.#serial += 1)}` },
      undoRedo: { modeLevel: new TerraDrawModeUndoRedo() },
      modes: this.#modes(colours),
    });
    this.#draw.on('change', (ids, type) => this.#changed(ids.map(String), type));
    this.#draw.on('finish', (id, { action }) => this.#finished(String(id), action));
    this.#draw.start();
    this.#draw.setMode('select');
  }

  destroy(): void {
    this.#quiet = true;
    this.#draw.stop();
    this.#map.getCanvas().style.cursor = '';
  }

  /** Whether a stroke is under way. */
  get drawing(): boolean {
    return this.#drawing;
  }

  recolour(colours: PenColours): void {
    for (const mode of this.#modes(colours)) {
      this.#draw.updateModeOptions(mode.mode as never, { styles: mode.styles } as never);
    }
  }

  /** Puts a shape under the hand; the one ring or line that can be meant is taken at once. */
  show(shape: Shape | null): void {
    if (shape === this.#shape && this.#stroke === null) return;
    this.#stroke = null;
    this.#shape = shape;
    this.#lay(shape ? bonesOf(shape) : []);
  }

  /** Takes hold of a ring, so that its corners can be dragged. */
  select(id: string): void {
    if (this.#draw.hasFeature(id)) this.#draw.selectFeature(id);
  }

  /** Begins a stroke. What stands is left in sight. */
  begin(stroke: Stroke): void {
    this.#quietly(() => {
      this.#draw.setMode('select');
      this.#draw.clear();
      this.#draw.setMode(MODE[stroke.tool]);
    });
    this.#stroke = stroke;
    this.#noteDrawing(false);
    this.#map.getCanvas().focus();
  }

  /** Ends the stroke as the Enter key does. */
  finish(): void {
    this.#map.getCanvas().dispatchEvent(new KeyboardEvent('keyup', { key: 'Enter', bubbles: false }));
  }

  /** Gives the stroke up. */
  cancel(): void {
    this.#stroke = null;
    this.#noteDrawing(false);
    const shape = this.#shape;
    this.#lay(shape ? bonesOf(shape) : []);
    this.#events.onRest();
  }

  /** Takes the last corner of the stroke back; `false` when there is none. */
  undoCorner(): boolean {
    if (!this.#drawing || !this.#draw.canUndo()) return false;
    this.#draw.undo();
    if (this.#draw.getModeState() !== 'drawing') {
      this.#noteDrawing(false);
      this.#events.onRest();
    }
    return true;
  }

  redoCorner(): boolean {
    if (this.#stroke === null || !this.#draw.canRedo()) return false;
    this.#draw.redo();
    return true;
  }

  #noteDrawing(drawing: boolean): void {
    if (drawing === this.#drawing) return;
    this.#drawing = drawing;
    this.#events.onStroke(drawing);
  }

  #quietly(work: () => void): void {
    this.#quiet = true;
    try {
      work();
    } finally {
      this.#quiet = false;
    }
  }

  #lay(bones: readonly Bone[]): void {
    this.#quietly(() => {
      const held = this.#draw.getSnapshot().find(({ properties }) => properties['selected'] === true);
      this.#draw.setMode('select');
      this.#draw.clear();
      this.#draw.addFeatures(bones.map(featureOf));
      const holdable = bones.filter(({ mode }) => mode !== 'spot');
      const taken =
        holdable.find(({ id }) => id === String(held?.id)) ?? (holdable.length === 1 ? holdable[0] : undefined);
      if (taken) this.#draw.selectFeature(taken.id);
    });
  }

  #changed(ids: readonly string[], type: string): void {
    if (this.#quiet || type === 'delete') return;
    if (this.#stroke) {
      this.#noteDrawing(this.#draw.getModeState() === 'drawing');
      const drawn = this.#draw.getSnapshot().find(({ properties }) => properties['mode'] === MODE[this.#stroke!.tool]);
      const shape = drawn && this.#strokeShape(drawn);
      if (shape) this.#events.onLive(shape);
      return;
    }
    const shape = type === 'update' ? this.#draggedTo(ids) : null;
    if (shape) this.#events.onLive(shape);
  }

  #draggedTo(ids: readonly string[]): Shape | null {
    if (!this.#shape) return null;
    const known = new Set(bonesOf(this.#shape).map(({ id }) => id));
    const id = ids.find((one) => known.has(one));
    const feature = id === undefined ? undefined : this.#draw.getSnapshotFeature(id);
    if (id === undefined || !feature) return null;
    return dragged(this.#shape, id, placesOf(feature));
  }

  #finished(id: string, action: string): void {
    if (this.#quiet) return;
    const feature = this.#draw.getSnapshotFeature(id);
    const shape = action === 'draw' ? feature && this.#strokeShape(feature) : this.#draggedTo([id]);
    // Terra Draw is still busy with this very feature: what it holds is replaced afterwards.
    queueMicrotask(() => {
      if (!shape) {
        this.#events.onRest();
        return;
      }
      this.#stroke = null;
      this.#noteDrawing(false);
      this.#shape = shape;
      this.#lay(bonesOf(shape));
      this.#events.onDone(shape);
    });
  }

  /** What the stroke has made so far; `null` while it is too short to be anything. */
  #strokeShape(feature: GeoJSONStoreFeatures): Shape | null {
    const stroke = this.#stroke;
    const places = placesOf(feature);
    if (!stroke) return null;
    switch (stroke.tool) {
      case 'polygon':
      case 'part':
        return places.length < 4 ? null : withRing(this.#shape, stroke.tool, 0, places);
      case 'hole':
        return places.length < 4 ? null : withRing(this.#shape, 'hole', stroke.part, places);
      case 'circle':
        return places.length < 4 ? null : { kind: 'circle', ...circleOf(places) };
      case 'sector':
        return sectorOf(places);
      case 'corridor':
        return places.length < 2 ? null : { kind: 'corridor', line: places.map(snapped), width_m: stroke.width_m };
      case 'line':
        return places.length < 2 ? null : { kind: 'line', line: places.map(snapped) };
      case 'point':
        return places[0] ? { kind: 'point', at: snapped(places[0]) } : null;
    }
  }

  #modes({ line, ground }: PenColours) {
    const [ink, paper] = [line as HexColor, ground as HexColor];
    const toCustom = (event: TerraDrawMouseEvent) =>
      nearestCorner(
        this.#corners(),
        event,
        (lon, lat) => this.#map.project([lon, lat]),
        (x, y) => this.#map.unproject([x, y]),
      );
    const snapping = { toCoordinate: true, toCustom };
    const corners = { draggable: true, deletable: true, midpoints: true, snappable: snapping };
    const dots = { closingPointColor: ink, closingPointOutlineColor: paper, snappingPointColor: ink };
    const area = { fillColor: ink, fillOpacity: 0, outlineColor: ink, outlineWidth: 2 };
    const stroke = { lineStringColor: ink, lineStringWidth: 2 };
    return [
      new TerraDrawPolygonMode({ modeName: 'ring', keyEvents: KEYS, snapping, styles: { ...area, ...dots } }),
      new TerraDrawLineStringMode({ modeName: 'line', keyEvents: KEYS, snapping, styles: { ...stroke, ...dots } }),
      new TerraDrawLineStringMode({
        modeName: 'handle',
        keyEvents: null,
        styles: { ...stroke, lineStringDash: [4, 3] },
      }),
      new TerraDrawCircleMode({ modeName: 'circle', keyEvents: KEYS, styles: area }),
      new TerraDrawSectorMode({ modeName: 'sector', keyEvents: KEYS, styles: area }),
      new TerraDrawPointMode({
        modeName: 'spot',
        styles: { pointColor: ink, pointWidth: 8, pointOutlineColor: paper, pointOutlineWidth: 2 },
      }),
      new TerraDrawSelectMode({
        keyEvents: null,
        allowManualDeselection: false,
        flags: {
          ring: { feature: { draggable: true, selfIntersectable: true, coordinates: corners } },
          line: { feature: { draggable: true, selfIntersectable: true, coordinates: corners } },
          handle: { feature: { draggable: true, selfIntersectable: true, coordinates: { draggable: true } } },
          spot: { feature: { draggable: true } },
        },
        styles: {
          selectedPolygonColor: ink,
          selectedPolygonFillOpacity: 0,
          selectedPolygonOutlineColor: ink,
          selectedPolygonOutlineWidth: 3,
          selectedLineStringColor: ink,
          selectedLineStringWidth: 3,
          selectionPointColor: paper,
          selectionPointWidth: 6,
          selectionPointOutlineColor: ink,
          selectionPointOutlineWidth: 3,
          midPointColor: ink,
          midPointWidth: 4,
          midPointOutlineColor: paper,
          midPointOutlineWidth: 2,
          selectedPointColor: ink,
          selectedPointWidth: 10,
          selectedPointOutlineColor: paper,
          selectedPointOutlineWidth: 3,
        },
      }),
    ];
  }
}

function featureOf({ id, mode, places }: Bone): GeoJSONStoreFeatures {
  const geometry =
    mode === 'ring'
      ? { type: 'Polygon' as const, coordinates: [places] }
      : mode === 'spot'
        ? { type: 'Point' as const, coordinates: places[0]! }
        : { type: 'LineString' as const, coordinates: places };
  return { type: 'Feature', id, geometry, properties: { mode } };
}

function placesOf({ geometry }: GeoJSONStoreFeatures): Place[] {
  if (geometry.type === 'Point') return [geometry.coordinates as Place];
  return (geometry.type === 'Polygon' ? geometry.coordinates[0]! : geometry.coordinates) as Place[];
}
