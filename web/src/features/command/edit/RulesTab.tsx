/** Who may do what: every rule as a sentence that can be changed, and as the sentence that will be read. */
import { useMemo, useState } from 'react';
import type { Problem, Rule } from '../../../api/types';
import { useI18n, type Key } from '../../../i18n';
import type { Desk } from '../desk';
import { LIMITS, type Draft } from './draft';
import { FieldProblem } from './FieldProblem';
import { isAt } from './problems';
import { RuleEditor } from './RuleEditor';
import { freeId, needsWindow, TEMPLATES } from './rules';
import type { Session } from './session';

export interface RulesTabProps {
  desk: Desk;
  work: Session;
  draft: Draft;
  problem: Problem | null;
}

/** Lists longer than this are no help to whoever types. */
const MOST_SUGGESTED = 200;

export function RulesTab({ desk, work, draft, problem }: RulesTabProps) {
  const { t } = useI18n();
  const rules = draft.properties.rules ?? [];
  const companies = useCompanies(desk);
  const [added, setAdded] = useState<string | null>(null);
  const set = (next: Rule[], about: string | null = null) => work.change({ rules: next }, about);
  const add = (name: string) => {
    const template = TEMPLATES[name];
    if (!template) return;
    const id = freeId(rules, name);
    setAdded(id);
    set([...rules, { id, ...structuredClone(template) }]);
  };
  return (
    <>
      <datalist id="edit-companies">
        {companies.map((company) => (
          <option key={company} value={company} />
        ))}
      </datalist>
      {!rules.some((_, i) => isAt(problem, `properties.rules[${i}]`)) && (
        <FieldProblem problem={problem} at="properties.rules" />
      )}
      {rules.length === 0 && <p className="edit-dim">{t('card.rules.none')}</p>}
      <ol className="edit-rules">
        {rules.map((rule, i) => (
          <li key={rule.id} data-testid={`rule-${rule.id}`}>
            <FieldProblem problem={problem} at={`properties.rules[${i}]`} />
            <RuleEditor
              rule={rule}
              fresh={rule.id === added}
              needsWindow={needsWindow(rule, draft.properties)}
              onChange={(next, about) =>
                set(
                  rules.map((other, j) => (j === i ? next : other)),
                  about === null ? null : `rule-${rule.id}-${about}`,
                )
              }
              onRemove={() => set(rules.filter((_, j) => j !== i))}
            />
          </li>
        ))}
      </ol>
      <h3 id="rule-add">{t('edit.rule.add')}</h3>
      <div className="edit-tools" role="group" aria-labelledby="rule-add">
        {Object.keys(TEMPLATES).map((name) => (
          <button
            key={name}
            type="button"
            data-testid={`template-${name}`}
            disabled={rules.length >= LIMITS.rules}
            onClick={() => add(name)}
          >
            {t(`edit.template.${name}` as Key)}
          </button>
        ))}
      </div>
    </>
  );
}

/** The companies that the site's vehicles belong to. */
function useCompanies(desk: Desk): string[] {
  const { site } = desk;
  const { revision } = site.picture();
  return useMemo(() => {
    const names = new Set<string>();
    for (const key of site.fleet.keys) {
      const company = site.directory.byKey(key)?.company;
      if (company) names.add(company);
      if (names.size >= MOST_SUGGESTED) break;
    }
    return [...names].sort();
    // The directory has no list of its own: what it knows changes with the picture.
  }, [site, revision]);
}
