/**
 * Texts as they are compared: without case, without the middle dot of a plate, spaces or dashes, and with full-width
 * letters made plain, so that `浙a d1234` finds 浙A·D1234.
 */

const SEPARATORS = /[\s·•・∙⋅.,，、。()（）[\]【】「」『』《》"'“”‘’_/\\–—-]/gu;
const WIDE = /[\u3000\uff00-\uffef]/;

export function fold(text: string): string {
  const plain = WIDE.test(text) ? text.normalize('NFKC') : text;
  return plain.toLowerCase().replace(SEPARATORS, '');
}

/** A part of a text, as positions of `String.slice`. */
export type Span = readonly [from: number, to: number];

/** Where the words of a query stand in a text, for marking; in order, and never over each other. */
export function matches(text: string, words: readonly string[]): Span[] {
  let folded = '';
  const from: number[] = [];
  const to: number[] = [];
  let at = 0;
  for (const letter of text) {
    const plain = fold(letter);
    for (let i = 0; i < plain.length; i += 1) {
      from.push(at);
      to.push(at + letter.length);
    }
    folded += plain;
    at += letter.length;
  }
  const spans = words
    .filter((word) => word !== '' && folded.includes(word))
    .map((word): Span => {
      const begin = folded.indexOf(word);
      return [from[begin]!, to[begin + word.length - 1]!];
    })
    .sort((a, b) => a[0] - b[0]);
  return spans.filter((span, i) => i === 0 || span[0] >= spans[i - 1]![1]);
}

/** The first character that is read with each initial (no word begins with i, u or v), by the order of pinyin. */
const FIRSTS = '阿八嚓哒妸发旮哈讥咔垃痳拏噢妑七呥扨它穵夕丫帀';
const LETTERS = 'abcdefghjklmnopqrstwxyz';
const byPinyin = new Intl.Collator('zh-CN-u-co-pinyin');
const known = new Map<string, string>();

function initial(letter: string): string {
  const before = known.get(letter);
  if (before !== undefined) return before;
  let found = '';
  if (/\p{Script=Han}/u.test(letter)) {
    for (let i = 0; i < FIRSTS.length && byPinyin.compare(FIRSTS[i]!, letter) <= 0; i += 1) found = LETTERS[i]!;
  } else if (/[a-z0-9]/.test(letter)) {
    found = letter;
  }
  known.set(letter, found);
  return found;
}

/**
 * The initials of a Chinese text in pinyin: `nmkk` for 南门卡口. A character with several readings counts with the one under
 * which the browser sorts it. Empty for a text without Chinese.
 */
export function initials(text: string): string {
  if (!/\p{Script=Han}/u.test(text)) return '';
  return [...fold(text)].map(initial).join('');
}
