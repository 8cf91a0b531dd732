import { describe, expect, test } from 'vitest';
import type { Alarm, AlarmState, Priority } from '../api/types';
import { AlarmBook } from './alarm-book';

/** "a1 P2 10:05 unacknowledged #7" */
function alarm(text: string): Alarm {
  const [id, priority, clock, state, seq] = text.split(' ') as [string, string, string, AlarmState, string];
  return {
    id,
    seq: Number(seq.slice(1)),
    state,
    priority: Number(priority.slice(1)) as Priority,
    kind: 'enter',
    subject: { kind: 'vehicle', id: 'v1' },
    late: false,
    raised_at: `2026-11-24T${clock}:00Z`,
  };
}

function shown(book: AlarmBook): string {
  return book
    .ordered()
    .map(({ id, state }) => `${id} ${state}`)
    .join(', ');
}

function book(...texts: string[]): AlarmBook {
  const made = new AlarmBook();
  for (const text of texts) made.put(alarm(text));
  return made;
}

describe('the alarm list', () => {
  test('shows the most urgent first, and the newest of equals first, whatever the order of arrival', () => {
    const texts = [
      'low P4 10:09 unacknowledged #1',
      'old P2 10:01 unacknowledged #2',
      'top P1 10:00 acknowledged #3',
      'new P2 10:08 unacknowledged #4',
    ];
    const expected = ['top', 'new', 'old', 'low'];
    expect(
      book(...texts)
        .ordered()
        .map(({ id }) => id),
    ).toEqual(expected);
    expect(
      book(...texts.toReversed())
        .ordered()
        .map(({ id }) => id),
    ).toEqual(expected);
  });

  test('puts what is shelved last, however urgent, and never hides it', () => {
    const texts = ['aside P1 10:00 shelved #1', 'low P4 10:09 unacknowledged #2'];
    expect(shown(book(...texts))).toBe('low unacknowledged, aside shelved');
    expect(shown(book(...texts, 'aside P1 10:00 unacknowledged #3'))).toBe('aside unacknowledged, low unacknowledged');
  });

  test('keeps the latest state when an older one comes after it', () => {
    expect(shown(book('a P1 10:00 acknowledged #5', 'a P1 10:00 unacknowledged #2'))).toBe('a acknowledged');
  });

  test('drops what is closed, and an old copy does not bring it back', () => {
    expect(shown(book('a P1 10:00 unacknowledged #2', 'a P1 10:00 closed #4', 'a P1 10:00 acknowledged #3'))).toBe('');
    expect(shown(book('a P1 10:00 closed #4', 'a P1 10:00 unacknowledged #6'))).toBe('a unacknowledged');
  });

  test('is replaced by a snapshot, except for what is newer than it', () => {
    const made = book(
      'gone P1 10:00 unacknowledged #2',
      'newer P2 10:03 unacknowledged #9',
      'stays P3 10:00 unacknowledged #3',
    );
    made.replace([alarm('stays P3 10:00 acknowledged #6'), alarm('fresh P1 10:02 unacknowledged #7')], 7);
    expect(shown(made)).toBe('fresh unacknowledged, newer unacknowledged, stays acknowledged');
  });
});
