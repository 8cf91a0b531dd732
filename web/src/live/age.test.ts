import { expect, test } from 'vitest';
import { isOld } from './age';

test('what is shown is old when the server is out of reach or has said nothing for two heartbeats', () => {
  expect(isOld('live', null)).toBe(false);
  expect(isOld('live', 9_900)).toBe(false);
  expect(isOld('live', 10_100)).toBe(true);
  expect(isOld('lost', 200)).toBe(true);
});
