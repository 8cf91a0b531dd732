import { describe, expect, test } from 'vitest';
import { decodeFrame, FLAG, FrameError, HEADING_UNKNOWN, SPEED_UNKNOWN } from './frame';

function bytes(hex: string): ArrayBuffer {
  const pairs = hex.replaceAll(/\s/g, '').match(/../g) ?? [];
  return Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16)).buffer;
}

// The same bytes as the golden test of the server's codec.
const GOLDEN = `56430102 02000000 0504030291010000
  04030201 a0c32648 80cfc2ed dc050000 5d02 b3 12
  04030201 a0c32648 80cfc2ed 00000000 ffff ff 00`;

describe('a binary frame of /live', () => {
  test('is read as the server wrote it', () => {
    const frame = decodeFrame(bytes(GOLDEN));
    expect(frame.kind).toBe('delta');
    expect(frame.count).toBe(2);
    expect(frame.baseMs).toBe(0x0000_0191_0203_0405);
    expect([...frame.key]).toEqual([0x01020304, 0x01020304]);
    expect(frame.lonE7[0]).toBe(1_210_500_000);
    expect(frame.latE7[0]).toBe(-306_000_000);
    expect([...frame.ageMs]).toEqual([1_500, 0]);
    expect([...frame.speed]).toEqual([605, SPEED_UNKNOWN]);
    expect([...frame.heading]).toEqual([179, HEADING_UNKNOWN]);
    expect(frame.flags[0]).toBe(FLAG.alarm | FLAG.unchecked);
  });

  test.each([
    [1, 'snapshot'],
    [2, 'delta'],
    [3, 'gone'],
    [4, 'cells'],
  ])('of kind %i is a %s', (code, kind) => {
    expect(decodeFrame(bytes(`564301 0${code} 00000000 0000000000000000`)).kind).toBe(kind);
  });

  test.each([
    ['nothing', ''],
    ['half a header', '56430102 0200'],
    ['another magic', '43560102 00000000 0000000000000000'],
    ['another version', '56430202 00000000 0000000000000000'],
    ['an unknown kind', '56430109 00000000 0000000000000000'],
    ['a record cut short', `${GOLDEN.slice(0, -2)}`],
    ['bytes too many', `${GOLDEN}00`],
    ['a count that no frame has', '56430101 ffffffff 0000000000000000'],
  ])('is refused whole: %s', (_, hex) => {
    expect(() => decodeFrame(bytes(hex))).toThrow(FrameError);
  });
});
