import { describe, expect, test } from 'vitest';
import { ApiError } from '../../../api/client';
import type { ImportAsked, ImportJob, ImportsApi } from '../../../api/imports';
import { unfit } from './file-kind';
import { AS_ID, guessed, LEFT_OUT, queryOf, titlesOf, twice } from './mapping';
import { apartM, boxOf, outlineOf } from './outline';
import { ImportWork } from './work';

const SCHEMA = {
  name: { title: '名称 Name' },
  kind: { title: '类别 Kind' },
  level: { title: '风险等级 Risk level' },
  radius_m: { title: '半径（米） Radius, m' },
};
const fields = (...names: string[]) => names.map((name) => ({ name, example: 'x' }));

describe('a file before it is sent', () => {
  test.each([
    [['a.geojson'], null],
    [['A.SHP'], 'import.unfit.shp'],
    [['a.shp', 'a.dbf', 'a.shx'], 'import.unfit.shp'],
    [['a.csv', 'b.csv'], 'import.unfit.many'],
    [['plan.dwg'], 'import.unfit.dwg'],
    [['a.xls'], 'import.unfit.xls'],
    [['a.rar'], 'import.unfit.archive'],
    [['readme'], 'import.unfit.unknown'],
    [[], 'import.unfit.none'],
  ])('%j', (names, why) => {
    expect(unfit(names.map((name) => ({ name, size: 1 })))).toBe(why);
  });

  test('is refused when it is empty or more than the server takes', () => {
    expect(unfit([{ name: 'a.csv', size: 0 }])).toBe('import.unfit.empty');
    expect(unfit([{ name: 'a.csv', size: 3e9 }])).toBe('import.unfit.large');
  });
});

describe('what each field becomes', () => {
  test('is guessed by names and titles in both languages, and no property twice', () => {
    expect(guessed(fields('名称', 'NAME', '等级', '类型', 'Radius', '编号', '备注'), SCHEMA)).toEqual({
      名称: 'name',
      NAME: 'NAME',
      等级: 'level',
      类型: 'kind',
      Radius: 'Radius',
      编号: AS_ID,
      备注: '备注',
    });
    // The property's own name goes before what is merely like it, wherever it stands.
    expect(guessed(fields('名称', 'name'), SCHEMA)).toEqual({ 名称: '名称', name: 'name' });
    expect(titlesOf('CAS 号 CAS number')).toEqual({ zh: 'CAS 号', en: 'CAS number' });
  });

  test('is sent where it differs from what the server does by itself', () => {
    expect(queryOf({ name: 'name', 名称: 'name_en', 备注: LEFT_OUT, 编号: AS_ID })).toEqual({
      map: '名称=name_en,备注=',
      id_field: '编号',
    });
    expect(queryOf({ name: 'name', id: AS_ID })).toEqual({ map: undefined, id_field: undefined });
    // A field called id that is to be something else must not be taken for the id.
    expect(queryOf({ id: 'name' })).toEqual({ map: 'id=name', id_field: '#' });
    expect(queryOf({ 'a,b': 'a,b', 'c=d': 'c=d' }).map).toBeUndefined();
    expect(twice({ a: 'name', b: 'name', c: LEFT_OUT, d: LEFT_OUT })).toEqual(['name']);
  });
});

test('a picture is as wide as what is in it, and north is up', () => {
  const middle = { lon: 121, lat: 30 };
  const { points } = outlineOf(middle, [{ type: 'MultiPoint', coordinates: [[121, 30.001], [121.001, 30]] }]);
  expect(points[0]![1]).toBeCloseTo(-111.195, 2);
  expect(points[1]![0]).toBeCloseTo(111.195 * Math.cos(Math.PI / 6), 2);
  const box = boxOf(middle, [121, 30, 121, 30]);
  expect(box.width).toBe(200);
  expect(apartM([121, 30, 122, 31], [121.5, 30.5, 123, 32])).toBe(0);
  expect(apartM([121, 30, 122, 31], [121.5, 32, 123, 33]) / 1000).toBeCloseTo(110.87, 1);
});

