/** A role, with what it may do. */
import type { Role } from '../../api/types';
import { translateName, useI18n } from '../../i18n';

export function RoleChoice({ roles, role, onRole }: { roles: readonly Role[]; role: Role; onRole: (role: Role) => void }) {
  const { t } = useI18n();
  return (
    <label className="field">
      <span>{t('accounts.role')}</span>
      <select value={role} data-testid="role" onChange={(event) => onRole(event.target.value as Role)}>
        {roles.map((name) => (
          <option key={name} value={name}>
            {t(`role.${name}`)}
          </option>
        ))}
      </select>
      <span className="role-what">{translateName(t, 'help.role', role, () => t('tokens.device'))}</span>
    </label>
  );
}
