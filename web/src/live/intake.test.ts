import { beforeEach, describe, expect, test } from 'vitest';
import type { LiveFrame } from './frame';
import { Intake } from './intake';

let taken: string[];
let pictures: (() => void)[];
let intake: Intake;

const frame = (name: number, count: number) => ({ baseMs: name, count }) as LiveFrame;

beforeEach(() => {
  taken = [];
  pictures = [];
  intake = new Intake({
    take: ({ baseMs }, from, to) => taken.push(`${baseMs}: ${from}-${to}`),
    done: ({ baseMs }) => taken.push(`${baseMs} done`),
    nextPicture: (run) => pictures.push(run),
  });
});

describe('frames of vehicles', () => {
  test('are taken in at once when they are small, empty ones too', () => {
    intake.put(frame(1, 200), 0);
    intake.put(frame(2, 0), 0);
    expect(taken).toEqual(['1: 0-200', '1 done', '2: 0-0', '2 done']);
    expect(pictures).toHaveLength(0);
  });

  test('are taken in by parts, one for each picture, when they are large', () => {
    intake.put(frame(1, 20_000), 0);
    expect(taken).toEqual(['1: 0-8000']);
    while (pictures.length > 0) pictures.shift()!();
    expect(taken).toEqual(['1: 0-8000', '1: 8000-16000', '1: 16000-20000', '1 done']);
  });

  test('stay in their order: what comes meanwhile is taken in after the rest of the one before', () => {
    intake.put(frame(1, 20_000), 0);
    intake.put(frame(2, 10), 0);
    expect(taken).toEqual(['1: 0-8000', '1: 8000-20000', '1 done', '2: 0-10', '2 done']);
    pictures.shift()!();
    expect(taken).toHaveLength(5);
  });

  test('of a picture that is over are dropped', () => {
    intake.put(frame(1, 20_000), 0);
    intake.clear();
    pictures.shift()!();
    expect(taken).toEqual(['1: 0-8000']);
  });
});
