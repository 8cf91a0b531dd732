/**
 * The one map object: what people edit as ordinary layers, vehicles as a layer of their own, both fed by the site.
 *
 * Plain TypeScript; React only gives it a box to live in. It must never fetch anything from outside: the worker, the
 * style and the patterns all come from this origin.
 */
import { Map as MapLibre, Marker, ScaleControl, setWorkerUrl, type GeoJSONSource } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import 'maplibre-gl/dist/maplibre-gl.css';
import { onLanguage } from '../i18n';
import type { LiveFrame } from '../live/frame';
import type { Site } from '../live/site';
import { measured } from '../live/work';
import { currentTheme, onTheme } from '../ui/theme';
import { cellData } from './cells';
import type { Extent } from './extent';
import { FeatureSources } from './feature-sources';
import { firstExtent, PROVINCE, recall, remember, type Resting } from './first-view';
import { Labels } from './labels';
import { lonOf, latOf } from './mercator';
import { Overlay, type OverlayParts } from './overlay';
import { PALETTES, type Palette } from './palette';
import { candidates, type Choice } from './pick';
import { maskOf, type VehicleMask } from './vehicle-look';
import { takePicture, type MapPicture, type PictureSize } from './picture';
import { Looks } from './looks';
import { style } from './style';
import { VehicleLayer, VEHICLE_LAYER } from './vehicle-layer';
import { ViewTeller } from './view-teller';
import { hiddenVehicles, type Visibility } from './visibility';

setWorkerUrl(workerUrl);

/** What shows the vehicles of now. */
const LIVE_LAYERS = [VEHICLE_LAYER, 'cells-alarm', 'cells-circle', 'cells-count'] as const;

export type { Choice };

/** A tool that takes the map's clicks while it is in use: measuring, drawing. Answers nothing: the click is its own. */
export type ClickTool = (lon: number, lat: number) => void;

/** What lay under a click, the likeliest first, and where it was, CSS pixels from the map's corner. */
export interface Several {
  x: number;
  y: number;
  choices: readonly NonNullable<Choice>[];
}

export interface ParkMapEvents {
  onChoice: (choice: Choice) => void;
  /** Several things lay under a click; the first of them was chosen. `null` when there is nothing to choose from. */
  onSeveral: (several: Several | null) => void;
  /** The person moved the map by hand: following ends. */
  onMovedByHand: () => void;
}

export interface ParkMapInput {
  site: Site;
  /** Whose view is remembered. */
  person: string;
  visibility: Visibility;
  /** What a screen reader calls the map. */
  title: string;
}

export class ParkMap {
  readonly #site: Site;
  readonly #person: string;
  readonly #events: ParkMapEvents;
  readonly #map: MapLibre;
  readonly #labels: Labels;
  readonly #looks: Looks;
  readonly #view: ViewTeller;
  readonly #overlays = new Set<Overlay>();
  readonly #drafts = new Set<() => boolean>();
  readonly #visibility: Visibility;
  readonly #sources: FeatureSources;
  readonly #undo: (() => void)[];
  #tool: ClickTool | null = null;
  #mask: VehicleMask;
  /** `false` before the style stands and while the graphics card is lost: there is nothing to draw on. */
  #dressed = false;
  #chosen: number | null = null;
  #following: number | null = null;
  #alarmMarker: Marker | undefined;
  /** A picture is being taken: nothing glides. */
  #posing = false;
  #liveHidden = false;
  /** The map rests on something: what the person left, what there is to see, or where they moved it. */
  #looked = false;
  /** The person chose where to look, so that it is remembered. */
  #byPerson = false;

