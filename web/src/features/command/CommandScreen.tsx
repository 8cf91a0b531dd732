/** The commander's screen: state on top, one map, alarms on the right, the event log below. */
import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import type { Alarm, Event, Session } from '../../api/types';
import { useI18n } from '../../i18n';
import type { Site } from '../../live/site';
import type { Choice, ParkMap, Several } from '../../map/park-map';
import { nameOf } from '../../map/drawn';
import { PARAMETER, Visibility } from '../../map/visibility';
import { errorText } from '../../ui/problem';
import { useRoute } from '../../ui/route';
import { SkipLink } from '../../ui/SkipLink';
import { AlarmAnnouncer } from './alarms/AlarmAnnouncer';
import { AlarmList } from './alarms/AlarmList';
import { Banners } from './Banners';
import { EvidenceCard } from './evidence/EvidenceCard';
import { EventStrip } from './events/EventStrip';
import { eventMark } from './events/mark';
import { Readout } from './find/Readout';
import { useMapLink } from './find/useMapLink';
import { HelpDrawer } from './help/HelpDrawer';
import { MapPane } from './MapPane';
import { alarmMark } from './alarms/mark';
import type { Desk } from './desk';
import { mayEdit } from '../../ui/may';
import type { Editing } from './edit/EditPanel';
import { UndoNotice } from '../../ui/UndoNotice';
import { Playback, type Replay } from './playback/Playback';
import { roads } from '../../api/roads';
import { Plans } from './roads/plans';
import { useRoadsMap } from './roads/useRoadsMap';
import { SidePanel, type Tool } from './SidePanel';
import { placeOf, placeOfEvent } from './place';
import { TopBar } from './TopBar';
import { useAddress } from './useAddress';
import { useAlarmActs } from './useAlarmActs';
import { useAlarmKeys } from './useKeys';
import { useScreenKeys } from './useScreenKeys';
import { Chooser } from './cards/Chooser';
import { ChosenCard } from './cards/ChosenCard';
import { needsAcknowledgement, whatText, type Names } from './words';
import { PrintDialog } from './print/PrintDialog';
import { usePrintKey } from './print/usePrintKey';
import { WallAlarms } from './wall/WallAlarms';
import './wall/wall.css';

/** A wall is read from some metres away. */
const WALL_SCALE = 1.5;
/** How much of the map a card covers. */
const CARD_PX = 400;

