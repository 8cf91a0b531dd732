import { expect, test } from 'vitest';
import { randomPassword, rulesKept } from './password';

test.each([
  ['', 'eva', { length: false, own_name: false, repeated: false }],
  ['short', 'eva', { length: false, own_name: true, repeated: true }],
  ['aaaaaaaaaaaaa', 'eva', { length: true, own_name: true, repeated: false }],
  ['my-Commander-1', 'commander', { length: true, own_name: false, repeated: true }],
  ['eva has a long one', 'eva', { length: true, own_name: true, repeated: true }],
  ['石化园区的一个很长的口令', '张三', { length: true, own_name: true, repeated: true }],
])('%s for %s', (password, user, kept) => expect(rulesKept(password, user)).toEqual(kept));

test('a random password keeps the rules, and is another one each time', () => {
  const made = Array.from({ length: 50 }, randomPassword);
  expect(new Set(made).size).toBe(50);
  for (const password of made) expect(rulesKept(password, 'commander')).toEqual({ length: true, own_name: true, repeated: true });
});
