/** What was: the tracks of some vehicles over a span of time, played on the map in step. */
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { useI18n } from '../../../i18n';
import { clockText, dateText, spanText } from '../../../i18n/time';
import { extentOf } from '../../../map/extent';
import { SpeedPicture } from '../../../ui/SpeedPicture';
import type { Desk } from '../desk';
import { MOST_PLAYED } from '../track-load';
import { useAction } from '../useKeys';
import { whatText } from '../words';
import { Cast } from './Cast';
import { markAt, markFrom, marksOf, type Mark } from './marks';
import { Player, SPEEDS } from './player';
import { SpanChoice } from './SpanChoice';
import { Stage, type Actor } from './stage';
import { LONG_STEP_MS, STEP_MS, Timeline } from './Timeline';
import { beginning, LENGTHS_MS, spanAround, type Span } from './timeline';
import { useTracks } from './useTracks';
import { inView } from './view';
import { Watermark } from './Watermark';
import './playback.css';

/** A line of time that is dragged is not worth an address before it rests; browsers refuse too many. */
const NOTED_MS = 300;

/** What to play. */
export interface Replay {
  atMs: number;
  /** Feature ids; none = those that the map shows. */
  vehicles: readonly string[];
}

export interface PlaybackProps {
  desk: Desk;
  replay: Replay;
  /** Where it stands, whenever it stands; `null` when it is closed. */
  onMoment: (moment: Replay | null) => void;
  onClose: () => void;
}

export function Playback({ desk, replay, onMoment, onClose }: PlaybackProps) {
  const { site, names, park } = desk;
  const { language, t } = useI18n();
  const [vehicles, setVehicles] = useState<readonly string[]>(() =>
    (replay.vehicles.length ? replay.vehicles : inView(desk)).slice(0, MOST_PLAYED),
  );
  const [span, setSpan] = useState<Span>(() => spanAround(replay.atMs, LENGTHS_MS[0]!, site.clock.now()));
  const [chosen, setLead] = useState<string | null>(null);
  const [follow, setFollow] = useState(true);
  const [player] = useState(() => new Player(span, replay.atMs));
  const { atMs, playing, speed } = useSyncExternalStore(player.subscribe, player.moment);
  const tracks = useTracks(vehicles, span);
  const lead = chosen !== null && vehicles.includes(chosen) ? chosen : (vehicles[0] ?? null);
  const plate = (id: string) => names.plate(id) ?? id;

  useEffect(() => player.setSpan(span), [player, span]);
  useFrames(player, playing);

  const actors = useMemo(
    (): Actor[] => vehicles.map((id) => ({ id, plate: plate(id), points: tracks.of.get(id)?.points ?? [] })),
    [vehicles, tracks.of, names],
  );
  const stage = useStage(desk, player, actors, lead, follow, setLead);

  // Shows where it was, once, as soon as that is known.
  const [looked, setLooked] = useState(false);
  useEffect(() => {
    if (looked || tracks.reading || !stage || !park) return;
    // A moment before anybody was heard of shows nobody.
    const firstsMs = [...tracks.of.values()].flatMap(({ points }) => points[0]?.atMs ?? []);
    if (player.now.atMs === replay.atMs) player.seek(beginning(replay.atMs, firstsMs));
    const places = stage.places(player.now.atMs);
    if (places.length === 0) return;
    setLooked(true);
    const bounds = park.library.getBounds();
    if (places.every(({ lon, lat }) => bounds.contains([lon, lat]))) return;
    const coordinates = places.map(({ lon, lat }) => [lon, lat]);
    const box = extentOf([{ type: 'Feature', id: 'all', geometry: { type: 'MultiPoint', coordinates }, properties: {} }]);
    if (box) park.show(box, { maxZoom: 16 });
  }, [looked, tracks.reading, tracks.of, stage, park, player, replay.atMs]);

  const marks = useMemo(() => marksOf([...tracks.of.values()].flatMap(({ events }) => events)), [tracks.of]);
  const say = (mark: Mark) => `${clockText(mark.atMs, language)} ${whatText(mark.event, names, t)}`;
  const spoken = markAt(marks, atMs);
  const toMark = (direction: 1 | -1) => {
    const mark = markFrom(marks, player.now.atMs, direction);
    if (mark) player.seek(mark.atMs);
  };

  useAction('back', onClose);
  useAction('play.toggle', () => player.toggle());
  useAction('play.back', (event) => player.step(event.shiftKey ? -LONG_STEP_MS : -STEP_MS));
  useAction('play.on', (event) => player.step(event.shiftKey ? LONG_STEP_MS : STEP_MS));
  useAction('play.start', () => player.seek(span.fromMs));
  useAction('play.end', () => player.seek(span.toMs));
  useAction('play.event.before', () => toMark(-1));
  useAction('play.event.after', () => toMark(1));

  // The address opens the same moment, wherever it was stopped.
  useEffect(() => {
    if (playing) return;
    const timer = window.setTimeout(() => onMoment({ atMs: player.now.atMs, vehicles }), NOTED_MS);
    return () => window.clearTimeout(timer);
  }, [player, playing, atMs, vehicles, onMoment]);
  useEffect(() => () => onMoment(null), [onMoment]);

  const leadPoints = lead === null ? undefined : tracks.of.get(lead)?.points;
  const nothing = !tracks.reading && vehicles.length > 0 && actors.every(({ points }) => points.length === 0);
  return (
    <section className="playback" aria-label={t('play.title')} data-testid="playback" data-at={Math.round(atMs)} data-playing={playing}>
      {park && <Watermark park={park} atMs={atMs} onLive={onClose} />}
      <div className="play-bar">
        <button type="button" className="primary play-toggle" onClick={() => player.toggle()} data-testid="play-toggle">
          {t(playing ? 'play.pause' : 'play.play')}
        </button>
        <time className="play-time">{dateText(atMs)}</time>
        <span role="group" aria-label={t('play.speed')}>
          {SPEEDS.map((one) => (
            <button key={one} type="button" aria-pressed={speed === one} onClick={() => player.setSpeed(one)} data-testid={`speed-${one}`}>
              ×{one}
            </button>
          ))}
        </span>
        <SpanChoice span={span} atMs={atMs} nowMs={site.clock.now()} onSpan={setSpan} />
        <button type="button" disabled={!markFrom(marks, atMs, -1)} onClick={() => toMark(-1)} title="[">
          {t('play.event.before')}
        </button>
        <button type="button" disabled={!markFrom(marks, atMs, 1)} onClick={() => toMark(1)} title="]" data-testid="event-after">
          {t('play.event.after')}
        </button>
        <label className="check">
          <input type="checkbox" checked={follow} onChange={(event) => setFollow(event.target.checked)} /> {t('play.follow')}
        </label>
        {!park && (
          <button type="button" onClick={onClose}>
            {t('play.live')}
          </button>
        )}
      </div>
      <Timeline
        span={span}
        atMs={atMs}
        marks={marks}
        say={say}
        onSeek={(ms) => player.seek(ms)}
        onStep={(ms) => player.step(ms)}
      />
      <div className="play-below">
        <Cast
          site={site}
          vehicles={vehicles}
          tracks={tracks.of}
          lead={lead}
          plate={plate}
          onVehicles={setVehicles}
          onLead={setLead}
          onAddInView={() => setVehicles([...new Set([...vehicles, ...inView(desk)])].slice(0, MOST_PLAYED))}
        />
        <div className="play-said" role="status">
          {tracks.reading && (
            <>
              <progress value={tracks.share} /> {t('play.reading', { percent: Math.round(tracks.share * 100) })}{' '}
              <button type="button" onClick={tracks.cancel}>
                {t('play.cancel')}
              </button>
            </>
          )}
          {nothing && <span>{t('play.nothing')}</span>}
          {vehicles.length === 0 && <span>{t('play.nobody')}</span>}
          {spoken && (
            <button type="button" className="quiet" onClick={() => desk.explain(spoken.id)} data-testid="play-spoken">
              {say(spoken)}
            </button>
          )}
        </div>
        {leadPoints && leadPoints.length > 0 && lead !== null && (
          <div className="play-speed" aria-label={t('play.speed.of', { plate: plate(lead) })}>
            <SpeedPicture
              speeds={leadPoints.map((point) => ({ atMs: point.atMs, kph: point.speedKph }))}
              fromMs={span.fromMs}
              toMs={span.toMs}
              atMs={atMs}
              onPick={(ms) => player.seek(ms)}
            />
          </div>
        )}
      </div>
      {playing && speed >= 16 && <p className="unseen">{t('play.fast', { speed, span: spanText(60_000 / speed, t) })}</p>}
    </section>
  );
}

