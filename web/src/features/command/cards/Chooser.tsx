/** What else lies under a click: a short list at that place. The first one is chosen already; arrows go through the others. */
import { useEffect, useRef } from 'react';
import { translateName, useI18n, type Language, type Translate } from '../../../i18n';
import { nameOf } from '../../../map/drawn';
import type { Choice, Several } from '../../../map/park-map';
import { signOf } from '../../../map/sort-of';
import { SignPicture } from '../../../ui/SignPicture';
import type { Desk } from '../desk';
import { useAction } from '../useKeys';
import { collectionName } from '../../../ui/properties';
import './cards.css';

/** As cards.css has it: the list with its margin, its head, one of its lines. */
const WIDEST_PX = 360;
const HEAD_PX = 64;
const LINE_PX = 37;

interface Line {
  name: string;
  what: string;
  sign: string | null;
}

function lineOf(choice: NonNullable<Choice>, { site }: Desk, language: Language, t: Translate): Line {
  if (choice.kind === 'vehicle') {
    const vehicle = site.directory.byKey(choice.key);
    return {
      name: vehicle?.plate ?? vehicle?.id ?? t('card.unnamed', { key: choice.key }),
      what: vehicle?.class ? translateName(t, 'class', vehicle.class, () => '') : t('chooser.vehicle'),
      sign: null,
    };
  }
  const properties = site.features.get(choice.collection, choice.id)?.properties ?? {};
  return {
    name: nameOf(properties, language) || choice.id,
    what: collectionName(choice.collection, t),
    sign: signOf(choice.collection, properties),
  };
}

export function sameChoice(a: Choice, b: Choice): boolean {
  if (a?.kind === 'vehicle') return b?.kind === 'vehicle' && a.key === b.key;
  return a?.kind === 'feature' && b?.kind === 'feature' && a.collection === b.collection && a.id === b.id;
}

export function Chooser({ desk, several, onClose }: { desk: Desk; several: Several; onClose: () => void }) {
  const { language, t } = useI18n();
  useAction('back', onClose);
  const list = useRef<HTMLUListElement>(null);
  const at = several.choices.findIndex((choice) => sameChoice(choice, desk.choice));
  useEffect(() => list.current?.querySelector('button')?.focus({ preventScroll: true }), [several]);

  const step = (event: React.KeyboardEvent) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by !== undefined) {
      const buttons = [...(list.current?.querySelectorAll('button') ?? [])];
      const next = buttons[Math.min(buttons.length - 1, Math.max(0, Math.max(0, at) + by))];
      next?.focus();
      next?.click();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      className="chooser"
      style={{
        // Beside the click, and within the map.
        left: `min(${several.x}px, calc(100% - ${WIDEST_PX}px))`,
        top: `min(${several.y}px, calc(100% - ${HEAD_PX + LINE_PX * several.choices.length}px))`,
      }}
      role="group"
      aria-label={t('chooser.title', { n: several.choices.length })}
      data-testid="chooser"
      onKeyDown={step}
    >
      <header>
        <span>{t('chooser.title', { n: several.choices.length })}</span>
        <button type="button" className="quiet" onClick={onClose} aria-label={t('card.close')}>
          ×
        </button>
      </header>
      <ul ref={list}>
        {several.choices.map((choice, index) => {
          const { name, what, sign } = lineOf(choice, desk, language, t);
          return (
            <li key={index}>
              <button type="button" aria-pressed={index === at} onClick={() => desk.choose(choice)}>
                {sign && <SignPicture sign={sign} />}
                <span className="chooser-name">{name}</span>
                <span className="chooser-what">{what}</span>
              </button>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
