/** What people say of a collection, as it is typed, compared and kept. Whoever else wrote meanwhile loses nothing unseen. */
import { ApiError } from '../../../api/client';
import type { Kept, Sketch } from '../../../api/edits';
import type { Dataset } from '../../../api/catalogue';
import type { FeatureProperties } from '../../../api/types';
import type { Translate } from '../../../i18n';
import { propertyName } from '../../../ui/properties';

export const FIELDS = [
  'source',
  'owner',
  'contact',
  'datum',
  'as_of',
  'update_cycle_days',
  'reviewed_at',
  'reviewed_by',
  'quality_note',
  'remarks',
] as const;
export type Field = (typeof FIELDS)[number];

/** Of a collection as a whole somebody answers for the data, who need not own what they show. */
export function fieldName(field: Field, t: Translate): string {
  return field === 'owner' || field === 'contact' ? t(`catalogue.${field}`) : propertyName(field, t);
}

/** As it stands in the form; empty where nothing is said. */
export type Typed = Readonly<Record<Field, string>>;

/** The day of a date or an instant, for a field of the kind `date`; by the site's clock. */
function dayOf(text: string): string {
  if (!text.includes('T')) return text;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? text : new Date(ms + 8 * 3_600_000).toISOString().slice(0, 10);
}

export function typedOf(properties: Readonly<Record<string, unknown>>): Typed {
  const text = (field: Field) => {
    const value = properties[field];
    if (value === null || value === undefined) return '';
    return field === 'as_of' || field === 'reviewed_at' ? dayOf(String(value)) : String(value);
  };
  return Object.fromEntries(FIELDS.map((field) => [field, text(field)])) as Typed;
}

/** The members that were changed, as they are kept: `null` takes one away. */
export function changesOf(before: Typed, typed: Typed): Partial<Record<Field, string | number | null>> {
  const changed = FIELDS.filter((field) => typed[field].trim() !== before[field].trim());
  return Object.fromEntries(
    changed.map((field) => {
      const text = typed[field].trim();
      if (text === '') return [field, null];
      return [field, field === 'update_cycle_days' && /^\d+$/.test(text) ? Number(text) : text];
    }),
  );
}

export interface CardPort {
  read: (collection: string, id: string) => Promise<Kept>;
  create: (collection: string, feature: Sketch) => Promise<Kept>;
  patch: (collection: string, id: string, properties: Record<string, unknown>, tag: string) => Promise<Kept>;
}

/** What was seen when the form was opened; `null` where nothing was said yet. */
export type Seen = { typed: Typed; tag: string } | null;

export type Saved =
  | { of: 'saved'; kept: Kept; made: boolean }
  /** Somebody changed the same members meanwhile; what they wrote is what is seen from now on. */
  | { of: 'conflict'; fields: Field[]; theirs: Seen };

export const COLLECTION = 'datasets';

export async function read(port: Pick<CardPort, 'read'>, id: string): Promise<Seen> {
  try {
    const { feature, tag } = await port.read(COLLECTION, id);
    return { typed: typedOf(feature.properties), tag };
  } catch (error) {
    if (error instanceof ApiError && error.problem.status === 404) return null;
    throw error;
  }
}

function isBeaten(error: unknown): boolean {
  // Another revision stands, or somebody made it first.
  return error instanceof ApiError && (error.problem.status === 412 || error.problem.status === 409);
}

export async function save(port: CardPort, id: string, seen: Seen, typed: Typed): Promise<Saved> {
  const changes = changesOf(seen?.typed ?? typedOf({}), typed);
  try {
    return await write(port, id, seen, changes);
  } catch (error) {
    if (!isBeaten(error)) throw error;
    const theirs = await read(port, id);
    const before = seen?.typed ?? typedOf({});
    const now = theirs?.typed ?? typedOf({});
    const fields = FIELDS.filter((field) => field in changes && now[field] !== before[field] && now[field] !== typed[field].trim());
    if (fields.length > 0) return { of: 'conflict', fields, theirs };
    return write(port, id, theirs, changes);
  }
}

async function write(port: CardPort, id: string, seen: Seen, changes: Partial<Record<Field, unknown>>): Promise<Saved> {
  if (seen) return { of: 'saved', kept: await port.patch(COLLECTION, id, changes, seen.tag), made: false };
  const properties = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== null)) as FeatureProperties;
  return { of: 'saved', kept: await port.create(COLLECTION, { type: 'Feature', id, geometry: null, properties }), made: true };
}

const DAY_MS = 86_400_000;

/** Whole days since the state of the world that the data show; `null` where nobody says it. */
export function ageDays({ as_of }: Pick<Dataset, 'as_of'>, nowMs: number): number | null {
  if (!as_of) return null;
  const ms = Date.parse(as_of.includes('T') ? as_of : `${as_of}T00:00:00+08:00`);
  return Number.isNaN(ms) ? null : Math.max(0, Math.floor((nowMs - ms) / DAY_MS));
}
