/** What the roads are: whose data, how they hang together, what looks wrong, and what of the park's own does not join them. */
import { useState } from 'react';
import { roads, type NetworkAnswer, type OwnFinding } from '../../../api/roads';
import { useI18n } from '../../../i18n';
import { isCollection } from '../../../live/features';
import { errorText } from '../../../ui/problem';
import type { Desk } from '../desk';
import { featureName, sentence, wayText } from './words';

export function NetworkDetails({ desk }: { desk: Desk }) {
  const { t } = useI18n();
  const [network, setNetwork] = useState<NetworkAnswer | null>(null);
  const [error, setError] = useState<unknown>(null);

  const read = () =>
    roads.network().then(
      (answer) => {
        setNetwork(answer);
        setError(null);
      },
      setError,
    );

  return (
    <details
      className="roads-network"
      onToggle={({ currentTarget }) => {
        // Read anew each time: an edit may have joined since.
        if (currentTarget.open) void read();
      }}
    >
      <summary data-testid="roads-network">{t('roads.network')}</summary>
      {error !== null && (
        <p className="problem" role="alert">
          {errorText(error, t)}
        </p>
      )}
      {network && <Told desk={desk} network={network} />}
    </details>
  );
}

function Told({ desk, network }: { desk: Desk; network: NetworkAnswer }) {
  const { t } = useI18n();
  const { own, findings } = network;
  return (
    <div data-testid="roads-network-told">
      <p>
        {network.source} · {network.attribution}
      </p>
      <p>
        {t('roads.network.size', {
          junctions: network.junctions,
          length: wayText(network.length_m, t),
          parts: network.part_count,
          ends: network.dead_ends,
        })}
      </p>
      <p>
        {t('roads.network.own', { roads: own.roads, added: wayText(own.added_m, t), gates: own.gates, on: own.gates_on_roads })}
        {own.is_joining && ` ${t('roads.network.joining')}`}
      </p>
      <h4>{t('roads.network.apart', { n: own.finding_count })}</h4>
      {own.finding_count === 0 && <p className="hint">{t('roads.network.whole')}</p>}
      <ul data-testid="roads-network-own">
        {own.findings.map((finding, i) => (
          <Own key={i} desk={desk} finding={finding} />
        ))}
      </ul>
      {own.finding_count > own.findings.length && (
        <p className="hint">{t('roads.closures.more', { n: own.finding_count - own.findings.length })}</p>
      )}
      {findings.length > 0 && <h4>{t('roads.network.odd')}</h4>}
      <ul>
        {findings.map(({ kind, count, places }) => (
          <li key={kind}>
            {t(`roads.finding.${kind}`)} ({count}){' '}
            {places.map(({ lon, lat }, i) => (
              <button
                key={i}
                type="button"
                className="quiet"
                aria-label={t('roads.network.show', { n: i + 1 })}
                onClick={() => desk.park?.flyTo(lon, lat)}
              >
                {i + 1}
              </button>
            ))}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Own({ desk, finding }: { desk: Desk; finding: OwnFinding }) {
  const { language } = useI18n();
  const { collection, id, lon, lat } = finding;
  return (
    <li>
      <button
        type="button"
        className="quiet"
        onClick={() => {
          if (isCollection(collection)) desk.choose({ kind: 'feature', collection, id });
          if (lon !== undefined && lat !== undefined) desk.park?.flyTo(lon, lat);
        }}
      >
        {featureName(finding, language)}
      </button>{' '}
      <span className="hint">{sentence(finding.text, language)}</span>
    </li>
  );
}
