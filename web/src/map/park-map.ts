/**
 * The one map object: what people edit as ordinary layers, vehicles as a layer of their own, both fed by the site.
 *
 * Plain TypeScript; React only gives it a box to live in. It must never fetch anything from outside: the worker, the
 * style and the patterns all come from this origin.
 */
import type { Feature as GeoFeature } from 'geojson';
import { Map as MapLibre, Marker, ScaleControl, setWorkerUrl, type GeoJSONSource } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import 'maplibre-gl/dist/maplibre-gl.css';
import { COLLECTIONS, type Collection } from '../api/types';
import type { LiveFrame } from '../live/frame';
import type { Site } from '../live/site';
import { currentTheme, onTheme } from '../ui/theme';
import { extentOf, type Extent } from './extent';
import { firstExtent, PROVINCE, recall, remember, type Resting } from './first-view';
import { PickGrid } from './grid';
import { Labels } from './labels';
import { lonOf, latOf, mercatorX, mercatorY } from './mercator';
import { Overlay, type OverlayParts } from './overlay';
import { PALETTES, type Palette } from './palette';
import { pattern, patternName, PATTERN_RATIO } from './patterns';
import { LEVELS, paints, selectedZone, sourceData, style, ZONE_FILL } from './style';
import { VehicleLayer, VEHICLE_LAYER } from './vehicle-layer';

setWorkerUrl(workerUrl);

/** How near a click must be to a vehicle, CSS pixels. */
const PICK_PX = 16;
/** A view is told to the server when the map has rested this long. */
const VIEW_MS = 200;
/** The server's picture reaches this share of the view beyond each edge, so that a small move shows no hole. */
const VIEW_MARGIN = 0.25;

export type Choice =
  | { kind: 'vehicle'; key: number }
  | { kind: 'feature'; collection: Collection; id: string }
  | null;

/** A tool that takes the map's clicks while it is in use: measuring, drawing. Answers nothing: the click is its own. */
export type ClickTool = (lon: number, lat: number) => void;

export interface ParkMapEvents {
  onChoice: (choice: Choice) => void;
  /** The person moved the map by hand: following ends. */
  onMovedByHand: () => void;
}

export class ParkMap {
  readonly #site: Site;
  readonly #person: string;
  readonly #events: ParkMapEvents;
  readonly #map: MapLibre;
  readonly #labels: Labels;
  readonly #overlays = new Set<Overlay>();
  readonly #undoTheme: () => void;
  #tool: ClickTool | null = null;
  #palette: Palette;
  /** `false` before the style stands and while the graphics card is lost: there is nothing to draw on. */
  #dressed = false;
  #chosen: number | null = null;
  #chosenZone: string | null = null;
  #following: number | null = null;
  #alarmMarker: Marker | undefined;
  /** The map rests on something: what the person left, what there is to see, or where they moved it. */
  #looked = false;
  /** The person chose where to look, so that it is remembered. */
  #byPerson = false;
  #viewTimer: number | undefined;

