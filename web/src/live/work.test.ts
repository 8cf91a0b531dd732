import { beforeEach, describe, expect, test } from 'vitest';
import { Meter } from './work';

let nowMs: number;
let pictures: (() => void)[];
let meter: Meter;

const pass = (ms: number) => (nowMs += ms);
const picture = () => pictures.splice(0).forEach((run) => run());

beforeEach(() => {
  nowMs = 1_000;
  pictures = [];
  meter = new Meter(
    () => nowMs,
    (run) => pictures.push(run),
  );
});

describe('the work of a frame', () => {
  test('is all that was done until the next picture, by what it was for', () => {
    meter.begin('socket');
    pass(2);
    meter.end('socket');
    pass(50);
    meter.begin('layer');
    pass(3);
    meter.end('layer');
    expect(meter.work().frames()).toEqual([]);
    picture();
    meter.begin('layer');
    pass(1);
    meter.end('layer');
    picture();
    expect(meter.work().frames()).toEqual([5, 1]);
    expect(meter.work().parts()).toMatchObject({ socket: [2, 0], layer: [3, 1], labels: [0, 0] });
  });

  test('counts work within work once, for its own part', () => {
    meter.begin('fleet');
    pass(1);
    meter.begin('labels');
    pass(4);
    meter.end('labels');
    pass(1);
    meter.end('fleet');
    picture();
    expect(meter.work().frames()).toEqual([6]);
    expect(meter.work().parts()).toMatchObject({ fleet: [2], labels: [4] });
  });

  test('counts for the screen what goes on after the act that it lies within', () => {
    meter.begin('socket');
    pass(1);
    meter.begin('screen');
    pass(2);
    meter.end('socket');
    pass(8);
    meter.end('screen');
    pass(100);
    picture();
    expect(meter.work().parts()).toMatchObject({ socket: [1], screen: [10] });
  });

  test('is forgotten when asked to, ages too', () => {
    meter.begin('fleet');
    meter.end('fleet');
    picture();
    meter.drawn(12);
    expect(meter.work().ages()).toEqual([12]);
    meter.work().clear();
    expect([meter.work().frames(), meter.work().ages(), meter.work().parts().fleet]).toEqual([[], [], []]);
  });
});
