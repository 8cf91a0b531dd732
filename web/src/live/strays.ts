/** Features that lie outside the view but are named by an alarm or a card: asked for one by one, a few at a time. */
import type { Collection, Feature } from '../api/types';

/** More names than a screen of alarms has; the oldest make room. */
const MOST = 1_000;
const AT_ONCE = 4;

export class Strays {
  readonly #ask: (collection: Collection, id: string) => Promise<Feature>;
  readonly #came: (collection: Collection) => void;
  /** `null` while it is asked for, and where there is none. */
  readonly #known = new Map<string, Feature | null>();
  readonly #waiting: [Collection, string][] = [];
  #asking = 0;

  constructor(ask: (collection: Collection, id: string) => Promise<Feature>, came: (collection: Collection) => void) {
    this.#ask = ask;
    this.#came = came;
  }

  get(collection: Collection, id: string): Feature | undefined {
    const name = `${collection}/${id}`;
    const known = this.#known.get(name);
    if (known !== undefined) return known ?? undefined;
    this.#known.set(name, null);
    this.#waiting.push([collection, id]);
    void this.#next();
    return undefined;
  }

  /** Asks for one at once; fails with what the server says. */
  async bring(collection: Collection, id: string): Promise<Feature> {
    const name = `${collection}/${id}`;
    const known = this.#known.get(name);
    if (known) return known;
    const feature = await this.#ask(collection, id);
    this.#known.set(name, feature);
    this.#trim();
    this.#came(collection);
    return feature;
  }

  /** It was edited: the next question is asked anew. */
  forget(collection: Collection, id: string): void {
    this.#known.delete(`${collection}/${id}`);
  }

  async #next(): Promise<void> {
    const wanted = this.#asking < AT_ONCE ? this.#waiting.shift() : undefined;
    if (!wanted) return;
    this.#asking += 1;
    const [collection, id] = wanted;
    try {
      this.#known.set(`${collection}/${id}`, await this.#ask(collection, id));
      this.#trim();
      this.#came(collection);
    } catch {
      // Its id is shown instead of its name.
    } finally {
      this.#asking -= 1;
      void this.#next();
    }
  }

  #trim(): void {
    for (const name of this.#known.keys()) {
      if (this.#known.size <= MOST) return;
      this.#known.delete(name);
    }
  }
}
