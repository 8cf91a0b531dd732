/** What programs sign in with. A token is shown once, when it is made. */
import { useState } from 'react';
import { adminApi, type MadeToken, type Token } from '../../api/admin';
import type { Role } from '../../api/types';
import { useI18n } from '../../i18n';
import { dateText } from '../../i18n/time';
import { copyText } from '../../ui/copy';
import { Dialog } from '../../ui/Dialog';
import { useAsked } from '../../ui/useAsked';
import { AskedTable } from './AskedTable';
import { Confirm } from './Confirm';
import { RoleChoice } from './RoleChoice';

const ROLES: readonly Role[] = ['device', 'commander', 'monitor', 'guard', 'supervisor', 'admin'];

type Doing = { what: 'add' } | { what: 'show'; made: MadeToken } | { what: 'revoke'; token: Token };

export function Tokens() {
  const { t } = useI18n();
  const asked = useAsked(adminApi.tokens, null);
  const [doing, setDoing] = useState<Doing | null>(null);
  const close = () => setDoing(null);
  return (
    <>
      <AskedTable
        id="tokens"
        title={t('tokens.title')}
        asked={asked}
        columns={[t('accounts.name'), t('accounts.role'), t('tokens.used'), t('accounts.made'), t('accounts.acts')]}
        empty={t('tokens.empty')}
        act={
          <button type="button" className="primary" data-testid="token-add" onClick={() => setDoing({ what: 'add' })}>
            {t('tokens.add')}
          </button>
        }
        row={(token) => (
          <tr key={token.name} data-testid="token-row" data-name={token.name}>
            <th scope="row">{token.name}</th>
            <td>{t(`role.${token.role}`)}</td>
            <td>{token.last_used_at ? dateText(Date.parse(token.last_used_at)) : t('users.never')}</td>
            <td>{dateText(Date.parse(token.created_at))}</td>
            <td>
              <button
                type="button"
                data-testid="token-revoke"
                aria-label={t('tokens.revoke.of', { name: token.name })}
                onClick={() => setDoing({ what: 'revoke', token })}
              >
                {t('tokens.revoke')}
              </button>
            </td>
          </tr>
        )}
      />
      {doing?.what === 'add' && (
        <AddToken
          onClose={close}
          onMade={async (made) => {
            setDoing({ what: 'show', made });
            await asked.ask();
          }}
        />
      )}
      {doing?.what === 'show' && <ShowToken made={doing.made} onClose={close} />}
      {doing?.what === 'revoke' && (
        <Confirm
          danger
          title={t('tokens.revoke.of', { name: doing.token.name })}
          act={t('tokens.revoke')}
          onClose={close}
          send={async () => {
            await adminApi.deleteToken(doing.token.name);
            close();
            await asked.ask();
          }}
        >
          <p>{t('tokens.revoke.what')}</p>
        </Confirm>
      )}
    </>
  );
}

function AddToken({ onMade, onClose }: { onMade: (made: MadeToken) => Promise<void>; onClose: () => void }) {
  const { t } = useI18n();
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('device');
  return (
    <Confirm
      title={t('tokens.add')}
      act={t('tokens.add.do')}
      onClose={onClose}
      send={async () => onMade(await adminApi.addToken(name.trim(), role))}
    >
      <label className="field">
        <span>{t('accounts.name')}</span>
        <input
          required
          autoFocus
          maxLength={64}
          value={name}
          autoComplete="off"
          data-testid="token-name"
          onChange={(event) => setName(event.target.value)}
        />
      </label>
      <RoleChoice roles={ROLES} role={role} onRole={setRole} />
    </Confirm>
  );
}

function ShowToken({ made, onClose }: { made: MadeToken; onClose: () => void }) {
  const { t } = useI18n();
  const [said, setSaid] = useState<string | null>(null);
  return (
    <Dialog title={t('tokens.made', { name: made.name })} testId="token-made" onClose={onClose}>
      <p>{t('tokens.once')}</p>
      <code className="secret" data-testid="token-secret">
        {made.token}
      </code>
      <p role="status">{said}</p>
      <div className="dialog-acts">
        <button
          type="button"
          autoFocus
          onClick={async () => setSaid(t((await copyText(made.token)) ? 'tokens.copied' : 'tokens.notcopied'))}
        >
          {t('tokens.copy')}
        </button>
        <button type="button" className="primary" onClick={onClose}>
          {t('tokens.kept')}
        </button>
      </div>
    </Dialog>
  );
}
