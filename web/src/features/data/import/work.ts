/**
 * One file on its way in: chosen, tried, looked at, imported. It is kept while somebody is on another page, so that an upload goes
 * on while they answer an alarm. Plain TypeScript; the page reads immutable pictures. It must never import what was not tried
 * in just that way.
 */
import { ApiError } from '../../../api/client';
import type { FileField, ImportAsked, ImportJob, ImportsApi, PropertySchema } from '../../../api/imports';
import type { Key } from '../../../i18n';
import { unfit } from './file-kind';
import { guessed, queryOf, recalled, remember, type Mapping } from './mapping';

/** A file up to this is tried again by itself when its fields become known, bytes. */
const TRIED_AGAIN_UP_TO = 32 * 1024 ** 2;
const ASK_EVERY_MS = 400;
/** While the server does not answer. */
const ASK_AGAIN_MS = 2_000;

export type SrsChoice = 'file' | 'wgs84' | 'cgcs2000' | 'gcj02' | 'bd09' | 'epsg';

/** How the file is read. */
export interface Setup {
  collection: string;
  srs: SrsChoice;
  /** The number, where `srs` is one. */
  epsg: string;
  /** Empty = found out. */
  encoding: string;
  /** Empty = all of them. */
  layer: string;
  mapping: Mapping;
}

/** What the server is busy with. */
export interface Running {
  trial: boolean;
  /** Bytes on their way; as many as the file has once it is there. */
  sent: number;
  /** As the server told it last; `null` while the file is being sent. */
  job: ImportJob | null;
  /** The server does not answer at the moment; it goes on nevertheless. */
  unheard: boolean;
}

export interface ImportPicture {
  file: File | null;
  /** Why the files that were given cannot be sent. */
  unfit: Key | null;
  setup: Setup;
  /** The file's layers and fields, as a trial found them. */
  layers: readonly string[];
  fields: readonly FileField[];
  schema: Readonly<Record<string, PropertySchema>>;
  running: Running | null;
  /** The last trial that ended, and whether the setup is still the one that was tried. */
  trial: ImportJob | null;
  isTried: boolean;
  /** The import itself, once it ended. */
  result: ImportJob | null;
  /** Why the file could not be sent, or was lost of sight. */
  problem: unknown;
  /** Rises when the list of imports is another. */
  listed: number;
}

export interface WorkPort {
  api: Pick<ImportsApi, 'send' | 'one' | 'schema'>;
  setTimeout: (run: () => void, ms: number) => number;
}

const FRESH = { file: null, unfit: null, layers: [], fields: [], running: null, trial: null, isTried: false, result: null, problem: null };

export class ImportWork {
  readonly #port: WorkPort;
  readonly #listeners = new Set<() => void>();
  #picture: ImportPicture;
  #stop: AbortController | null = null;
  #triedAs = '';

