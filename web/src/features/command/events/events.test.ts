import { describe, expect, test } from 'vitest';
import { csvOf } from '../../../ui/csv';
import { EVERY, passes } from './event-filter';

describe('a table for Excel', () => {
  test('says that it is UTF-8, and ends its lines as Excel does', () => {
    expect(csvOf(['时间', '区域'], [['20:31', '北罐区']])).toBe('\uFEFF时间,区域\r\n20:31,北罐区\r\n');
  });

  test('keeps commas, quotes and line ends inside their cell', () => {
    expect(csvOf(['a', 'b'], [['x,y', 'he said "no"\nand left']])).toContain('"x,y","he said ""no""\nand left"');
  });

  test('runs nothing: a formula stays a text, a number a number', () => {
    expect(csvOf([], [['=1+1', '@x', -12.5, '-12.5', undefined]])).toContain("'=1+1,'@x,-12.5,-12.5,\r\n");
  });
});

test('the log is filtered by kind, zone and words', () => {
  const event = { kind: 'enter', zone: 'tanks' } as const;
  const said = () => '浙A12345 进入 北罐区';
  expect(passes(event, EVERY, said)).toBe(true);
  expect(passes(event, { ...EVERY, kind: 'enter', text: '罐区 浙a' }, said)).toBe(true);
  expect(passes(event, { ...EVERY, zone: 'gate' }, said)).toBe(false);
  expect(passes(event, { ...EVERY, text: '浙B' }, said)).toBe(false);
});
