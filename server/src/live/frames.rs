//! The text frames of `/live`, and what a console may send.
//!
//! `seq` in a frame means: every change of an event or alarm up to this one has been sent. So when one commit makes two
//! frames, only the second carries the commit's `seq`.

use super::sorts::Layer;
use crate::api::wire::{self, AlarmJson, EventJson, Time};
use crate::auth::{Identity, roles};
use crate::desk::catalog::Catalog;
use crate::ingest::Committed;
use axum::extract::ws::Utf8Bytes;
use cordon_data::feature::StoredFeature;
use cordon_spatial::alarm::Alarm;
use cordon_spatial::event::Event;
use cordon_spatial::ids::Seq;
use cordon_spatial::units::UnixMs;
use serde::{Deserialize, Serialize};

/// A text frame as every console gets it.
#[derive(Clone, Debug)]
pub struct TextFrame {
    /// Up to which change everything has been sent once this frame has.
    pub seq: Seq,
    /// JSON.
    pub text: Utf8Bytes,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Outgoing<'a> {
    Hello {
        seq: u64,
        now: Time,
        user: &'a str,
        role: &'static str,
        alarms: Vec<AlarmJson>,
    },
    Events {
        seq: u64,
        items: Vec<EventJson>,
    },
    Alarms {
        seq: u64,
        items: Vec<AlarmJson>,
    },
    Features {
        seq: u64,
        items: Vec<FeatureChange>,
    },
    Health {
        seq: u64,
        now: Time,
        ingest_rate: f64,
        lag_ms: i64,
        not_ready: &'a [&'static str],
        warnings: &'a [&'static str],
    },
    Closures {
        seq: u64,
        epoch: u64,
    },
    Error {
        seq: u64,
        code: &'static str,
        detail: String,
    },
}

#[derive(Serialize)]
struct FeatureChange {
    collection: &'static str,
    id: String,
    revision: u32,
    deleted: bool,
}

/// How the server is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Health {
    /// Vehicle positions taken in per second.
    pub ingest_rate: f64,
    /// Longest time from a batch's journal time to its showing, since the last health frame.
    pub lag_ms: i64,
}

/// What a console may send.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Incoming {
    /// The map shows this box.
    View {
        /// West, south, east, north, degrees.
        bbox: [f64; 4],
        /// Zoom level of the map: below 10 the console gets counts by cell. Absent = single vehicles.
        zoom: Option<f64>,
        /// Layers of vehicles that are not counted. Single vehicles are sent whatever it says.
        #[serde(default)]
        hide: Vec<Layer>,
    },
    /// After a break: send what followed this `seq`.
    Resume {
        /// The `seq` of the last frame that came.
        seq: u64,
    },
}

/// The greeting with the open alarms.
pub fn hello(seq: Seq, now: UnixMs, identity: &Identity, alarms: &[Alarm], catalog: &Catalog) -> TextFrame {
    let (user, role) = (identity.name.as_str(), roles::name(identity.role));
    let alarms = alarms.iter().map(|alarm| wire::alarm(alarm, catalog)).collect();
    frame(seq, &Outgoing::Hello { seq: seq.0, now: Time(now), user, role, alarms })
}

/// The frames of one commit; `before` is the `seq` of the commit before it.
pub fn committed(committed: &Committed, before: Seq, catalog: &Catalog) -> Vec<TextFrame> {
    let mut frames = changes(&committed.events, &committed.alarms, before, committed.seq, catalog);
    if !committed.features.is_empty() {
        let items = committed.features.iter().map(feature_change).collect();
        let seq = committed.seq;
        frames.push(frame(seq, &Outgoing::Features { seq: seq.0, items }));
    }
    frames
}

/// The frames for changed events and alarms: nothing up to `before` is missing already, nothing up to `seq` after them.
pub fn changes(events: &[Event], alarms: &[Alarm], before: Seq, seq: Seq, catalog: &Catalog) -> Vec<TextFrame> {
    let mut frames = Vec::new();
    if !events.is_empty() {
        let reached = if alarms.is_empty() { seq } else { before };
        let items = events.iter().map(|event| wire::event(event, catalog)).collect();
        frames.push(frame(reached, &Outgoing::Events { seq: reached.0, items }));
    }
    if !alarms.is_empty() {
        let items = alarms.iter().map(|alarm| wire::alarm(alarm, catalog)).collect();
        frames.push(frame(seq, &Outgoing::Alarms { seq: seq.0, items }));
    }
    frames
}

