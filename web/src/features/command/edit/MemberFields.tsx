/** Where the members that Cordon reads come from: from a member of the file, or the same for all. */
import { translateName, useI18n } from '../../../i18n';
import type { Mapping } from './geojson-file';

interface MemberChoiceProps {
  label: string;
  members: readonly string[];
  member: string | null;
  onMember: (member: string | null) => void;
}

export function MemberChoice({ label, members, member, onMember }: MemberChoiceProps) {
  const { t } = useI18n();
  return (
    <label className="field">
      <span>{label}</span>
      <select value={member ?? ''} onChange={(event) => onMember(event.target.value || null)}>
        <option value="">{t('edit.file.none')}</option>
        {members.map((name) => (
          <option key={name} value={name}>
            {t('edit.file.member', { name })}
          </option>
        ))}
      </select>
    </label>
  );
}

interface MemberOrValueProps {
  label: string;
  members: readonly string[];
  values: readonly string[];
  /** Under which prefix the dictionary has the values' words. */
  prefix: string;
  given: Mapping['kind'];
  onGiven: (given: Mapping['kind']) => void;
}

export function MemberOrValue({ label, members, values, prefix, given, onGiven }: MemberOrValueProps) {
  const { t } = useI18n();
  return (
    <label className="field">
      <span>{label}</span>
      <select
        value={'member' in given ? `m:${given.member}` : `v:${given.value}`}
        onChange={(event) => {
          const [kind, text] = [event.target.value.slice(0, 2), event.target.value.slice(2)];
          onGiven(kind === 'm:' ? { member: text } : { value: text });
        }}
      >
        <option value="v:">{t('edit.file.none')}</option>
        {values.map((value) => (
          <option key={value} value={`v:${value}`}>
            {t('edit.file.all', { value: translateName(t, prefix, value, () => value) })}
          </option>
        ))}
        {members.map((name) => (
          <option key={name} value={`m:${name}`}>
            {t('edit.file.member', { name })}
          </option>
        ))}
      </select>
    </label>
  );
}
