import { beforeEach, describe, expect, test } from 'vitest';
import type { Vehicle } from '../api/types';
import { Directory } from './directory';

let listed: Vehicle[];
let asked: number;
let nowMs: number;
let changes: number;
let directory: Directory;

const vehicle = (key: number, plate: string): Vehicle => ({ id: `v${key}`, key, plate });
const seen = async (...keys: number[]) => {
  directory.seen(Uint32Array.from(keys));
  await Promise.resolve();
  await Promise.resolve();
};

beforeEach(() => {
  listed = [vehicle(1, '浙A00001')];
  asked = changes = 0;
  nowMs = 0;
  const api = {
    vehicles: async () => {
      asked += 1;
      return listed;
    },
    vehicle: async (id: string) => ({ ...listed.find((one) => one.id === id)!, plate: '浙A99999' }),
  };
  directory = new Directory(
    api,
    () => (changes += 1),
    () => nowMs,
  );
});

describe('the names behind the numbers', () => {
  test('are asked for when an unknown number turns up, and not again for known ones', async () => {
    await seen(1);
    expect(directory.byKey(1)?.plate).toBe('浙A00001');
    expect(directory.byId('v1')?.key).toBe(1);
    nowMs += 60_000;
    await seen(1);
    expect([asked, changes]).toEqual([1, 1]);
  });

  test('are asked for at most once in five seconds', async () => {
    await seen(1);
    listed.push(vehicle(2, '浙A00002'));
    await seen(2);
    expect(asked).toBe(1);
    nowMs += 5_000;
    await seen(2);
    expect(directory.byKey(2)?.plate).toBe('浙A00002');
  });

  test('a number that the server has no name for is not asked for over and over', async () => {
    await seen(9);
    nowMs += 60_000;
    await seen(9);
    expect(asked).toBe(1);
  });

  test('one vehicle can be read again by itself', async () => {
    await seen(1);
    await directory.refreshOne(1);
    expect([directory.byKey(1)?.plate, asked]).toEqual(['浙A99999', 1]);
  });
});
