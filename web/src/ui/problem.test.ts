import { expect, test } from 'vitest';
import { translate, type Translate } from '../i18n';
import { problemText } from './problem';

const t: Translate = (key, values) => translate('en', key, values);

test('what a proxy says of a silent server is told as such, and what the server says of itself as it says it', () => {
  expect(problemText({ status: 502, title: 'Bad Gateway' }, t)).toBe(t('error.unreachable'));
  expect(problemText({ status: 503, code: 'recovering', detail: 'x' }, t)).not.toBe(t('error.unreachable'));
  expect(problemText({ status: 500, title: 'Internal Server Error' }, t)).toContain('500');
});
