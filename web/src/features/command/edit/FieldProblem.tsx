/** The server's refusal, at the field that it is about. */
import type { Problem } from '../../../api/types';
import { useI18n } from '../../../i18n';
import { refusalText } from '../../../ui/refused-words';
import { isAt } from './problems';

export function FieldProblem({ problem, at }: { problem: Problem | null; at: string }) {
  const { t } = useI18n();
  if (!problem || !isAt(problem, at)) return null;
  return (
    <p className="problem" role="alert" data-testid="field-problem" data-field={problem.field}>
      {refusalText(problem, t)}
    </p>
  );
}
