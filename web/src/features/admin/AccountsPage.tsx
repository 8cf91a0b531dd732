/** Who may sign in, which programs may speak with the server, and which terminals wait to be let in. */
import type { Session } from '../../api/types';
import { useI18n } from '../../i18n';
import type { Site } from '../../live/site';
import { mayAdminister } from './may';
import { Terminals } from './Terminals';
import { Tokens } from './Tokens';
import { Users } from './Users';
import './admin.css';

export function AccountsPage({ session, site }: { session: Session; site: Site }) {
  const { t } = useI18n();
  return (
    <article className="admin" data-testid="accounts">
      <h1>{t('page.accounts')}</h1>
      {mayAdminister(session) ? (
        <>
          <Users session={session} />
          <Tokens />
          <Terminals site={site} />
        </>
      ) : (
        <p className="problem">{t('accounts.forbidden')}</p>
      )}
    </article>
  );
}