const REPORT = { kind: 'csv', layers: ['in'], encoding: null, rows: 1, imported: 1, repaired_count: 0, repaired: [], refused_count: 0, refused: [], fields: [], features: [] };

/** A server that answers each sending with what `answer` says, and how it was asked. */
function server(answer: (asked: ImportAsked) => Partial<ImportJob>) {
  const asked: ImportAsked[] = [];
  const api: Pick<ImportsApi, 'send' | 'one' | 'schema'> = {
    send: async (file, how, { onSent }) => {
      asked.push(how);
      onSent(file.size);
      return { id: String(asked.length), collection: how.collection, file: how.name, state: 'running', done: 0, total: 0, error: null, report: null };
    },
    one: async (id) => {
      const how = asked[Number(id) - 1]!;
      const job = { id, collection: how.collection, file: how.name, done: 1, total: 1, error: null, report: null };
      return { ...job, state: how.trial ? 'tried' : 'done', ...answer(how) };
    },
    schema: async () => SCHEMA,
  };
  const work = new ImportWork('zones', { api, setTimeout: (run) => (queueMicrotask(run), 0) });
  return { asked, api, work };
}

const file = () => new File(['x'], 'a.csv');

describe('a file on its way in', () => {
  test('is tried, tried again once its fields are known, and imported just as it was tried', async () => {
    const { asked, work } = server(() => ({ report: { ...REPORT, file_fields: fields('名称', '备注') } }));
    await work.choose([file()]);
    expect(asked.map(({ trial, map }) => [trial, map])).toEqual([[true, undefined], [true, '名称=name']]);
    expect(work.picture()).toMatchObject({ isTried: true, running: null });
    await work.import();
    expect(asked.at(-1)).toMatchObject({ trial: false, map: '名称=name' });
    expect(work.picture().result?.state).toBe('done');
  });

  test('is not imported after a change that nobody tried', async () => {
    const { asked, work } = server(() => ({ report: { ...REPORT, file_fields: fields('name') } }));
    await work.choose([file()]);
    work.change({ srs: 'gcj02' });
    expect(work.picture().isTried).toBe(false);
    await work.import();
    expect(asked.every(({ trial }) => trial)).toBe(true);
    work.change({ srs: 'file' });
    expect(work.picture().isTried).toBe(true);
    work.change({ srs: 'gcj02' });
    await work.try();
    await work.import();
    expect(asked.at(-1)).toMatchObject({ trial: false, srs: 'gcj02' });
  });

  test('that cannot be read is not imported, and says why', async () => {
    const { work } = server(() => ({ state: 'failed', code: 'unknown_datum', error: 'the file does not say' }));
    await work.choose([file()]);
    expect(work.picture()).toMatchObject({ isTried: false, trial: { code: 'unknown_datum' } });
  });

  test('is followed through a server that does not answer for a while, and given up when it is not known any more', async () => {
    const { api, work } = server(() => ({ report: REPORT }));
    const answered = api.one;
    const unheard: boolean[] = [];
    let silent = 3;
    api.one = async (id) => {
      unheard.push(work.picture().running?.unheard ?? false);
      if (silent-- > 0) throw new ApiError({ status: 0, code: 'unreachable' });
      return answered(id);
    };
    await work.choose([file()]);
    expect(unheard.slice(0, 4)).toEqual([false, true, true, true]);
    expect(work.picture().isTried).toBe(true);
    api.one = async () => Promise.reject(new ApiError({ status: 404, code: 'not_found' }));
    await work.try();
    expect(work.picture()).toMatchObject({ running: null, isTried: false });
    expect(work.picture().problem).toBeInstanceOf(ApiError);
  });

  test('can be stopped while it is sent', async () => {
    const { api, work } = server(() => ({}));
    api.send = (_file, _asked, { signal }) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new DOMException('stopped', 'AbortError'))));
    const choosing = work.choose([file()]);
    expect(work.picture().running).not.toBeNull();
    work.cancel();
    await choosing;
    expect(work.picture()).toMatchObject({ running: null, problem: null, trial: null });
  });
});
