/** What of a site can be found: its vehicles, their companies, and every feature that has a name or an id. */
import { COLLECTIONS, type Collection, type Feature, type Vehicle } from '../../../api/types';
import { isKey, type I18n, type Language, type Translate } from '../../../i18n';
import type { Site } from '../../../live/site';
import type { LonLat } from '../../../map/datum';
import { nameOf } from '../../../map/drawn';
import type { Entry } from './search';

export type Target =
  | { kind: 'vehicle'; key: number }
  | { kind: 'company'; vehicles: readonly number[] }
  | { kind: 'feature'; collection: Collection; id: string }
  | { kind: 'place'; at: LonLat };

type SiteEntry = Entry<Target>;

/** Properties, beside the name, by which people call a thing. */
const CALLED = /^(name|alias|short_name|ref|code|number|address|company|operator|substance|cas|un)(_|:|$)/;

/** The sea and the woods are drawn and never looked for. */
const LOOKED_FOR = COLLECTIONS.filter((collection) => collection !== 'ground');

/** Builds the entries, in one language, and hands out the same objects for what did not change, so that they are folded once. */
export class Entries {
  #vehicles = new Map<number, { vehicle: Vehicle; entry: SiteEntry }>();
  #features = new WeakMap<Feature, SiteEntry>();
  #companies = new Map<string, SiteEntry>();
  #language: Language | undefined;

  *of(site: Site, { language, t }: I18n): Generator<SiteEntry> {
    if (language !== this.#language) this.#features = new WeakMap();
    this.#language = language;
    yield* this.#ofVehicles(site, t);
    for (const collection of LOOKED_FOR) {
      for (const feature of site.features.list(collection)) yield this.#ofFeature(collection, feature, language, t);
    }
  }

  *#ofVehicles(site: Site, t: Translate): Generator<SiteEntry> {
    const before = this.#vehicles;
    this.#vehicles = new Map();
    const companies = new Map<string, number[]>();
    for (const vehicle of site.directory.all()) {
      const known = before.get(vehicle.key);
      const same =
        known && known.vehicle.plate === vehicle.plate && known.vehicle.company === vehicle.company && known.vehicle.id === vehicle.id;
      const entry = same ? known.entry : vehicleEntry(vehicle);
      this.#vehicles.set(vehicle.key, { vehicle, entry });
      if (vehicle.company) companies.set(vehicle.company, [...(companies.get(vehicle.company) ?? []), vehicle.key]);
      yield entry;
    }
    const older = this.#companies;
    this.#companies = new Map();
    for (const [name, vehicles] of companies) {
      const detail = t('find.company', { vehicles: vehicles.length });
      const known = older.get(name);
      const entry = known?.detail === detail ? known : companyEntry(name, detail, vehicles);
      this.#companies.set(name, entry);
      yield entry;
    }
  }

  #ofFeature(collection: Collection, feature: Feature, language: Language, t: Translate): SiteEntry {
    const known = this.#features.get(feature);
    if (known) return known;
    const entry = featureEntry(collection, feature, language, t);
    this.#features.set(feature, entry);
    return entry;
  }
}

function vehicleEntry({ id, key, plate, company }: Vehicle): SiteEntry {
  return {
    id,
    group: 'vehicles',
    title: plate ?? id,
    detail: company ?? '',
    more: [id],
    target: { kind: 'vehicle', key },
  };
}

function companyEntry(name: string, detail: string, vehicles: readonly number[]): SiteEntry {
  return { id: name, group: 'companies', title: name, detail, more: [], target: { kind: 'company', vehicles } };
}

export function featureEntry(
  collection: Collection,
  { id, properties }: Pick<Feature, 'id' | 'properties'>,
  language: Language,
  t: Translate,
): SiteEntry {
  const called = Object.entries(properties).flatMap(([name, value]) =>
    CALLED.test(name) && (typeof value === 'string' || typeof value === 'number') ? [String(value)] : [],
  );
  return {
    id: String(id),
    group: collection,
    title: nameOf(properties, language) || String(id),
    nameless: nameOf(properties, language) === '',
    detail: detailOf(collection, properties, t),
    more: [String(id), ...called],
    target: { kind: 'feature', collection, id: String(id) },
  };
}

/** Kind and level in words, as far as the dictionary has them. */
function detailOf(collection: Collection, { kind, level }: Feature['properties'], t: Translate): string {
  const words = [
    [collection === 'zones' ? 'zonekind' : 'word', kind],
    ['level', level],
  ].flatMap(([prefix, name]) => {
    const key = `${prefix}.${String(name).toLowerCase().replaceAll(/[\s-]+/g, '_')}`;
    return name && isKey(key) ? [t(key)] : [];
  });
  return words.join(' · ');
}