/// The heartbeat: how the server is, why it takes nothing in (`not_ready`), and what a person should know though it works
/// (`warnings`).
pub fn health(
    seq: Seq,
    now: UnixMs,
    health: Health,
    not_ready: &[&'static str],
    warnings: &[&'static str],
) -> TextFrame {
    let Health { ingest_rate, lag_ms } = health;
    frame(seq, &Outgoing::Health { seq: seq.0, now: Time(now), ingest_rate, lag_ms, not_ready, warnings })
}

/// What is closed on the roads has changed: answers of another epoch are to be asked for again.
pub fn closures(seq: Seq, epoch: u64) -> TextFrame {
    frame(seq, &Outgoing::Closures { seq: seq.0, epoch })
}

/// The answer to a frame that cannot be understood.
pub fn error(seq: Seq, code: &'static str, detail: String) -> TextFrame {
    frame(seq, &Outgoing::Error { seq: seq.0, code, detail })
}

fn feature_change(feature: &StoredFeature) -> FeatureChange {
    FeatureChange {
        collection: feature.collection.name(),
        id: feature.id.to_string(),
        revision: feature.revision.0,
        deleted: feature.body.is_none(),
    }
}

fn frame(seq: Seq, outgoing: &Outgoing<'_>) -> TextFrame {
    let text = serde_json::to_string(outgoing).expect("frames have text keys only");
    TextFrame { seq, text: text.into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cordon_data::feature::Collection;
    use cordon_data::store::Role;
    use cordon_spatial::ids::{FeatureId, FeatureKey, Revision};

    #[test]
    fn a_console_may_send_a_view_and_a_resume_only() {
        let view = serde_json::from_str(r#"{"type":"view","bbox":[1,2,3,4],"zoom":12.5}"#).ok();
        assert_eq!(view, Some(Incoming::View { bbox: [1.0, 2.0, 3.0, 4.0], zoom: Some(12.5), hide: Vec::new() }));
        let hiding = |what: &str| {
            let view = format!(r#"{{"type":"view","bbox":[1,2,3,4],"zoom":8,"hide":{what}}}"#);
            serde_json::from_str::<Incoming>(&view)
        };
        let some =
            Incoming::View { bbox: [1.0, 2.0, 3.0, 4.0], zoom: Some(8.0), hide: vec![Layer::Hazmat, Layer::Quiet] };
        assert_eq!(hiding(r#"["hazmat","quiet"]"#).ok(), Some(some));
        assert!(hiding(r#"["trucks"]"#).is_err() && hiding(r#""hazmat""#).is_err());
        assert_eq!(serde_json::from_str(r#"{"type":"resume","seq":7}"#).ok(), Some(Incoming::Resume { seq: 7 }));
        assert!(serde_json::from_str::<Incoming>(r#"{"type":"drop","table":"events"}"#).is_err());
        assert!(serde_json::from_str::<Incoming>(r#"{"type":"view","bbox":[1,2,3]}"#).is_err());
    }

    #[test]
    fn the_heartbeat_says_what_hinders_and_what_is_doubtful() {
        let health = health(Seq(5), UnixMs(0), Health::default(), &["storage_full"], &["clock_wrong"]);
        let text = health.text.as_str();
        assert!(text.contains(r#""not_ready":["storage_full"],"warnings":["clock_wrong"]"#), "{text}");
    }

    #[test]
    fn hello_and_features_have_their_members() {
        let identity = Identity {
            name: "li".to_owned(),
            role: Role::Monitor,
            credential: crate::auth::Credential::Session([0; 32]),
        };
        let hello = hello(Seq(5), UnixMs(0), &identity, &[], &Catalog::default());
        assert_eq!(
            hello.text.as_str(),
            r#"{"type":"hello","seq":5,"now":"1970-01-01T00:00:00Z","user":"li","role":"monitor","alarms":[]}"#
        );
        let feature = StoredFeature {
            key: FeatureKey(1),
            collection: Collection::Zones,
            id: FeatureId::new("z1").expect("a good id"),
            revision: Revision(2),
            at: UnixMs(0),
            who: "li".to_owned(),
            body: None,
            derived: None,
        };
        let commit = Committed {
            at: UnixMs(0),
            seq: Seq(9),
            events: Vec::new(),
            alarms: Vec::new(),
            moved: Vec::new(),
            features: vec![feature],
        };
        let frames = committed(&commit, Seq(9), &Catalog::default());
        assert_eq!(
            frames[0].text.as_str(),
            r#"{"type":"features","seq":9,"items":[{"collection":"zones","id":"z1","revision":2,"deleted":true}]}"#
        );
    }
}
