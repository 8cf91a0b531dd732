/**
 * Finds a vehicle, a company, a zone, a facility, a road or coordinates, and shows it: by typing, the arrow keys and Enter,
 * or by hand.
 */
import { useCallback, useEffect, useId, useRef, useState, type KeyboardEvent } from 'react';
import { translateName, useI18n } from '../../../i18n';
import { errorText } from '../../../ui/problem';
import type { Desk } from '../desk';
import { useAction } from '../useKeys';
import { matches } from './fold';
import { wordsOf, type Entry } from './search';
import { show } from './show';
import { useSearch } from './useSearch';
import type { Target } from './entries';
import './find.css';

/** So many of a group at first; more on demand. */
const FEW = 6;
const MANY = 100;
const NONE: readonly string[] = [];

/** A line that can be chosen: something found, or that there is more of its group. */
interface Line {
  group: string;
  entry: Entry<Target> | null;
}

export function FindPanel({ desk, onDone }: { desk: Desk; onDone: () => void }) {
  const { t } = useI18n();
  const [query, setQuery] = useState('');
  const [active, setActive] = useState(0);
  const [widened, setWidened] = useState<ReadonlySet<string>>(new Set());
  const [said, setSaid] = useState<string | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  const limit = useCallback((group: string) => (widened.has(group) ? MANY : FEW), [widened]);
  const { groups, known, cut } = useSearch(desk.site, query, limit);
  const sections = groups.map(({ group, entries, total }) => {
    const lines = entries.map((entry): Line => ({ group, entry }));
    if (total > entries.length && !widened.has(group)) lines.push({ group, entry: null });
    return { group, total, lines };
  });
  const lines = sections.flatMap((section) => section.lines);
  const chosen = Math.min(active, lines.length - 1);
  const words = wordsOf(query);
  const marks = [words.whole, ...words.words];

  useEffect(() => input.current?.focus(), []);
  useAction('find', () => {
    input.current?.focus();
    input.current?.select();
  });
  useAction('back', () => (query === '' ? onDone() : ask('')));
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [chosen, query]);

  const ask = (next: string) => {
    setQuery(next);
    setActive(0);
    setWidened(new Set());
    setSaid(null);
  };
  const present = async ({ target, title }: Entry<Target>) => {
    const placed = await show(desk, target).then(
      (has) => (has ? null : t('find.nowhere', { title })),
      (error: unknown) => errorText(error, t),
    );
    // Whoever typed on meanwhile asks for something else.
    if (input.current?.value === query) setSaid(placed);
  };
  const open = (line: Line) => {
    setActive(lines.indexOf(line));
    if (!line.entry) setWidened(new Set([...widened, line.group]));
    else void present(line.entry);
  };
  const press = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === 'Enter' && lines[chosen]) open(lines[chosen]);
    else if (step !== undefined && lines.length > 0) setActive((chosen + step + lines.length) % lines.length);
    else return;
    event.preventDefault();
  };

  return (
    <div className="find">
      <input
        ref={input}
        type="search"
        role="combobox"
        aria-label={t('find.label')}
        aria-expanded={lines.length > 0}
        aria-controls={`${id}-list`}
        aria-activedescendant={lines[chosen] ? `${id}-${chosen}` : undefined}
        aria-autocomplete="list"
        autoComplete="off"
        spellCheck={false}
        placeholder={t('find.placeholder')}
        value={query}
        data-testid="find-input"
        onChange={(event) => ask(event.target.value)}
        onKeyDown={press}
      />
      <p className="unseen" role="status">
        {query !== '' && t('find.results', { total: groups.reduce((sum, { total }) => sum + total, 0) })}
      </p>
      {said !== null && (
        <p className="problem" role="alert">
          {said}
        </p>
      )}
      {query.trim() === '' && <Hints />}
      {query.trim() !== '' && lines.length === 0 && (
        <p className="hint" data-testid="find-none">
          {t('find.none', { query: query.trim() })}
        </p>
      )}
      {query.trim() !== '' && !known && <p className="hint">{t('find.loading')}</p>}
      {query.trim() !== '' && cut.length > 0 && (
        <p className="hint" data-testid="find-cut">
          {t('find.cut', {
            what: cut.map((collection) => translateName(t, 'find.group', collection, () => collection)).join(t('list.separator')),
          })}
        </p>
      )}
      <div id={`${id}-list`} ref={list} role="listbox" aria-label={t('side.find')} hidden={lines.length === 0}>
        {sections.map((section) => (
          <div key={section.group} role="group" aria-labelledby={`${id}-${section.group}`}>
            <div className="find-group" role="presentation" id={`${id}-${section.group}`}>
              {translateName(t, 'find.group', section.group, () => section.group)}{' '}
              <span className="find-total">{section.total}</span>
            </div>
            {section.lines.map((line) => {
              const at = lines.indexOf(line);
              return (
                <div
                  key={line.entry?.id ?? ''}
                  id={`${id}-${at}`}
                  role="option"
                  aria-selected={at === chosen}
                  className="find-item"
                  data-testid={line.entry ? 'find-item' : 'find-more'}
                  data-group={line.group}
                  onMouseDown={(event) => event.preventDefault()}
                  onClick={() => open(line)}
                >
                  {line.entry ? (
                    <>
                      <span className="find-title">
                        <Marked text={line.entry.title} words={line.group === 'coordinates' ? NONE : marks} />
                      </span>
                      <span className="find-detail">
                        <Marked text={line.entry.detail} words={line.group === 'coordinates' ? NONE : marks} />
                      </span>
                    </>
                  ) : (
                    t('find.more', { total: section.total })
                  )}
                </div>
              );
            })}
          </div>
        ))}
      </div>
    </div>
  );
}

function Hints() {
  const { t } = useI18n();
  return (
    <div className="find-hints">
      <p>{t('find.hint')}</p>
      <ul>
        <li>{t('find.hint.plate')}</li>
        <li>{t('find.hint.name')}</li>
        <li>{t('find.hint.coordinates')}</li>
      </ul>
      <p>{t('find.keys')}</p>
    </div>
  );
}

/** A text with the parts that were searched for. */
function Marked({ text, words }: { text: string; words: readonly string[] }) {
  const spans = matches(text, words);
  if (spans.length === 0) return text;
  const parts = spans.flatMap(([from, to], i) => [
    text.slice(i === 0 ? 0 : spans[i - 1]![1], from),
    <mark key={from}>{text.slice(from, to)}</mark>,
  ]);
  return [...parts, text.slice(spans.at(-1)![1])];
}