  constructor(collection: string, port: WorkPort) {
    this.#port = port;
    const setup: Setup = { collection, srs: 'file', epsg: '', encoding: '', layer: '', mapping: {} };
    this.#picture = { ...FRESH, setup, schema: {}, listed: 0 };
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly picture = (): ImportPicture => this.#picture;

  /** Takes a file; it is tried at once. */
  async choose(files: readonly File[]): Promise<void> {
    if (this.#picture.running) return;
    const why = unfit(files);
    const { setup, schema, listed } = this.#picture;
    this.#show({ ...FRESH, setup: { ...setup, encoding: '', layer: '', mapping: {} }, schema, listed, unfit: why, file: why ? null : files[0]! });
    if (why === null) await this.try();
  }

  /** Nothing is chosen any more. */
  clear(): void {
    if (this.#picture.running) return;
    const { setup, schema, listed } = this.#picture;
    this.#show({ ...FRESH, setup: { ...setup, srs: 'file', epsg: '', encoding: '', layer: '', mapping: {} }, schema, listed });
  }

  change(change: Partial<Setup>): void {
    const { setup, file, fields, running } = this.#picture;
    if (running) return;
    const other = change.collection !== undefined && change.collection !== setup.collection;
    this.#set({ ...setup, ...change, ...(other ? { mapping: {} } : {}) });
    if (change.mapping) remember(setup.collection, fields, change.mapping);
    // Another collection has other properties, and judges the rows otherwise.
    if (other) {
      this.#show({ schema: {}, result: null });
      if (file) void this.try();
    }
  }

  /** Nothing is kept: what would be is shown. */
  async try(): Promise<void> {
    const { file } = this.#picture;
    if (!file || this.#picture.running) return;
    const job = await this.#run(true);
    if (!job?.report) return;
    const { report } = job;
    const whole = this.#picture.setup.layer === '';
    this.#show({ fields: report.file_fields ?? [], ...(whole ? { layers: report.layers } : {}) });
    if (!(await this.#map())) return;
    // The fields are known for the first time: rows were judged without them having become what they mean.
    if (file.size <= TRIED_AGAIN_UP_TO) await this.#run(true);
  }

  /** Imports what was tried. */
  async import(): Promise<void> {
    const { file, isTried, running } = this.#picture;
    if (!file || running || !isTried) return;
    const job = await this.#run(false);
    if (job) this.#show({ result: job });
  }

  /** Stops sending; what the server reads already goes on. */
  cancel(): void {
    this.#stop?.abort();
  }

  /** Gives every field a target that has none; answers whether rows are read otherwise by it. */
  async #map(): Promise<boolean> {
    const { setup, fields } = this.#picture;
    const known = fields.length > 0 && fields.every(({ name }) => setup.mapping[name] !== undefined);
    if (known || fields.length === 0) return false;
    const schema = await this.#schema();
    const mapping = recalled(setup.collection, fields) ?? guessed(fields, schema);
    const before = JSON.stringify(queryOf(setup.mapping));
    const isSame = JSON.stringify(queryOf(mapping)) === before;
    this.#set({ ...this.#picture.setup, mapping });
    if (isSame) this.#settle();
    return !isSame;
  }

  async #schema(): Promise<Readonly<Record<string, PropertySchema>>> {
    const { setup } = this.#picture;
    try {
      const schema = await this.#port.api.schema(setup.collection);
      this.#show({ schema });
      return schema;
    } catch {
      // Fields then keep their names until a person says otherwise.
      return {};
    }
  }

  /** Sends the file and follows it to its end; `null` when there was none. */
  async #run(trial: boolean): Promise<ImportJob | null> {
    const { file, setup } = this.#picture;
    if (!file) return null;
    const stop = (this.#stop = new AbortController());
    const sentAs = JSON.stringify(setup);
    this.#show({ running: { trial, sent: 0, job: null, unheard: false }, problem: null, result: null, ...(trial ? { isTried: false } : {}) });
    try {
      const sent = { signal: stop.signal, onSent: (bytes: number) => this.#going({ sent: Math.min(bytes, file.size) }) };
      const begun = await this.#port.api.send(file, askedOf(file.name, setup, trial), sent);
      this.#going({ sent: file.size, job: begun });
      const job = await this.#followed(begun);
      if (trial) {
        this.#triedAs = sentAs;
        this.#show({ running: null, trial: job, isTried: job.state === 'tried' });
      } else {
        this.#show({ running: null, isTried: false });
      }
      this.#show({ listed: this.#picture.listed + 1 });
      return job;
    } catch (error) {
      this.#show({ running: null, problem: stop.signal.aborted ? null : error });
      return null;
    }
  }

  async #followed(begun: ImportJob): Promise<ImportJob> {
    let job = begun;
    while (job.state === 'running') {
      await new Promise<void>((done) => this.#port.setTimeout(done, this.#picture.running?.unheard ? ASK_AGAIN_MS : ASK_EVERY_MS));
      try {
        job = await this.#port.api.one(job.id);
        this.#going({ job, unheard: false });
      } catch (error) {
        // It goes on without us, unless the server was started anew and knows nothing of it.
        if (error instanceof ApiError && error.problem.status >= 400 && error.problem.status < 500) throw error;
        this.#going({ unheard: true });
      }
    }
    return job;
  }

  #set(setup: Setup): void {
    const asTried = JSON.stringify(setup) === this.#triedAs;
    this.#show({ setup, isTried: asTried && this.#picture.trial?.state === 'tried' });
  }

  /** The setup says the same as what was tried, in more words. */
  #settle(): void {
    this.#triedAs = JSON.stringify(this.#picture.setup);
    this.#set(this.#picture.setup);
  }

  #going(change: Partial<Running>): void {
    const { running } = this.#picture;
    if (running) this.#show({ running: { ...running, ...change } });
  }

  #show(change: Partial<ImportPicture>): void {
    this.#picture = { ...this.#picture, ...change };
    for (const listener of this.#listeners) listener();
  }
}

/** The setup as the server is asked. */
export function askedOf(name: string, setup: Setup, trial: boolean): ImportAsked {
  const { srs, epsg, collection, encoding, layer, mapping } = setup;
  return {
    collection,
    name,
    trial,
    srs: srs === 'file' ? undefined : srs === 'epsg' ? `EPSG:${epsg.trim()}` : srs,
    encoding: encoding || undefined,
    layer: layer || undefined,
    ...queryOf(mapping),
  };
}
