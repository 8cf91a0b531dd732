/**
 * One feature while it is edited: its steps, what is under the pen, and what the map shows of it. Plain TypeScript; the panel
 * reads pictures of it through `useSyncExternalStore`.
 */
import type { FeatureProperties } from '../../../api/types';
import { currentI18n } from '../../../i18n';
import type { ParkMap } from '../../../map/park-map';
import { PALETTES } from '../../../map/palette';
import { currentTheme, onTheme } from '../../../ui/theme';
import { crossings, strayHoles } from './crossing';
import { emptyDraft, sameDraft, type Base, type Draft } from './draft';
import type { Place } from './places';
import { Pen, type PenColours, type Stroke } from './pen';
import { placesOf, sizeOf, type Shape, type Size } from './shape';
import { sizeText } from './size-text';
import { Sketch, type Mark } from './sketch';
import { begin, redo, take, undo, type Steps } from './steps';

/** What the panel shows. */
export interface Picture {
  draft: Draft;
  base: Base | null;
  /** The draft that the base was read as; of a fresh feature the empty one. */
  origin: Draft;
  dirty: boolean;
  canUndo: boolean;
  canRedo: boolean;
  /** What is drawn or dragged at this moment; else `null`. */
  live: Shape | null;
  stroke: Stroke | null;
  /** Corners of the stroke were set. */
  drawing: boolean;
  size: Size | null;
  crossings: readonly Place[];
  /** Parts (from 0) with a hole that lies outside. */
  stray: readonly number[];
}

export interface Ground {
  park: ParkMap | null;
  /** Corners to snap to. */
  corners: () => readonly Place[];
}

function colours(): PenColours {
  const palette = PALETTES[currentTheme()];
  return { line: palette.selected, ground: palette.ground };
}

/** What was found out about a shape, so that typing a name does not look at every edge again. */
interface Checked extends Pick<Picture, 'size' | 'crossings' | 'stray'> {
  shape: Shape | null;
}

/** More crossings than this are no help. */
const MOST_CROSSINGS = 5;

function check(shape: Shape | null): Checked {
  const parts = shape?.kind === 'polygon' ? shape.parts : [];
  const places = parts.flatMap((rings) => crossings(rings, MOST_CROSSINGS)).slice(0, MOST_CROSSINGS);
  const size = shape && sizeOf(shape);
  // A ring that crosses itself has no area that means anything.
  if (places.length > 0) delete size?.area_m2;
  return {
    shape,
    size,
    crossings: places,
    stray: parts.flatMap((rings, part) => (strayHoles(rings).length ? [part] : [])),
  };
}

export class Session {
  readonly #ground: Ground;
  readonly #listeners = new Set<() => void>();
  readonly #sketch: Sketch | null;
  readonly #undoTheme: () => void;
  readonly #undoDraft: (() => void) | undefined;
  #pen: Pen | null = null;
  #steps: Steps<Draft>;
  #base: Base | null;
  #origin: Draft;
  #live: Shape | null = null;
  #stroke: Stroke | null = null;
  #drawing = false;
  #theirs: Shape | null = null;
  #marks: readonly Mark[] = [];
  #checked: Checked = check(null);
  #picture: Picture;

