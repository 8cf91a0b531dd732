/** The people who may sign in. */
import { useState } from 'react';
import { adminApi, type User } from '../../api/admin';
import type { Role, Session } from '../../api/types';
import { useI18n } from '../../i18n';
import { dateText } from '../../i18n/time';
import { NewPassword } from '../../ui/NewPassword';
import { useAsked } from '../../ui/useAsked';
import { AskedTable } from './AskedTable';
import { Confirm } from './Confirm';
import { RoleChoice } from './RoleChoice';

/** Roles that a person can have; a device gets a token. */
export const PERSON_ROLES: readonly Role[] = ['commander', 'monitor', 'guard', 'supervisor', 'admin'];

type Doing = { what: 'add' } | { what: 'role' | 'password' | 'delete'; user: User };

export function Users({ session }: { session: Session }) {
  const { t } = useI18n();
  const asked = useAsked(adminApi.users, null);
  const [doing, setDoing] = useState<Doing | null>(null);
  const done = async () => {
    setDoing(null);
    await asked.ask();
  };
  return (
    <>
      <AskedTable
        id="users"
        title={t('users.title')}
        asked={asked}
        columns={[t('accounts.name'), t('accounts.role'), t('users.seen'), t('accounts.made'), t('accounts.acts')]}
        empty={t('users.empty')}
        act={
          <button type="button" className="primary" data-testid="user-add" onClick={() => setDoing({ what: 'add' })}>
            {t('users.add')}
          </button>
        }
        row={(user) => (
          <tr key={user.name} data-testid="user-row" data-name={user.name}>
            <th scope="row">
              {user.name} {user.name === session.name && t('users.you')}
            </th>
            <td>{t(`role.${user.role}`)}</td>
            <td>{user.last_seen_at ? dateText(Date.parse(user.last_seen_at)) : t('users.never')}</td>
            <td>{dateText(Date.parse(user.created_at))}</td>
            <td>
              {(['role', 'password', 'delete'] as const).map((what) => (
                <button
                  key={what}
                  type="button"
                  data-testid={`user-${what}`}
                  aria-label={t(`users.${what}.of`, { name: user.name })}
                  onClick={() => setDoing({ what, user })}
                >
                  {t(`users.${what}`)}
                </button>
              ))}
            </td>
          </tr>
        )}
      />
      {doing?.what === 'add' && <AddUser onDone={done} onClose={() => setDoing(null)} />}
      {doing?.what === 'role' && <ChangeRole user={doing.user} onDone={done} onClose={() => setDoing(null)} />}
      {doing?.what === 'password' && <ChangePassword user={doing.user} onDone={done} onClose={() => setDoing(null)} />}
      {doing?.what === 'delete' && (
        <Confirm
          danger
          title={t('users.delete.of', { name: doing.user.name })}
          act={t('users.delete')}
          onClose={() => setDoing(null)}
          send={() => adminApi.deleteUser(doing.user.name).then(done)}
        >
          <p>{t('users.delete.what')}</p>
          {doing.user.name === session.name && <p className="problem">{t('users.delete.you')}</p>}
        </Confirm>
      )}
    </>
  );
}

interface FormProps {
  onDone: () => Promise<void>;
  onClose: () => void;
}

function AddUser({ onDone, onClose }: FormProps) {
  const { t } = useI18n();
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('monitor');
  const [password, setPassword] = useState('');
  return (
    <Confirm
      title={t('users.add')}
      act={t('users.add.do')}
      onClose={onClose}
      send={async () => {
        await adminApi.addUser(name.trim(), role, password);
        await onDone();
      }}
    >
      <label className="field">
        <span>{t('accounts.name')}</span>
        <input
          required
          autoFocus
          maxLength={64}
          value={name}
          autoComplete="off"
          spellCheck={false}
          data-testid="user-name"
          onChange={(event) => setName(event.target.value)}
        />
      </label>
      <RoleChoice roles={PERSON_ROLES} role={role} onRole={setRole} />
      <NewPassword user={name.trim()} value={password} onChange={setPassword} />
    </Confirm>
  );
}

function ChangeRole({ user, onDone, onClose }: FormProps & { user: User }) {
  const { t } = useI18n();
  const [role, setRole] = useState(user.role);
  return (
    <Confirm
      title={t('users.role.of', { name: user.name })}
      act={t('admin.save')}
      onClose={onClose}
      send={() => adminApi.changeUser(user.name, { role }).then(onDone)}
    >
      <RoleChoice roles={PERSON_ROLES} role={role} onRole={setRole} />
    </Confirm>
  );
}

function ChangePassword({ user, onDone, onClose }: FormProps & { user: User }) {
  const { t } = useI18n();
  const [password, setPassword] = useState('');
  return (
    <Confirm
      title={t('users.password.of', { name: user.name })}
      act={t('admin.save')}
      onClose={onClose}
      send={() => adminApi.changeUser(user.name, { password }).then(onDone)}
    >
      <p>{t('users.password.what')}</p>
      <NewPassword user={user.name} value={password} onChange={setPassword} />
    </Confirm>
  );
}