/** Moves the clock with every picture of the screen while it runs. */
function useFrames(player: Player, playing: boolean): void {
  useEffect(() => {
    if (!playing) return;
    let last = performance.now();
    let frame = requestAnimationFrame(function move(nowMs) {
      player.pass(nowMs - last, nowMs);
      last = nowMs;
      frame = requestAnimationFrame(move);
    });
    return () => cancelAnimationFrame(frame);
  }, [player, playing]);
}

/** The stage stands while the map does; the tracks are drawn on it, and every frame is shown. */
function useStage(
  { park }: Desk,
  player: Player,
  actors: readonly Actor[],
  lead: string | null,
  follow: boolean,
  onLead: (id: string) => void,
): Stage | null {
  const { t } = useI18n();
  const [stage, setStage] = useState<Stage | null>(null);
  useEffect(() => {
    if (!park) return;
    const made = new Stage(park);
    made.onChoose = onLead;
    player.onFrame = (ms) => made.show(ms);
    setStage(made);
    return () => {
      player.onFrame = () => {};
      setStage(null);
      made.remove();
    };
  }, [park, player, onLead]);
  // Another language is new words on the same stage: one that is left must be told nothing more.
  const words = useMemo(
    () => ({
      stop: (ms: number) => t('track.stop', { span: spanText(ms, t) }),
      held: (ms: number) => t('play.held', { age: spanText(ms, t) }),
    }),
    [t],
  );
  useEffect(() => {
    stage?.cast(actors, lead, words);
    stage?.show(player.now.atMs);
  }, [stage, actors, lead, words, player]);
  useEffect(() => stage?.follow(follow), [stage, follow]);
  return stage;
}