  constructor(container: HTMLElement, { site, person, visibility, title }: ParkMapInput, events: ParkMapEvents) {
    this.#site = site;
    this.#person = person;
    this.#visibility = visibility;
    this.#mask = maskOf((name) => visibility.shows(`vehicles.${name}`));
    this.#events = events;
    const palette = PALETTES[currentTheme()];
    const left = recall(person);
    this.#map = new MapLibre({
      container,
      style: style({ palette, scale: 1 }),
      ...(left ? { center: [left.lon, left.lat] as [number, number], zoom: left.zoom } : { bounds: PROVINCE }),
      maxZoom: 20,
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      maxPitch: 0,
      fadeDuration: 0,
      locale: { 'Map.Title': title },
    });
    this.#map.touchZoomRotate.disableRotation();
    this.#map.keyboard.disableRotation();
    this.#map.addControl(new ScaleControl({ unit: 'metric' }), 'bottom-left');
    this.#looks = new Looks(this.#map, palette);
    this.#view = new ViewTeller(this.#map, (view) => site.setView(view), () => hiddenVehicles(visibility));
    this.#sources = new FeatureSources(this.#map, site, visibility);
    this.#labels = new Labels(this.#map, {
      fleet: site.fleet,
      mask: () => this.#mask,
      serverNow: () => site.clock.now(),
      plate: (key) => site.directory.byKey(key)?.plate ?? undefined,
      chosen: () => this.#chosen,
    });
    this.#map.on('style.load', () => this.#dress());
    this.#map.on('webglcontextlost', () => {
      this.#dressed = this.#sources.dressed = this.#looks.dressed = false;
    });
    this.#map.on('moveend', () => {
      this.#labels.choose();
      this.#tellView();
      this.#remember();
    });
    this.#map.on('move', (move) => {
      if (!('originalEvent' in move) || !move.originalEvent) return;
      this.#looked = this.#byPerson = true;
      this.#events.onMovedByHand();
    });
    this.#map.on('render', () => measured('labels', () => this.#labels.place()));
    // Whoever looks from outside can tell a map that is drawn from one that is not.
    const drawn = (is: boolean) => {
      if (container.dataset['idle'] !== String(is)) container.dataset['idle'] = String(is);
    };
    this.#map.on('render', () => drawn(false));
    this.#map.on('idle', () => drawn(this.#looked));
    this.#map.on('click', (click) => {
      if (this.#tool) this.#tool(click.lngLat.lng, click.lngLat.lat);
      else this.#click(click.point.x, click.point.y);
    });
    this.#undo = [
      onTheme(this.#recolour),
      onLanguage(() => this.#sources.showAll()),
      visibility.subscribe(this.#switched),
    ];
    this.#listen();
    if (left) {
      this.#looked = true;
      this.#tellView();
    }
  }

  destroy(): void {
    for (const undo of this.#undo) undo();
    this.#sources.stop();
    this.#view.stop();
    this.#site.onFleet = () => {};
    this.#site.onFeatures = () => {};
    this.#site.onCells = () => {};
    this.#map.remove();
  }

  /** Shows what is chosen; the caller holds the choice. */
  choose(choice: Choice): void {
    this.#chosen = choice?.kind === 'vehicle' ? choice.key : null;
    this.#sources.choose(choice?.kind === 'feature' ? choice : null);
    this.#labels.choose();
    this.repaint();
  }

  /** Makes signs, names and vehicles larger: a wall is seen from further away than a desk. */
  enlarge(scale: number): void {
    if (this.#looks.scale === scale) return;
    this.#looks.enlarge(scale);
    this.#labels.enlarge(scale);
    this.repaint();
  }

  follow(key: number | null): void {
    this.#following = key;
    this.#keepUp();
  }

  /** The connection came or went: vehicles fade while what is shown is old. */
  repaint(): void {
    if (this.#dressed && !this.#posing) this.#map.triggerRepaint();
  }

  flyTo(lon: number, lat: number, mark?: HTMLElement, coveredLeft = 0): void {
    this.#looked = this.#byPerson = true;
    this.#mark(lon, lat, mark);
    const fits = this.#map.getContainer().clientWidth > 2 * coveredLeft;
    this.#map.easeTo({
      center: [lon, lat],
      zoom: Math.max(this.#map.getZoom(), 15.5),
      duration: this.#motionMs(),
      offset: [fits ? coveredLeft / 2 : 0, 0],
    });
  }

  /** Where the map rests. */
  resting(): Resting {
    const { lng, lat } = this.#map.getCenter();
    return { lon: lng, lat, zoom: this.#map.getZoom() };
  }

  /** What is in sight: west, south, east, north, degrees. */
  shown(): Extent {
    const bounds = this.#map.getBounds();
    return [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
  }

  /** Goes where a saved view or a pasted link says. */
  restAt({ lon, lat, zoom }: Resting): void {
    this.#looked = this.#byPerson = true;
    this.#map.easeTo({ center: [lon, lat], zoom, duration: this.#motionMs() });
  }

  /** Starts where the address says: at once, since a glide would be cut short while the page still finds its size. */
  startAt({ lon, lat, zoom }: Resting): void {
    this.#looked = this.#byPerson = true;
    this.#map.jumpTo({ center: [lon, lat], zoom });
  }

  clearMark(): void {
    this.#alarmMarker?.remove();
    this.#alarmMarker = undefined;
  }

  /** The whole park again, or what there is instead. */
  fit(): void {
    this.#looked = this.#byPerson = true;
    this.#fitTo(firstExtent(this.#site) ?? PROVINCE, this.#motionMs());
  }

  zoomBy(levels: number): void {
    this.#looked = this.#byPerson = true;
    this.#map.zoomTo(this.#map.getZoom() + levels, { duration: this.#motionMs() });
  }

  /** Draws something over the map until it is removed. */
  overlay(parts: OverlayParts): Overlay {
    const overlay = new Overlay(parts, {
      map: this.#map,
      palette: () => this.#looks.palette,
      dressed: () => this.#dressed,
      below: VEHICLE_LAYER,
      onRemove: (gone) => this.#overlays.delete(gone),
    });
    this.#overlays.add(overlay);
    return overlay;
  }

  /** Something is drawn that is kept nowhere while `isUnsaved` says so: paper must not show it as what is. Answers how to end it. */
  addDraft(isUnsaved: () => boolean): () => void {
    this.#drafts.add(isUnsaved);
    return () => this.#drafts.delete(isUnsaved);
  }

  /** A click in the middle of the map, where a cross shows while the map has the focus: for those who use no pointer. */
  pickMiddle(): void {
    const { clientWidth, clientHeight } = this.#map.getCanvas();
    const at = this.#map.unproject([clientWidth / 2, clientHeight / 2]);
    if (this.#tool) this.#tool(at.lng, at.lat);
    else this.#click(clientWidth / 2, clientHeight / 2);
  }

  /** Gives all clicks to a tool; `null` gives them back to choosing. */
  use(tool: ClickTool | null): void {
    this.#tool = tool;
    this.#map.getCanvas().style.cursor = tool ? 'crosshair' : '';
  }

  /** Shows a box of the map, degrees, beside what covers the map's left side (pixels), and no closer than `maxZoom`. */
  show(extent: Extent, { coveredLeft = 0, maxZoom = 17 } = {}): void {
    this.#looked = this.#byPerson = true;
    this.#fitTo(extent, this.#motionMs(), coveredLeft, maxZoom);
  }

  /** The map as it is now for paper: in light colours, and still while it is drawn. One at a time. */
  async picture(size: PictureSize): Promise<MapPicture> {
    const { scale } = this.#looks;
    this.#posing = true;
    this.enlarge(1);
    if (currentTheme() !== 'light') this.#colour(PALETTES.light);
    try {
      const taken = await takePicture(this.#map, this.#labels, size);
      return { ...taken, unsaved: [...this.#drafts].some((isUnsaved) => isUnsaved()) };
    } finally {
      this.#posing = false;
      if (currentTheme() !== 'light') this.#colour(PALETTES[currentTheme()]);
      this.enlarge(scale);
      this.#labels.choose();
      this.repaint();
    }
  }

  /** Takes the vehicles of now off the map while another time is shown: they are neither seen nor chosen. */
  hideLive(hidden: boolean): void {
    this.#liveHidden = hidden;
    this.#map.getContainer().classList.toggle('map-past', hidden);
    this.#showLive();
  }

  /** The library's map, for tools that need more than is offered here. Layers of the style are not theirs to change. */
  get library(): MapLibre {
    return this.#map;
  }

  /** The style stands, for the first time or again after the graphics card was lost. */
  #dress(): void {
    this.#dressed = this.#sources.dressed = true;
    this.#looks.dress();
    const vehicles = new VehicleLayer({
      fleet: this.#site.fleet,
      serverNow: () => this.#site.clock.now(),
      palette: () => this.#looks.palette,
      chosen: () => this.#chosen,
      mask: () => this.#mask,
      scale: () => this.#looks.scale,
      still: () => this.#posing,
      current: () => this.#site.picture().connection === 'live',
    });
    this.#map.addLayer(vehicles);
    this.#sources.showAll();
    this.#firstLook();
    for (const overlay of this.#overlays) overlay.draw();
    this.#showLive();
  }

  #showLive(): void {
    if (!this.#dressed) return;
    for (const layer of LIVE_LAYERS) {
      if (this.#map.getLayer(layer)) {
        this.#map.setLayoutProperty(layer, 'visibility', this.#liveHidden ? 'none' : 'visible');
      }
    }
  }

  #listen(): void {
    this.#site.onFeatures = (collection) => {
      this.#sources.show(collection);
      this.#firstLook();
    };
    this.#site.onCells = (cells) => this.#showCells(cells);
    this.#site.onFleet = () =>
      measured('follow', () => {
        this.#labels.choose();
        this.#keepUp();
        this.repaint();
        this.#firstLook();
      });
  }

  #showCells(cells: LiveFrame | null): void {
    if (!this.#dressed) return;
    this.#map.getSource<GeoJSONSource>('cells')?.setData(cellData(cells));
  }

  /** Once, as soon as it is known what there is to see: jumps to it. */
  #firstLook(): void {
    if (this.#looked) return;
    const extent = firstExtent(this.#site);
    if (!extent) return;
    this.#looked = true;
    this.#fitTo(extent, 0);
    this.#tellView();
  }

  #remember(): void {
    if (!this.#byPerson || this.#posing) return;
    remember(this.#person, this.resting());
  }

  #fitTo([west, south, east, north]: Extent, duration: number, coveredLeft = 0, maxZoom = 17): void {
    const padding = { top: 40, right: 40, bottom: 40, left: 40 + coveredLeft };
    this.#map.fitBounds([west, south, east, north], { padding, duration, maxZoom });
  }

  #tellView(): void {
    if (this.#looked && !this.#posing) this.#view.moved();
  }

  #click(x: number, y: number): void {
    const all = candidates({ map: this.#map, site: this.#site, mask: this.#mask, dressed: this.#dressed }, x, y);
    const choices = this.#liveHidden ? all.filter(({ kind }) => kind !== 'vehicle') : all;
    this.#events.onChoice(choices[0] ?? null);
    this.#events.onSeveral(choices.length > 1 ? { x, y, choices } : null);
  }

  /** Other layers are to be shown. */
  readonly #switched = (): void => {
    this.#mask = maskOf((name) => this.#visibility.shows(`vehicles.${name}`));
    this.#sources.showAll();
    // Single vehicles are hidden here, those that are counted by the server.
    if (this.#site.far) this.#tellView();
    this.#labels.choose();
    this.repaint();
  };

  #keepUp(): void {
    if (this.#following === null || this.#posing) return;
    const slot = this.#site.fleet.slot(this.#following);
    if (slot === undefined) return;
    const { fleet } = this.#site;
    this.#map.easeTo({
      center: [lonOf(fleet.toX(slot)), latOf(fleet.toY(slot))],
      duration: this.#motionMs(),
      easing: (share) => share,
    });
  }

  #mark(lon: number, lat: number, element: HTMLElement | undefined): void {
    this.clearMark();
    if (!element) return;
    this.#alarmMarker = new Marker({ element, anchor: 'bottom', offset: [0, -22] })
      .setLngLat([lon, lat])
      .addTo(this.#map);
  }

  readonly #recolour = (): void => {
    this.#colour(PALETTES[currentTheme()]);
  };

  #colour(palette: Palette): void {
    this.#looks.colour(palette);
    for (const overlay of this.#overlays) overlay.recolour();
  }

  #motionMs(): number {
    return matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 700;
  }
}
