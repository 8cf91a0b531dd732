/** The pages that this person may open. */
import type { Session } from '../api/types';
import { useI18n } from '../i18n';
import { formatRoute, PAGES, useRoute } from './route';

export function Nav({ session }: { session: Session }) {
  const { t } = useI18n();
  const { page } = useRoute();
  const offered = PAGES.filter((name) => name !== 'accounts' || session.role === 'admin');
  return (
    <nav className="nav" aria-label={t('page.nav')}>
      {offered.map((name) => (
        <a
          key={name}
          href={formatRoute({ page: name, params: new Map() })}
          aria-current={page === name ? 'page' : undefined}
          data-testid={`page-${name}`}
        >
          {t(`page.${name}`)}
        </a>
      ))}
    </nav>
  );
}
