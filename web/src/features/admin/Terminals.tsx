/** Terminals that showed up and speak for nobody yet, and those that signed on as another device than before. */
import { useState } from 'react';
import { adminApi, type Terminal } from '../../api/admin';
import { useI18n } from '../../i18n';
import { dateText } from '../../i18n/time';
import type { Site } from '../../live/site';
import { useAsked } from '../../ui/useAsked';
import { AskedTable } from './AskedTable';
import { Confirm } from './Confirm';

const EVERY_MS = 10_000;

function waits({ approved, device_differs }: Terminal): boolean {
  return !approved || device_differs;
}

export function Terminals({ site }: { site: Site }) {
  const { t } = useI18n();
  const asked = useAsked(adminApi.terminals, EVERY_MS);
  const [approving, setApproving] = useState<Terminal | null>(null);
  const approved = asked.value?.filter((terminal) => terminal.approved).length ?? 0;
  return (
    <>
      <AskedTable
        id="terminals"
        title={t('terminals.title')}
        asked={asked}
        only={waits}
        columns={[
          t('terminals.phone'),
          t('terminals.plate'),
          t('terminals.model'),
          t('terminals.state'),
          t('terminals.seen'),
          t('accounts.acts'),
        ]}
        empty={t('terminals.empty', { approved })}
        row={(terminal) => (
          <tr key={terminal.phone} data-testid="terminal-row" data-phone={terminal.phone}>
            <th scope="row">{terminal.phone}</th>
            <td>{terminal.plate ?? t('card.unknown')}</td>
            <td>{terminal.model ?? t('card.unknown')}</td>
            <td>
              {terminal.connected ? t('card.online.yes') : t('card.online.no')}
              {terminal.device_differs && (
                <>
                  {' '}
                  <strong>{t('terminals.differs')}</strong>
                </>
              )}
            </td>
            <td>{dateText(Date.parse(terminal.first_seen_at))}</td>
            <td>
              <button
                type="button"
                data-testid="terminal-approve"
                aria-label={t('terminals.approve.of', { phone: terminal.phone })}
                onClick={() => setApproving(terminal)}
              >
                {t('terminals.approve')}
              </button>
            </td>
          </tr>
        )}
      />
      {approving && (
        <Approve
          terminal={approving}
          site={site}
          onClose={() => setApproving(null)}
          onDone={async () => {
            setApproving(null);
            await asked.ask();
          }}
        />
      )}
    </>
  );
}

interface ApproveProps {
  terminal: Terminal;
  site: Site;
  onDone: () => Promise<void>;
  onClose: () => void;
}

function Approve({ terminal, site, onDone, onClose }: ApproveProps) {
  const { t } = useI18n();
  const [existing, setExisting] = useState(terminal.vehicle !== null);
  const [called, setCalled] = useState(terminal.vehicle ?? '');
  const vehicle = existing ? vehicleCalled(site, called) : undefined;
  return (
    <Confirm
      title={t('terminals.approve.of', { phone: terminal.phone })}
      act={t('terminals.approve')}
      onClose={onClose}
      send={async () => {
        if (existing && vehicle === undefined) throw new Error(t('terminals.novehicle', { called }));
        await adminApi.approveTerminal(terminal.phone, vehicle);
        await onDone();
      }}
    >
      <p>{t('terminals.approve.what')}</p>
      {terminal.device_differs && <p className="problem watch">{t('terminals.differs.what')}</p>}
      <label className="check">
        <input type="radio" name="approve" checked={!existing} onChange={() => setExisting(false)} />
        {t('terminals.fresh', { plate: terminal.plate ?? terminal.phone })}
      </label>
      <label className="check">
        <input type="radio" name="approve" checked={existing} onChange={() => setExisting(true)} />
        {t('terminals.existing')}
      </label>
      {existing && (
        <label className="field">
          <span>{t('terminals.vehicle')}</span>
          <input required value={called} autoComplete="off" onChange={(event) => setCalled(event.target.value)} />
        </label>
      )}
    </Confirm>
  );
}

/** The id of the vehicle that has this id or plate. */
function vehicleCalled(site: Site, called: string): string | undefined {
  const plain = called.trim();
  if (site.directory.byId(plain)) return plain;
  for (const { id, plate } of site.directory.all()) if (plate === plain) return id;
  return undefined;
}
