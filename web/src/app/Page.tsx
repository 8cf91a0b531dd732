/** A page beside the map, with the way back to it. */
import type { Session } from '../api/types';
import { AccountsPage } from '../features/admin/AccountsPage';
import { HealthPage } from '../features/admin/HealthPage';
import { HelpText } from '../features/command/help/HelpText';
import { useI18n } from '../i18n';
import type { Site } from '../live/site';
import { LanguageSwitch } from '../ui/LanguageSwitch';
import { later } from '../ui/later';
import { ThemeSwitch } from '../ui/ThemeSwitch';
import { Nav } from '../ui/Nav';
import { SkipLink } from '../ui/SkipLink';
import { UserMenu } from '../ui/UserMenu';
import type { Page as PageName } from '../ui/route';

// The map needs none of it.
const DataPage = later(() => import('../features/data/DataPage'));

export interface PageProps {
  page: Exclude<PageName, 'map'>;
  site: Site;
  session: Session;
  onSignOut: () => void;
}

export function Page({ page, site, session, onSignOut }: PageProps) {
  const { t } = useI18n();
  return (
    <div className="page">
      <SkipLink to="page">{t('page.skip')}</SkipLink>
      <header className="topbar">
        <Nav session={session} />
        <span className="spring" />
        <ThemeSwitch />
        <LanguageSwitch />
        <UserMenu session={session} onSignOut={onSignOut} />
      </header>
      <main className="page-body" id="page" tabIndex={0}>
        {page === 'data' && <DataPage site={site} session={session} />}
        {page === 'health' && <HealthPage />}
        {page === 'accounts' && <AccountsPage session={session} site={site} />}
        {page === 'help' && <HelpText />}
      </main>
    </div>
  );
}
