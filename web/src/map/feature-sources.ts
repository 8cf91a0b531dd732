/** Keeps the map's sources of features up to date: with edits, with what is switched off, with the language and the clock. */
import type { GeoJSONSource, Map as MapLibre } from 'maplibre-gl';
import { COLLECTIONS, type Collection } from '../api/types';
import { currentLanguage } from '../i18n';
import type { Site } from '../live/site';
import { drawn, followsClock } from './drawn';
import type { Visibility } from './visibility';

/** Opening hours are in minutes: looking this often is soon enough. */
const CLOCK_MS = 20_000;

export class FeatureSources {
  readonly #map: MapLibre;
  readonly #site: Site;
  readonly #visibility: Visibility;
  readonly #timer: number;
  /** The map has a style to put things on. */
  dressed = false;
  #chosen: { collection: Collection; id: string } | null = null;

  constructor(map: MapLibre, site: Site, visibility: Visibility) {
    this.#map = map;
    this.#site = site;
    this.#visibility = visibility;
    this.#timer = window.setInterval(() => {
      for (const collection of ['zones', 'closures'] as const) {
        if (followsClock(site.features.list(collection))) this.show(collection);
      }
    }, CLOCK_MS);
  }

  stop(): void {
    window.clearInterval(this.#timer);
  }

  show(collection: Collection): void {
    if (!this.dressed) return;
    const chosen = this.#chosen?.collection === collection ? this.#chosen.id : null;
    const data = drawn(collection, this.#site.features.list(collection), {
      language: currentLanguage(),
      nowMs: this.#site.clock.now(),
      shows: (leaf) => this.#visibility.shows(leaf),
      chosen,
    });
    this.#map.getSource<GeoJSONSource>(collection)?.setData(data);
    if (chosen !== null) this.#outline();
  }

  showAll(): void {
    for (const collection of COLLECTIONS) this.show(collection);
    this.#outline();
  }

  #outline(): void {
    if (!this.dressed) return;
    const geometry = this.#chosen && this.#site.features.get(this.#chosen.collection, this.#chosen.id)?.geometry;
    const features = geometry ? [{ type: 'Feature' as const, geometry, properties: {} }] : [];
    this.#map.getSource<GeoJSONSource>('selected')?.setData({ type: 'FeatureCollection', features });
  }

  /** What is chosen is shown even where its layer is switched off. */
  choose(chosen: { collection: Collection; id: string } | null): void {
    const before = this.#chosen;
    this.#chosen = chosen;
    this.#outline();
    if (this.#visibility.hidden().size === 0) return;
    if (before) this.show(before.collection);
    if (chosen && chosen.collection !== before?.collection) this.show(chosen.collection);
  }
}