export function CommandScreen({ site, session, onSignOut }: { site: Site; session: Session; onSignOut: () => void }) {
  const { language, t } = useI18n();
  const picture = useSyncExternalStore(site.subscribe, site.picture);
  const [park, setPark] = useState<ParkMap | null>(null);
  const [tool, setTool] = useState<Tool | null>(null);
  const [editing, setEditing] = useState<Editing | null>(null);
  const [replay, setReplay] = useState<Replay | null>(null);
  const [choice, setChoice] = useState<Choice>(null);
  const [several, setSeveral] = useState<Several | null>(null);
  const [printing, setPrinting] = useState(false);
  const [alarmId, setAlarmId] = useState<string | null>(null);
  const [following, setFollowing] = useState(false);
  /** The event whose evidence is shown. */
  const [explained, setExplained] = useState<string | null>(null);
  /** What could not be opened. */
  const [notice, setNotice] = useState<string | null>(null);
  const [help, setHelp] = useState(false);

  const { page, params } = useRoute();
  const wall = params.get('wall') === '1';
  const visibility = useMemo(() => new Visibility(session.name), [session.name]);
  useEffect(() => {
    if (page !== 'map') return;
    // A link without a word about layers leaves them as they are, and the address says so again.
    visibility.follow(params.get(PARAMETER));
    visibility.note();
  }, [page, params, visibility]);
  useEffect(() => park?.enlarge(wall ? WALL_SCALE : 1), [park, wall]);
  const plans = useMemo(() => new Plans(roads), []);
  useRoadsMap(park, plans);
  useEffect(() => plans.follow(site.roadsVersion), [plans, site, picture.revision]);
  usePrintKey(() => setPrinting(true));

  const names: Names = useMemo(
    () => ({
      plate: (id) => site.directory.byId(id)?.plate ?? undefined,
      zone: (id) => nameOf(site.features.get('zones', id)?.properties ?? {}, language) || undefined,
    }),
    [language, site],
  );

  const choose = useCallback((next: Choice) => {
    setChoice(next);
    setExplained(null);
    setFollowing(false);
  }, []);

  /** Of whom an alarm or event speaks: its vehicle, else its zone. */
  const spokenOf = useCallback(
    ({ subject, zone }: Pick<Event, 'subject' | 'zone'>): Choice => {
      const key = subject.kind === 'vehicle' ? site.directory.byId(subject.id ?? '')?.key : undefined;
      if (key !== undefined) return { kind: 'vehicle', key };
      return zone ? { kind: 'feature', collection: 'zones', id: zone } : null;
    },
    [site],
  );

  const { acts, busy, problem, fail } = useAlarmActs(site, session);
  const listed = useRef<readonly Alarm[]>([]);
  const onListed = useCallback((alarms: readonly Alarm[]) => {
    listed.current = alarms;
  }, []);

  const locate = useCallback(
    async (alarm: Alarm) => {
      if (alarm.state !== 'closed') setAlarmId(alarm.id);
      setExplained(null);
      setFollowing(false);
      const place = await placeOf(alarm, site);
      const whom = spokenOf(alarm);
      if (place) park?.flyTo(...place, alarmMark(alarm), whom ? CARD_PX : 0);
      else fail(alarm.id, t('alarm.place.unknown'));
      if (whom) setChoice(whom);
    },
    [fail, park, site, spokenOf, t],
  );

  const locateEvent = useCallback(
    (event: Event) => {
      const place = placeOfEvent(event);
      // Another's card beside the place would be read as its own; what is said of now does not stand beside what was.
      const whom = replay ? null : spokenOf(event);
      if (place) park?.flyTo(...place, eventMark(whatText(event, names, t)), whom ? CARD_PX : 0);
      if (!replay) choose(whom);
    },
    [choose, names, park, replay, spokenOf, t],
  );

  const back = useCallback(() => {
    setExplained(null);
    setSeveral(null);
    setNotice(null);
    setChoice(null);
    setAlarmId(null);
    setFollowing(false);
    park?.clearMark();
  }, [park]);

  useAlarmKeys({
    alarms: picture.alarms,
    listed: () => listed.current,
    selected: alarmId,
    onSelect: setAlarmId,
    onAcknowledge: (id) => void acts?.acknowledge(id),
    onLocate: locate,
  });
  useScreenKeys({
    park,
    visibility,
    wall,
    mayDraw: mayEdit(session),
    onBack: back,
    onPrint: () => setPrinting(true),
    onHelp: () => setHelp((shown) => !shown),
    onTool: (name) => {
      setEditing(null);
      setTool(name);
    },
  });

  useEffect(() => {
    // An alarm that is closed takes its mark on the map with it.
    if (alarmId !== null && !picture.alarms.some((alarm) => alarm.id === alarmId)) {
      setAlarmId(null);
      park?.clearMark();
    }
  }, [alarmId, park, picture.alarms]);

  const unacknowledged = picture.alarms.filter(needsAcknowledgement).length;
  useEffect(() => {
    // A desk with several windows sees in the tab that somebody is needed.
    document.title = unacknowledged > 0 ? `(${unacknowledged}) ${t('app.title')}` : t('app.title');
  }, [t, unacknowledged]);

  const desk: Desk = useMemo(
    () => ({
      site,
      session,
      names,
      park,
      visibility,
      choice,
      choose,
      explain: setExplained,
      replay: (atMs, vehicles) => {
        // What is said of now must not stand beside what was.
        setExplained(null);
        setChoice(null);
        setFollowing(false);
        setReplay({ atMs, vehicles });
      },
      edit: (zone) => {
        // The editor shows it; its card would cover what is drawn.
        setChoice(null);
        setEditing(zone === null ? null : { target: zone });
        setTool('edit');
      },
    }),
    [choice, choose, names, park, session, site, visibility],
  );
  useMapLink(desk);
  const noteReplay = useAddress({
    desk,
    alarms: picture.alarms,
    alarmsKnown: picture.alarmsKnown,
    alarmId,
    explained,
    onAlarm: (alarm) => void locate(alarm),
    onAlarmFailed: (error) => setNotice(errorText(error, t)),
  });
  return (
    <div className={wall ? 'command wall' : 'command'}>
      <SkipLink to="alarms">{t('app.skip')}</SkipLink>
      <TopBar site={site} picture={picture} session={session} wall={wall} onSignOut={onSignOut} />
      <Banners site={site} picture={picture} />
      {!wall && (
      <SidePanel
        desk={desk}
        plans={plans}
        tool={tool}
        editing={editing}
        onTool={(next) => {
          setEditing(null);
          setTool(next);
        }}
      />
      )}
      <main className="map-area">
        <MapPane
          desk={desk}
          wall={wall}
          following={following}
          connection={picture.connection}
          onMap={setPark}
          onChoice={choose}
          onSeveral={setSeveral}
          onPrint={() => setPrinting(true)}
          onMovedByHand={() => setFollowing(false)}
        />
        {explained !== null && <EvidenceCard desk={desk} event={explained} onClose={() => setExplained(null)} />}
        {explained === null && <ChosenCard desk={desk} following={following} onFollow={setFollowing} />}
        {several && <Chooser desk={desk} several={several} onClose={() => setSeveral(null)} />}
        {notice !== null && (
          <p className="map-notice" role="alert">
            {notice}
            <button type="button" className="quiet" onClick={() => setNotice(null)} aria-label={t('card.close')}>
              ✕
            </button>
          </p>
        )}
        <Readout park={park} />
        <UndoNotice />
        {help && <HelpDrawer onClose={() => setHelp(false)} />}
      </main>
      {wall ? <WallAlarms site={site} picture={picture} names={names} /> : <AlarmList
        site={site}
        picture={picture}
        names={names}
        selected={alarmId}
        busy={busy}
        problem={problem}
        acts={acts}
        onListed={onListed}
        onSelect={setAlarmId}
        onLocate={(alarm) => void locate(alarm)}
        onExplain={setExplained}
        onHelp={() => setHelp(true)}
      />}
      {replay && (
        <Playback
          key={`${replay.atMs} ${replay.vehicles.join(' ')}`}
          desk={desk}
          replay={replay}
          onMoment={noteReplay}
          onClose={() => setReplay(null)}
        />
      )}
      <EventStrip
        desk={desk}
        events={picture.events}
        named={`${site.directory.version}.${site.features.version}`}
        onLocate={locateEvent}
      />
      <AlarmAnnouncer alarms={picture.alarms} known={picture.alarmsKnown} names={names} />
      {printing && park && <PrintDialog desk={desk} park={park} onClose={() => setPrinting(false)} />}
    </div>
  );
}
