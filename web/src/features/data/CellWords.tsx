/** What is to be read about a change that was tried: why not, what somebody else did meanwhile, and the choice that is left. */
import { ApiError } from '../../api/client';
import { useI18n } from '../../i18n';
import { dateText } from '../../i18n/time';
import { errorText } from '../../ui/problem';
import { refusalText } from '../../ui/refused-words';
import { cellText, columnName } from './columns';
import type { CellEditing } from './useCellEdit';

export interface CellWordsProps {
  collection: string;
  editing: CellEditing;
  /** What a row is called. */
  called: (id: string) => string;
}

export function CellWords({ collection, editing, called }: CellWordsProps) {
  const { language, t } = useI18n();
  const { word } = editing;
  if (!word) return null;
  if (word.of === 'conflict') {
    const { id, column, value } = word.edit;
    const say = (one: unknown) => cellText(collection, column, one, language, t) || t('data.blank');
    return (
      <div className="problem data-word" role="alert" data-testid="cell-conflict">
        <p>
          {t('data.conflict', {
            name: called(id),
            column: columnName(column, t),
            who: word.last?.by ?? t('data.nobody'),
            time: word.last ? dateText(Date.parse(word.last.recorded_at)) : '–',
            theirs: say(word.theirs.feature.properties[column]),
            mine: say(value),
          })}
        </p>
        <button type="button" data-testid="conflict-theirs" onClick={editing.takeTheirs}>
          {t('data.conflict.theirs')}
        </button>
        <button type="button" className="primary" data-testid="conflict-mine" onClick={() => void editing.writeMine()}>
          {t('data.conflict.mine')}
        </button>
      </div>
    );
  }
  if (word.of === 'beside') {
    return (
      <p className="data-word" role="status" data-testid="cell-beside">
        {t('data.edit.beside', { who: word.by.by ?? t('data.nobody'), name: called(word.id) })}
      </p>
    );
  }
  const text = () => {
    switch (word.of) {
      case 'number':
        return t('data.edit.number', { column: columnName(word.column, t), typed: word.typed });
      case 'yes_no':
        return t('data.edit.yes', { column: columnName(word.column, t) });
      case 'gone':
        return t('data.edit.gone', { name: called(word.id) });
      case 'failed':
        return t('data.edit.refused', {
          why: word.error instanceof ApiError ? refusalText(word.error.problem, t) : errorText(word.error, t),
        });
    }
  };
  return (
    <p className="problem data-word" role="alert" data-testid="cell-problem">
      {text()}
    </p>
  );
}