  constructor(ground: Ground, origin: Draft, base: Base | null, draft: Draft = origin) {
    this.#ground = ground;
    this.#origin = origin;
    this.#base = base;
    this.#steps = draft === origin ? begin(origin) : take(begin(origin), draft);
    this.#sketch = ground.park && new Sketch(ground.park);
    this.#picture = this.#look();
    ground.park?.use(() => {});
    const map = ground.park?.library;
    if (map?.getSource('zones')) this.#takePen();
    map?.on('style.load', this.#takePen);
    this.#undoTheme = onTheme(() => this.#pen?.recolour(colours()));
    this.#undoDraft = ground.park?.addDraft(() => this.#picture.dirty || this.#drawing);
    this.#changed();
  }

  destroy(): void {
    this.#undoTheme();
    this.#undoDraft?.();
    this.#ground.park?.library.off('style.load', this.#takePen);
    this.#dropPen();
    this.#sketch?.remove();
    this.#ground.park?.use(null);
    this.#listeners.clear();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly picture = (): Picture => this.#picture;

  /** Changes members. `about` joins what is typed in one field to one step. */
  change(members: Partial<FeatureProperties>, about: string | null = null): void {
    const draft = this.#steps.now;
    this.#take({ ...draft, properties: { ...draft.properties, ...members } }, about);
  }

  reshape(shape: Shape | null, about: string | null = null): void {
    this.#take({ ...this.#steps.now, shape }, about);
  }

  /** Another draft as a whole, as one step: a merge, an earlier revision. */
  replace(draft: Draft): void {
    this.#take(draft, null);
  }

  /** The server keeps another revision: what is changed is counted from there. */
  rebase(base: Base, origin: Draft): void {
    this.#base = base;
    this.#origin = origin;
    this.#changed();
  }

  /** The server keeps it no more: what stands here will be made anew. */
  startAfresh(): void {
    this.#base = null;
    this.#origin = emptyDraft(this.#steps.now.collection);
    this.#take({ ...this.#steps.now, id: null }, null);
  }

  undo(): void {
    if (this.#pen?.undoCorner()) return;
    this.#steps = undo(this.#steps);
    this.#changed();
  }

  redo(): void {
    if (this.#pen?.redoCorner()) return;
    this.#steps = redo(this.#steps);
    this.#changed();
  }

  draw(stroke: Stroke): void {
    if (!this.#pen) return;
    this.#stroke = stroke;
    this.#live = null;
    this.#pen.begin(stroke);
    this.#changed();
  }

  finishStroke(): void {
    this.#pen?.finish();
  }

  cancelStroke(): void {
    this.#stroke = null;
    this.#live = null;
    this.#pen?.cancel();
    this.#changed();
  }

  /** Takes hold of a ring of a polygon. */
  hold(id: string): void {
    this.#pen?.select(id);
  }

  /** Looks at all of it. */
  show(): void {
    const places = this.#steps.now.shape ? placesOf(this.#steps.now.shape) : [];
    if (places.length === 0) return;
    const [lons, lats] = [places.map(([lon]) => lon), places.map(([, lat]) => lat)];
    const least = (all: number[]) => all.reduce((a, b) => Math.min(a, b));
    const most = (all: number[]) => all.reduce((a, b) => Math.max(a, b));
    this.#ground.park?.show([least(lons), least(lats), most(lons), most(lats)]);
  }

  /** Somebody else's drawing beside this one; `null` takes it away. */
  compareWith(shape: Shape | null): void {
    this.#theirs = shape;
    this.#changed();
  }

  /** Marks on the map: vehicles, places of events. */
  mark(marks: readonly Mark[]): void {
    this.#marks = marks;
    this.#changed();
  }

  #take(draft: Draft, about: string | null): void {
    this.#steps = take(this.#steps, draft, about);
    this.#changed();
  }

  readonly #takePen = (): void => {
    const { park, corners } = this.#ground;
    if (!park) return;
    this.#dropPen();
    this.#stroke = this.#live = null;
    this.#drawing = false;
    this.#pen = new Pen(park.library, colours(), corners, {
      onLive: (shape) => {
        this.#live = shape;
        this.#changed();
      },
      onDone: (shape) => {
        this.#stroke = null;
        this.#live = null;
        this.reshape(shape);
      },
      onRest: () => {
        this.#live = null;
        this.#changed();
      },
      onStroke: (drawing) => {
        this.#drawing = drawing;
        this.#changed();
      },
    });
    this.#pen.show(this.#steps.now.shape);
  };

  #dropPen(): void {
    try {
      this.#pen?.destroy();
    } catch {
      // The graphics card was lost with everything that the pen had on the map.
    }
    this.#pen = null;
  }

  #changed(): void {
    this.#picture = this.#look();
    const { draft, live, stroke, size, crossings: places } = this.#picture;
    if (!stroke) this.#pen?.show(draft.shape);
    const shape = live ?? draft.shape;
    const level = draft.properties.level ?? null;
    this.#sketch?.show([
      ...(this.#theirs ? [{ shape: this.#theirs, level: null, look: 'theirs' as const }] : []),
      ...(shape ? [{ shape, level, look: 'mine' as const }] : []),
    ]);
    this.#sketch?.mark([...this.#marks, ...places.map((at): Mark => ({ at, look: 'crossing' }))]);
    this.#sketch?.say(live && size ? sizeText(size, currentI18n().t) : null);
    for (const listener of this.#listeners) listener();
  }

  #look(): Picture {
    const draft = this.#steps.now;
    const shape = this.#live ?? draft.shape;
    if (shape !== this.#checked.shape) this.#checked = check(shape);
    const { size, crossings: places, stray } = this.#checked;
    return {
      draft,
      base: this.#base,
      origin: this.#origin,
      dirty: !sameDraft(draft, this.#origin),
      canUndo: this.#drawing || this.#steps.past.length > 0,
      canRedo: this.#steps.future.length > 0,
      live: this.#live,
      stroke: this.#stroke,
      drawing: this.#drawing,
      size,
      crossings: places,
      stray,
    };
  }
}
