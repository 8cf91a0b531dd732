/** The map's features as the server keeps them: read once, then item by item as edits are announced. */
import { ApiError, type Api } from '../api/client';
import { COLLECTIONS, type Collection, type Feature, type FeatureChange } from '../api/types';

export function isCollection(name: string): name is Collection {
  return (COLLECTIONS as readonly string[]).includes(name);
}

export class Features {
  /** Rises with every change: readers compare it instead of the lists. */
  version = 0;
  readonly #api: Pick<Api, 'features' | 'feature'>;
  readonly #changed: (collection: Collection) => void;
  readonly #items = new Map<Collection, Map<string, Feature>>();

  constructor(api: Pick<Api, 'features' | 'feature'>, changed: (collection: Collection) => void) {
    this.#api = api;
    this.#changed = (collection) => {
      this.version += 1;
      changed(collection);
    };
  }

  list(collection: Collection): Feature[] {
    return [...(this.#items.get(collection)?.values() ?? [])];
  }

  /** `true` once a collection was read. */
  known(collection: Collection): boolean {
    return this.#items.has(collection);
  }

  /** `true` once it is known that nobody has drawn a park or a zone. */
  blank(): boolean {
    return this.#items.get('parks')?.size === 0 && this.#items.get('zones')?.size === 0;
  }

  get(collection: Collection, id: string): Feature | undefined {
    return this.#items.get(collection)?.get(id);
  }

  /** Reads every collection again; a collection that cannot be read keeps what it had. Answers whether all were read. */
  async load(): Promise<boolean> {
    const results = await Promise.all(
      COLLECTIONS.map(async (collection) => {
        try {
          const features = await this.#api.features(collection);
          this.#items.set(collection, new Map(features.map((feature) => [String(feature.id), feature])));
          this.#changed(collection);
          return true;
        } catch (error) {
          if (!(error instanceof ApiError) || error.problem.status !== 404) return false;
          // A server that has no such collection: nothing to draw, and nothing to try again.
          this.#items.set(collection, new Map());
          this.#changed(collection);
          return true;
        }
      }),
    );
    return results.every(Boolean);
  }

  async apply(change: FeatureChange): Promise<void> {
    if (!isCollection(change.collection)) return;
    const collection = change.collection;
    const items = this.#items.get(collection) ?? new Map<string, Feature>();
    this.#items.set(collection, items);
    if (change.deleted) {
      items.delete(change.id);
    } else {
      try {
        items.set(change.id, await this.#api.feature(collection, change.id));
      } catch (error) {
        if (!(error instanceof ApiError) || error.problem.status !== 404) throw error;
        items.delete(change.id);
      }
    }
    this.#changed(collection);
  }
}