  constructor(container: HTMLElement, site: Site, person: string, events: ParkMapEvents, title: string) {
    this.#site = site;
    this.#person = person;
    this.#events = events;
    this.#palette = PALETTES[currentTheme()];
    const left = recall(person);
    this.#map = new MapLibre({
      container,
      style: style(this.#palette),
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
    this.#labels = new Labels(this.#map, {
      fleet: site.fleet,
      plate: (key) => site.directory.byKey(key)?.plate ?? undefined,
      chosen: () => this.#chosen,
    });
    this.#map.on('style.load', () => this.#dress());
    this.#map.on('webglcontextlost', () => {
      this.#dressed = false;
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
    this.#map.on('render', () => this.#labels.place());
    this.#map.on('click', (click) => {
      if (this.#tool) this.#tool(click.lngLat.lng, click.lngLat.lat);
      else this.#click(click.point.x, click.point.y);
    });
    this.#undoTheme = onTheme(this.#recolour);
    this.#listen();
    if (left) {
      this.#looked = true;
      this.#tellView();
    }
  }

  destroy(): void {
    this.#undoTheme();
    window.clearTimeout(this.#viewTimer);
    this.#site.onFleet = () => {};
    this.#site.onFeatures = () => {};
    this.#site.onCells = () => {};
    this.#map.remove();
  }

  /** Shows what is chosen; the caller holds the choice. */
  choose(choice: Choice): void {
    this.#chosen = choice?.kind === 'vehicle' ? choice.key : null;
    this.#chosenZone = choice?.kind === 'feature' && choice.collection === 'zones' ? choice.id : null;
    this.#outlineZone();
    this.#labels.choose();
    this.repaint();
  }

  follow(key: number | null): void {
    this.#following = key;
    this.#keepUp();
  }

  /** The connection came or went: vehicles fade while what is shown is old. */
  repaint(): void {
    if (this.#dressed) this.#map.triggerRepaint();
  }

  flyTo(lon: number, lat: number, mark?: HTMLElement): void {
    this.#looked = this.#byPerson = true;
    this.#mark(lon, lat, mark);
    this.#map.easeTo({ center: [lon, lat], zoom: Math.max(this.#map.getZoom(), 15.5), duration: this.#motionMs() });
  }

  /** Where the map rests. */
  resting(): Resting {
    const { lng, lat } = this.#map.getCenter();
    return { lon: lng, lat, zoom: this.#map.getZoom() };
  }

  /** Goes where a link or a saved view says. */
  restAt({ lon, lat, zoom }: Resting): void {
    this.#looked = this.#byPerson = true;
    this.#map.easeTo({ center: [lon, lat], zoom, duration: this.#motionMs() });
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
      palette: () => this.#palette,
      dressed: () => this.#dressed,
      below: VEHICLE_LAYER,
      onRemove: (gone) => this.#overlays.delete(gone),
    });
    this.#overlays.add(overlay);
    return overlay;
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

  /** The library's map, for tools that need more than is offered here. Layers of the style are not theirs to change. */
  get library(): MapLibre {
    return this.#map;
  }

  /** The style stands, for the first time or again after the graphics card was lost. */
  #dress(): void {
    this.#dressed = true;
    for (const level of LEVELS) {
      const name = patternName(level);
      if (this.#map.hasImage(name)) this.#map.removeImage(name);
      this.#map.addImage(name, pattern(level, this.#palette.level[level]), { pixelRatio: PATTERN_RATIO });
    }
    const vehicles = new VehicleLayer({
      fleet: this.#site.fleet,
      serverNow: () => this.#site.clock.now(),
      palette: () => this.#palette,
      chosen: () => this.#chosen,
      current: () => this.#site.picture().connection === 'live',
    });
    this.#map.addLayer(vehicles);
    for (const collection of COLLECTIONS) this.#showFeatures(collection);
    this.#outlineZone();
    for (const overlay of this.#overlays) overlay.draw();
  }

  #outlineZone(): void {
    if (!this.#dressed) return;
    const { layer, filter } = selectedZone(this.#chosenZone);
    this.#map.setFilter(layer, filter);
  }

  #listen(): void {
    this.#site.onFeatures = (collection) => this.#showFeatures(collection);
    this.#site.onCells = (cells) => this.#showCells(cells);
    this.#site.onFleet = () => {
      this.#labels.choose();
      this.#keepUp();
      this.repaint();
      this.#firstLook();
    };
  }

  #showFeatures(collection: Collection): void {
    if (!this.#dressed) return;
    this.#map.getSource<GeoJSONSource>(collection)?.setData(sourceData(this.#site.features.list(collection)));
    this.#firstLook();
  }

  #showCells(cells: LiveFrame | null): void {
    if (!this.#dressed) return;
    const features: GeoFeature[] = [];
    for (let i = 0; cells && i < cells.count; i += 1) {
      features.push({
        type: 'Feature',
        geometry: { type: 'Point', coordinates: [cells.lonE7[i]! / 1e7, cells.latE7[i]! / 1e7] },
        properties: { count: cells.key[i]! },
      });
    }
    this.#map.getSource<GeoJSONSource>('cells')?.setData({ type: 'FeatureCollection', features });
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
    if (!this.#byPerson) return;
    remember(this.#person, this.resting());
  }

  #fitTo([west, south, east, north]: Extent, duration: number, coveredLeft = 0, maxZoom = 17): void {
    const padding = { top: 40, right: 40, bottom: 40, left: 40 + coveredLeft };
    this.#map.fitBounds([west, south, east, north], { padding, duration, maxZoom });
  }

  #tellView(): void {
    if (!this.#looked) return;
    window.clearTimeout(this.#viewTimer);
    this.#viewTimer = window.setTimeout(() => {
      const bounds = this.#map.getBounds();
      const width = (bounds.getEast() - bounds.getWest()) * VIEW_MARGIN;
      const height = (bounds.getNorth() - bounds.getSouth()) * VIEW_MARGIN;
      this.#site.setView({
        bbox: [
          Math.max(-180, bounds.getWest() - width),
          Math.max(-90, bounds.getSouth() - height),
          Math.min(180, bounds.getEast() + width),
          Math.min(90, bounds.getNorth() + height),
        ],
        zoom: Number(this.#map.getZoom().toFixed(2)),
      });
    }, VIEW_MS);
  }

  #click(x: number, y: number): void {
    const key = this.#vehicleAt(x, y);
    if (key !== undefined) {
      this.#events.onChoice({ kind: 'vehicle', key });
      return;
    }
    const id = this.#zoneAt(x, y);
    this.#events.onChoice(id === undefined ? null : { kind: 'feature', collection: 'zones', id });
  }

  #vehicleAt(px: number, py: number): number | undefined {
    const { fleet } = this.#site;
    const nowMs = performance.now();
    const reach = PICK_PX / (512 * 2 ** this.#map.getZoom());
    const x = new Float64Array(fleet.size);
    const y = new Float64Array(fleet.size);
    for (let slot = 0; slot < fleet.size; slot += 1) [x[slot], y[slot]] = fleet.place(slot, nowMs) as [number, number];
    const at = this.#map.unproject([px, py]);
    const slot = new PickGrid(x, y, reach).nearest(mercatorX(at.lng), mercatorY(at.lat), reach);
    return slot === undefined ? undefined : fleet.key[slot];
  }

  /** Of zones that cover each other the smallest: the others can be clicked beside it. */
  #zoneAt(x: number, y: number): string | undefined {
    if (!this.#dressed) return undefined;
    const size = (id: string): number => {
      const zone = this.#site.features.get('zones', id);
      const extent = zone && extentOf([zone]);
      return extent ? (extent[2] - extent[0]) * (extent[3] - extent[1]) : Infinity;
    };
    return this.#map
      .queryRenderedFeatures([x, y], { layers: [ZONE_FILL] })
      .map(({ properties }) => String(properties['id']))
      .sort((a, b) => size(a) - size(b))[0];
  }

  #keepUp(): void {
    if (this.#following === null) return;
    const slot = this.#site.fleet.slot(this.#following);
    if (slot === undefined) return;
    const { fleet } = this.#site;
    this.#map.easeTo({
      center: [lonOf(fleet.toX[slot]!), latOf(fleet.toY[slot]!)],
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
    this.#palette = PALETTES[currentTheme()];
    if (!this.#dressed) return;
    for (const { layer, name, value } of paints(this.#palette)) {
      this.#map.setPaintProperty(layer, name as 'fill-color', value as string);
    }
    for (const level of LEVELS) {
      this.#map.updateImage(patternName(level), pattern(level, this.#palette.level[level]));
    }
    for (const overlay of this.#overlays) overlay.recolour();
  };

  #motionMs(): number {
    return matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 700;
  }
}
