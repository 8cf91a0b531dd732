import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Feature } from '../../../api/types';
import { translate, type Key, type Values } from '../../../i18n';
import { draftOf, emptyDraft, type Base, type Draft } from './draft';
import { importUndo } from './import-send';
import { remove, restore, save } from './saving';

const FEATURE: Feature = {
  type: 'Feature',
  id: 'g1',
  geometry: { type: 'Point', coordinates: [121, 30] },
  properties: { name: '北门', name_en: 'North gate', kind: 'hazmat' },
};
const BASE: Base = { feature: FEATURE, tag: '"3"' };

interface Asked {
  method: string;
  path: string;
  ifMatch: string | null;
  body: unknown;
}

/** A server that answers one request after another; answers what it was asked. */
function serverSaying(...answers: { status: number; tag?: string; body?: unknown }[]): Asked[] {
  const asked: Asked[] = [];
  vi.stubGlobal('fetch', async (path: string, { method, headers, body }: RequestInit) => {
    asked.push({
      method: method ?? 'GET',
      path,
      ifMatch: new Headers(headers).get('if-match'),
      body: body === undefined ? undefined : JSON.parse(String(body)),
    });
    const answer = answers[asked.length - 1] ?? { status: 500 };
    const sent = { 'content-type': 'application/json', ...(answer.tag ? { etag: answer.tag } : {}) };
    const text = answer.body === undefined ? null : JSON.stringify(answer.body);
    return new Response(answer.status === 204 ? null : text, { status: answer.status, headers: sent });
  });
  return asked;
}

function renamed(name: string): Draft {
  const draft = draftOf('gates', FEATURE);
  return { ...draft, properties: { ...draft.properties, name } };
}

afterEach(() => vi.unstubAllGlobals());

describe('saving', () => {
  it('names the revision that was seen, and its undo puts that one back over the saved one', async () => {
    const asked = serverSaying({ status: 200, tag: '"4"', body: FEATURE }, { status: 200, tag: '"5"', body: FEATURE });
    const saved = await save(renamed('南门'), BASE);
    expect(saved.kind).toBe('done');
    expect(asked[0]).toMatchObject({ method: 'PUT', ifMatch: '"3"', body: { properties: { name: '南门' } } });
    if (saved.kind === 'done') await saved.done.undo();
    expect(asked[1]).toMatchObject({ method: 'PUT', ifMatch: '"4"', body: FEATURE });
  });
  it('of something fresh is undone by deleting it', async () => {
    const asked = serverSaying({ status: 201, tag: '"1"', body: FEATURE }, { status: 204 });
    const saved = await save({ ...emptyDraft('gates'), shape: { kind: 'point', at: [121, 30] } }, null);
    if (saved.kind === 'done') await saved.done.undo();
    expect(asked.map(({ method, ifMatch }) => [method, ifMatch])).toEqual([
      ['POST', null],
      ['DELETE', '"1"'],
    ]);
  });
  it('over somebody else’s revision brings theirs beside it, and who it was', async () => {
    const theirs = { ...FEATURE, properties: { name: '东门' } };
    const line = { revision: 4, recorded_at: '2026-11-27T08:00:00Z', by: 'eva', action: 'changed' };
    serverSaying(
      { status: 412, body: { code: 'changed' } },
      { status: 200, tag: '"4"', body: theirs },
      { status: 200, body: { items: [line] } },
    );
    const saved = await save(renamed('南门'), BASE);
    expect(saved).toMatchObject({ kind: 'conflict', conflict: { theirs: { tag: '"4"' }, last: { by: 'eva' } } });
  });
  it('of what somebody deleted says so', async () => {
    serverSaying({ status: 412, body: { code: 'changed' } }, { status: 404, body: { code: 'not_found' } });
    expect(await save(renamed('南门'), BASE)).toEqual({ kind: 'gone' });
  });
  it('that is refused brings the problem with its field', async () => {
    serverSaying({ status: 422, body: { code: 'range', field: 'properties.name', value: 'x', limit: 'y' } });
    expect(await save(renamed('南门'), BASE)).toMatchObject({ kind: 'problem', problem: { field: 'properties.name' } });
  });
});

describe('deleting', () => {
  it('is undone by bringing it back over the revision that deleted it', async () => {
    const asked = serverSaying({ status: 204 }, { status: 200, tag: '"5"', body: FEATURE });
    const saved = await remove(draftOf('gates', FEATURE), 'g1', BASE);
    expect(asked[0]).toMatchObject({ method: 'DELETE', ifMatch: '"3"' });
    if (saved.kind === 'done') await saved.done.undo();
    expect(asked[1]).toMatchObject({ method: 'POST', path: '/ogc/collections/gates/items/g1/restore', ifMatch: '"4"' });
  });
  it('can be taken back later, and that be taken back as well', async () => {
    const asked = serverSaying({ status: 200, tag: '"5"', body: FEATURE }, { status: 204 });
    const done = await restore('gates', 'g1', '"4"');
    expect(done.act).toBe('restored');
    expect([done.called('zh-CN'), done.called('en')]).toEqual(['北门', 'North gate']);
    await done.undo();
    expect(asked.map(({ method, ifMatch }) => [method, ifMatch])).toEqual([
      ['POST', '"4"'],
      ['DELETE', '"5"'],
    ]);
  });
});

describe('an import', () => {
  const made = Array.from({ length: 2_000 }, (_, i): Feature => ({ ...FEATURE, id: `g${i}` }));
  const t = (key: Key, values?: Values) => translate('en', key, values);
  it('is taken back whole by one question', async () => {
    const asked = serverSaying({ status: 204 });
    await importUndo('gates', made, t).undo();
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({ method: 'POST', path: '/ogc/collections/gates/deletions' });
    expect((asked[0]!.body as { items: unknown[] }).items[1_999]).toEqual({ id: 'g1999', revision: 1 });
  });
  it('of which something was changed since stays, and it is said what', async () => {
    serverSaying({ status: 412, body: { code: 'changed', field: 'items[7]', value: 'g7' } });
    await expect(importUndo('gates', made, t).undo()).rejects.toThrow(/g7/);
  });
});
