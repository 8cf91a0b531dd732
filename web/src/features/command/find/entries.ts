/** What of a site can be found: its vehicles, their companies, and every feature that has a name or an id. */
import { COLLECTIONS, type Collection, type Feature, type Vehicle } from '../../../api/types';
import { isKey, type Translate } from '../../../i18n';
import type { Site } from '../../../live/site';
import type { LonLat } from '../../../map/datum';
import type { Entry } from './search';

export type Target =
  | { kind: 'vehicle'; key: number }
  | { kind: 'company'; vehicles: readonly number[] }
  | { kind: 'feature'; collection: Collection; id: string }
  | { kind: 'place'; at: LonLat };

type SiteEntry = Entry<Target>;

/** Properties, beside the name, by which people call a thing. */
const CALLED = /^(name|alias|short_name|ref|code|number|address|company|operator|substance|cas|un)(_|:|$)/;

/** Builds the entries, and hands out the same objects for what did not change, so that they are folded once. */
export class Entries {
  #vehicles = new Map<number, { vehicle: Vehicle; entry: SiteEntry }>();
  #features = new WeakMap<Feature, SiteEntry>();
  #companies = new Map<string, SiteEntry>();

  *of(site: Site, t: Translate): Generator<SiteEntry> {
    yield* this.#ofVehicles(site, t);
    for (const collection of COLLECTIONS) {
      for (const feature of site.features.list(collection)) yield this.#ofFeature(collection, feature, t);
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

  #ofFeature(collection: Collection, feature: Feature, t: Translate): SiteEntry {
    const known = this.#features.get(feature);
    if (known) return known;
    const entry = featureEntry(collection, feature, t);
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

function featureEntry(collection: Collection, { id, properties }: Feature, t: Translate): SiteEntry {
  const called = Object.entries(properties).flatMap(([name, value]) =>
    name !== 'name' && CALLED.test(name) && (typeof value === 'string' || typeof value === 'number') ? [String(value)] : [],
  );
  return {
    id: String(id),
    group: collection,
    title: properties.name ?? String(id),
    detail: detailOf(collection, properties, t),
    more: [String(id), ...called],
    target: { kind: 'feature', collection, id: String(id) },
  };
}

/** Kind and level in words, as far as the dictionary has them. */
function detailOf(collection: Collection, { kind, level }: Feature['properties'], t: Translate): string {
  const words = [
    [collection === 'zones' ? 'zonekind' : `kind.${collection}`, kind],
    ['level', level],
  ].flatMap(([prefix, name]) => {
    const key = `${prefix}.${name}`;
    return name && isKey(key) ? [t(key)] : [];
  });
  return words.join(' · ');
}
