/**
 * Vehicles of the past on the map: where they were at an instant, as far as it is known. One whose place is not known any
 * more stays at its last fix, hollow, with how long ago that was; one that has not reported yet is not there.
 */
import type { ParkMap } from '../../../map/park-map';
import { Pins, type Pin } from '../../../map/pins';
import { standAt, type Point, type Stand } from '../track';
import { trackData, trackLayers, trackSource } from '../track-map';

const NAME = 'playback';
/** After this a fix is old: ENGINE.md's gap. */
const OLD_MS = 120_000;
/** The map follows when the vehicle comes nearer to an edge than this share of the view. */
const EDGE = 0.15;

export interface Actor {
  id: string;
  plate: string;
  points: readonly Point[];
}

export interface StageWords {
  stop: (ms: number) => string;
  held: (ageMs: number) => string;
}

export class Stage {
  readonly #park: ParkMap;
  readonly #pins: Pins;
  readonly #overlay;
  #actors: readonly Actor[] = [];
  #lead: string | null = null;
  #words: StageWords | null = null;
  #follow = false;
  /** What is said beside a vehicle, so that the page is touched only when it changes. */
  readonly #said = new Map<string, string>();
  onChoose: (id: string) => void = () => {};

  constructor(park: ParkMap) {
    this.#park = park;
    this.#pins = new Pins(park.library);
    this.#overlay = park.overlay({
      name: NAME,
      sources: [trackSource(NAME)],
      layers: (palette) => trackLayers(NAME, palette),
    });
    park.hideLive(true);
  }

  remove(): void {
    this.#pins.remove();
    this.#overlay.remove();
    this.#park.hideLive(false);
  }

  cast(actors: readonly Actor[], lead: string | null, words: StageWords): void {
    this.#words = words;
    this.#actors = actors;
    this.#lead = lead;
    this.#said.clear();
    this.#pins.show([]);
    // The way of one can be read; twenty on the same roads cannot.
    const shown = actors.filter(({ id }) => id === lead).map(({ points }) => points);
    this.#overlay.set(trackSource(NAME), trackData(shown, words.stop));
  }

  follow(follow: boolean): void {
    this.#follow = follow;
  }

  show(atMs: number): void {
    const pins: Pin[] = [];
    const stands: [Actor, Stand][] = [];
    for (const actor of this.#actors) {
      const stand = standAt(actor.points, atMs);
      if (!stand) continue;
      stands.push([actor, stand]);
      const { lon, lat } = stand;
      pins.push({ id: actor.id, lon, lat, make: () => this.#make(actor) });
    }
    this.#pins.show(pins);
    for (const [actor, stand] of stands) this.#dress(actor, stand);
    const lead = stands.find(([actor]) => actor.id === this.#lead)?.[1];
    if (this.#follow && lead) this.#keepInView(lead);
  }

  /** Where the actors are at an instant. */
  places(atMs: number): { lon: number; lat: number }[] {
    return this.#actors.flatMap(({ points }) => standAt(points, atMs) ?? []);
  }

  #make(actor: Actor): HTMLElement {
    const pin = document.createElement('button');
    pin.type = 'button';
    pin.className = actor.id === this.#lead ? 'actor actor-lead' : 'actor';
    pin.dataset['testid'] = 'actor';
    pin.dataset['vehicle'] = actor.id;
    pin.innerHTML =
      '<svg viewBox="0 0 24 24" aria-hidden="true"><path class="actor-arrow" d="M12 2 20 21 12 16.5 4 21Z"/>' +
      '<circle class="actor-dot" cx="12" cy="12" r="7"/></svg><span class="actor-plate"></span>';
    pin.addEventListener('click', (event) => {
      event.stopPropagation();
      this.onChoose(actor.id);
    });
    return pin;
  }

  #dress(actor: Actor, { known, ageMs, headingDeg }: Stand): void {
    const pin = this.#pins.element(actor.id);
    if (!pin) return;
    const held = known === 'held' && ageMs > OLD_MS;
    const heading = headingDeg === null ? '' : String(Math.round(headingDeg));
    const text = held ? `${actor.plate} ${this.#words?.held(ageMs) ?? ''}` : actor.plate;
    const said = `${held} ${heading} ${text}`;
    if (this.#said.get(actor.id) === said) return;
    this.#said.set(actor.id, said);
    pin.dataset['known'] = held ? 'held' : 'known';
    pin.classList.toggle('actor-held', held);
    pin.classList.toggle('actor-round', heading === '');
    pin.querySelector('svg')!.style.transform = heading === '' ? '' : `rotate(${heading}deg)`;
    pin.querySelector('.actor-plate')!.textContent = text;
  }

  #keepInView({ lon, lat }: Stand): void {
    const map = this.#park.library;
    if (map.isMoving()) return;
    const { clientWidth: width, clientHeight: height } = map.getContainer();
    const at = map.project([lon, lat]);
    const near = Math.min(at.x / width, at.y / height, 1 - at.x / width, 1 - at.y / height);
    if (near < EDGE) map.easeTo({ center: [lon, lat], duration: 300 });
  }
}
