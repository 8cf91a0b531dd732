//! How much the alarms ask of the people at the desk: how many there were of late, beside what people can bear.

use super::AppState;
use super::problem::Problem;
use super::wire::Time;
use axum::Json as JsonAnswer;
use axum::extract::State;
use cordon_data::store::{AlarmCount, Reader, Spans, StoreError};
use cordon_spatial::alarm::{Alarm, AlarmState};
use cordon_spatial::calendar::UtcOffset;
use cordon_spatial::units::{SpanMs, UnixMs};
use serde::Serialize;
use utoipa::ToSchema;

const TEN_MINUTES: SpanMs = SpanMs::seconds(600);
const HOUR: SpanMs = SpanMs::seconds(3_600);
const DAY: SpanMs = SpanMs::seconds(86_400);
/// What nobody has seen yet and is neither put aside nor suppressed.
const UNSEEN: [AlarmState; 2] = [AlarmState::Unacknowledged, AlarmState::Returned];

/// What one operator can bear, from EEMUA 191 and ISA-18.2 as they are commonly quoted (the design's notes on the console,
/// "Alarm numbers to design to"; the standards' own texts were not at hand).
const BENCHMARKS: [Benchmark; 3] = [
    Benchmark { per: "ten_minutes", acceptable: 1, too_much: 10, source: SOURCE },
    Benchmark { per: "hour", acceptable: 5, too_much: 15, source: SOURCE },
    Benchmark { per: "day", acceptable: 150, too_much: 300, source: SOURCE },
];
const SOURCE: &str = "EEMUA 191 / ISA-18.2, as commonly quoted, for one operator";

/// The load.
#[derive(Debug, Serialize, ToSchema)]
pub struct LoadJson {
    /// Journal time of the answer.
    pub now: Time,
    /// The ten minutes, the hour and the day up to now.
    pub last: LastJson,
    /// More than ten alarms were raised in the last ten minutes.
    pub flood: bool,
    /// The last 24 hours by ten minutes, the one that is going on last.
    pub ten_minutes: Vec<SpanJson>,
    /// The last 24 hours by hours.
    pub hours: Vec<SpanJson>,
    /// The last 7 days by days of the site's clock.
    pub days: Vec<SpanJson>,
    /// How many alarms are open, those that are put aside or suppressed among them.
    pub open: u64,
    /// How many of them nobody has seen yet.
    pub unacknowledged: u64,
    /// How many of them are put aside.
    pub shelved: u64,
    /// The one that waits longest to be acknowledged; those that are put aside do not count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub longest_unacknowledged: Option<WaitingJson>,
    /// The open one that was raised first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oldest_open: Option<WaitingJson>,
    /// What one operator can bear.
    pub benchmarks: [Benchmark; 3],
}

/// Counts up to now.
#[derive(Debug, Serialize, ToSchema)]
pub struct LastJson {
    /// Of the last ten minutes.
    pub ten_minutes: CountJson,
    /// Of the last hour.
    pub hour: CountJson,
    /// Of the last 24 hours.
    pub day: CountJson,
}

/// How many alarms.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct CountJson {
    /// Whose event began.
    pub raised: u64,
    /// That a person took note of.
    pub acknowledged: u64,
    /// That were done.
    pub closed: u64,
}

/// How many alarms from an instant on.
#[derive(Debug, Serialize, ToSchema)]
pub struct SpanJson {
    /// Where the span begins.
    pub from: Time,
    /// How many.
    #[serde(flatten)]
    pub count: CountJson,
}

/// An alarm that waits.
#[derive(Debug, Serialize, ToSchema)]
pub struct WaitingJson {
    /// Which.
    pub id: String,
    /// 1 (highest) to 4.
    pub priority: u8,
    /// Since when.
    pub raised_at: Time,
    /// Since how many seconds.
    pub seconds: i64,
}

/// What one operator can bear in a span of time.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Benchmark {
    /// `ten_minutes`, `hour` or `day`.
    pub per: &'static str,
    /// Alarms that one operator can answer well.
    pub acceptable: u32,
    /// Alarms over which nobody keeps up.
    pub too_much: u32,
    /// Where the figures come from.
    pub source: &'static str,
}

/// How many alarms there were of late, beside what one operator can bear.
#[utoipa::path(get, path = "/api/alarms/load", tag = "alarms", responses((status = 200, body = LoadJson)))]
pub async fn load(State(app): AppState) -> Result<JsonAnswer<LoadJson>, Problem> {
    let now = app.pipeline.now();
    Ok(JsonAnswer(app.readers.read(move |reader| read(reader, now)).await?))
}

fn read(reader: &dyn Reader, now: UnixMs) -> Result<LoadJson, StoreError> {
    // Up to and with the present millisecond.
    let until = |width: SpanMs| Spans { from: now - width + SpanMs(1), width, count: 1 };
    let last =
        |width| Ok::<_, StoreError>(of(reader.alarm_counts(&until(width))?.first().copied().unwrap_or_default()));
    let last = LastJson { ten_minutes: last(TEN_MINUTES)?, hour: last(HOUR)?, day: last(DAY)? };
    let waiting = |states: &[AlarmState]| {
        Ok::<_, StoreError>(reader.oldest_open_alarm(states)?.map(|alarm: Alarm| WaitingJson {
            id: alarm.id.to_string(),
            priority: alarm.priority,
            raised_at: Time(alarm.raised_at),
            seconds: ((now - alarm.raised_at).0 / 1_000).max(0),
        }))
    };
    Ok(LoadJson {
        now: Time(now),
        flood: last.ten_minutes.raised > u64::from(BENCHMARKS[0].too_much),
        last,
        ten_minutes: spans(reader, now, TEN_MINUTES, 144)?,
        hours: spans(reader, now, HOUR, 24)?,
        days: spans(reader, now, DAY, 7)?,
        open: reader.count_open_alarms(&AlarmState::OPEN)?,
        unacknowledged: reader.count_open_alarms(&UNSEEN)?,
        shelved: reader.count_open_alarms(&[AlarmState::Shelved])?,
        longest_unacknowledged: waiting(&UNSEEN)?,
        oldest_open: waiting(&AlarmState::OPEN)?,
        benchmarks: BENCHMARKS,
    })
}

/// Spans that begin at full widths of the site's clock, the one that is going on last.
fn spans(reader: &dyn Reader, now: UnixMs, width: SpanMs, count: usize) -> Result<Vec<SpanJson>, StoreError> {
    let since_full = SpanMs((now.0 + UtcOffset::default().as_ms()).rem_euclid(width.0));
    let from = now - since_full - SpanMs(width.0 * (count as i64 - 1));
    let counts = reader.alarm_counts(&Spans { from, width, count })?;
    let span =
        |(i, count): (usize, AlarmCount)| SpanJson { from: Time(from + SpanMs(width.0 * i as i64)), count: of(count) };
    Ok(counts.into_iter().enumerate().map(span).collect())
}

fn of(count: AlarmCount) -> CountJson {
    CountJson { raised: count.raised, acknowledged: count.acknowledged, closed: count.closed }
}
