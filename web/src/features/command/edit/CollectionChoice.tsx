/** Which kind of thing is meant: one of the collections that can be edited. */
import { useI18n } from '../../../i18n';
import { EDITABLE, type Editable } from '../editable';

export interface CollectionChoiceProps {
  label: string;
  testId: string;
  collection: Editable;
  onCollection: (collection: Editable) => void;
}

export function CollectionChoice({ label, testId, collection, onCollection }: CollectionChoiceProps) {
  const { t } = useI18n();
  return (
    <label className="field">
      <span>{label}</span>
      <select
        data-testid={testId}
        value={collection}
        onChange={(event) => onCollection(event.target.value as Editable)}
      >
        {EDITABLE.map((name) => (
          <option key={name} value={name}>
            {t(`collection.${name}`)}
          </option>
        ))}
      </select>
    </label>
  );
}
