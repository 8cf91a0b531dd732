/** The console of a person who is signed in: one site, its live picture, and the screen for it. */
import { useEffect, useState } from 'react';
import { api } from '../api/client';
import type { Session } from '../api/types';
import { CommandScreen } from '../features/command/CommandScreen';
import { Page } from './Page';
import { useRoute } from '../ui/route';
import { Site, type Refusal } from '../live/site';
import '../ui/font.css';

export interface ConsoleProps {
  session: Session;
  onRefused: (refusal: Refusal) => void;
  onSignedOut: () => void;
}

function liveUrl(): string {
  return `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/live`;
}

export function Console({ session, onRefused, onSignedOut }: ConsoleProps) {
  const [site, setSite] = useState<Site | null>(null);

  useEffect(() => {
    const next = new Site({ url: liveUrl(), api, onRefused });
    const hurry = () => next.hurry();
    next.start();
    window.addEventListener('online', hurry);
    document.addEventListener('visibilitychange', hurry);
    setSite(next);
    return () => {
      window.removeEventListener('online', hurry);
      document.removeEventListener('visibilitychange', hurry);
      next.stop();
    };
  }, [onRefused]);

  const signOut = () => {
    void api.signOut().finally(onSignedOut);
  };
  const { page } = useRoute();
  return (
    site && (
      <>
        {/* The map stays alive behind the other pages: alarms go on sounding, and coming back costs nothing. */}
        <div className="screen" hidden={page !== 'map'}>
          <CommandScreen site={site} session={session} onSignOut={signOut} />
        </div>
        {page !== 'map' && <Page page={page} site={site} session={session} onSignOut={signOut} />}
      </>
    )
  );
}
