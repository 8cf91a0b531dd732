//! The park's vehicles driven through the real engine without sockets and clocks: what the demo will show, in seconds.

use super::driver::Driver;
use super::noise::Noise;
use super::outage::Reach;
use super::outbox::BATCH;
use super::past;
use super::random::Random;
use super::road::Graph;
use super::ways::Ways;
use cordon_data::feature::{Collection, Draft, no_wholes, prepare};
use cordon_data::park;
use cordon_spatial::alarm::Alarm;
use cordon_spatial::event::{Event, EventStatus, Subject};
use cordon_spatial::figures::SiteFigures;
use cordon_spatial::fix::{Fix, Marks, Source};
use cordon_spatial::ids::{AlarmId, EventId, FeatureId, FeatureKey, Revision, VehicleKey, ZoneKey};
use cordon_spatial::record::{Edit, RecordBody};
use cordon_spatial::units::{DeciKph, SpanMs, UnixMs};
use cordon_spatial::watch::{Evaluated, Settings, Watch};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Tuesday, 2026-11-24, 16:00 at the park: within school hours.
pub(super) const EPOCH: UnixMs = UnixMs(1_795_507_200_000);
/// Seconds between two reports, as in the demo.
const INTERVAL_S: u32 = 2;

/// The park, its vehicles and an engine.
pub(super) struct Rehearsal {
    watch: Watch,
    cast: Vec<Player>,
    ids: HashMap<FeatureKey, String>,
    events: BTreeMap<EventId, Event>,
    alarms: BTreeMap<AlarmId, Alarm>,
    /// Marks of the fixes that were taken, by vehicle.
    marks: BTreeMap<String, Marks>,
    for_s: u32,
}

struct Player {
    key: VehicleKey,
    driver: Driver,
    noise: Noise,
    undelivered: Vec<Fix>,
}

/// An alarm or event in words: priority, kind, vehicle or zone, zone and rule, seconds since the story began.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Told {
    pub(super) at_s: i64,
    pub(super) priority: u8,
    pub(super) what: String,
    pub(super) late: bool,
}

impl Rehearsal {
    /// The first `vehicles` of the fleet, or those of them whose numbers are `wanted`.
    pub(super) fn of(vehicles: u32, wanted: impl Fn(u32) -> bool) -> Rehearsal {
        let mut watch = Watch::new(Settings::default());
        let figures = SiteFigures { silence: SpanMs::seconds(150), ..SiteFigures::default() };
        let mut edits = vec![RecordBody::Start { down_since: None }, RecordBody::Figures(figures)];
        let mut ids = HashMap::new();
        let mut keys: HashMap<(Collection, String), FeatureKey> = HashMap::new();
        for (collection, features) in park::seeds(vehicles) {
            for feature in &features {
                let key = FeatureKey(ids.len() as u32 + 1);
                let id = FeatureId::new(feature["id"].as_str().expect("an id")).expect("a good id");
                let find = |of: Collection, id: &FeatureId| keys.get(&(of, id.to_string())).copied();
                let draft = Draft { collection, id: &id, feature, previous: None, find: &find, wholes: &no_wholes };
                let (_, now) = prepare(&draft).expect("the park is accepted").under(key, "test");
                edits.push(RecordBody::Edit(Edit { key, revision: Revision(1), now }));
                keys.insert((collection, id.to_string()), key);
                ids.insert(key, id.to_string());
            }
        }
        watch.evaluate(EPOCH - SpanMs::seconds(10), edits);
        let ways = Ways::Park { graph: Arc::new(Graph::of_the_park()), epoch: EPOCH };
        let player = |number: u32| {
            let mut random = Random::new(1, number.into());
            let key = VehicleKey(keys[&(Collection::Vehicles, park::fleet::id(number))].0);
            let driver = ways.driver(number, &mut random);
            Player { key, driver, noise: Noise::new(random), undelivered: Vec::new() }
        };
        let cast = (0..vehicles).filter(|number| wanted(*number)).map(player).collect();
        let (events, alarms, marks) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Rehearsal { watch, cast, ids, events, alarms, marks, for_s: 0 }
    }

    /// Delivers what the traffic drove before the story began, as the terminals do: in parts, while the clock goes on.
    pub(super) fn deliver_the_past(&mut self) {
        let past = |player: &mut Player| {
            let at = |second: u32| EPOCH - SpanMs::seconds(second.into());
            let seconds = past::seconds(player.driver.drove_before_s());
            past::whole_batches(
                seconds.flat_map(|second| player.report(at(second), past::EVERY_S)).collect::<Vec<Fix>>(),
            )
        };
        let pasts: Vec<Vec<Fix>> = self.cast.iter_mut().map(past).collect();
        let parts = pasts.iter().map(|past| past.len() / BATCH).max().unwrap_or(0);
        for part in 0..parts {
            let of_each = pasts.iter().flat_map(|past| past.chunks(BATCH).nth(part)).flatten();
            let mut bodies: Vec<RecordBody> = of_each.map(|fix| RecordBody::Fix(*fix)).collect();
            bodies.push(RecordBody::Tick);
            let evaluated = self.watch.evaluate(EPOCH - SpanMs::seconds((parts - part) as i64 / 4), bodies);
            assert!(evaluated.waiting.is_empty(), "it is the first that is known of it");
            self.take(evaluated);
        }
    }

    /// Plays on for so many seconds.
    pub(super) fn play(&mut self, seconds: u32) {
        let until = self.for_s + seconds;
        while self.for_s < until {
            self.for_s += INTERVAL_S;
            let at = EPOCH + SpanMs::seconds(self.for_s.into());
            let mut bodies: Vec<RecordBody> = Vec::new();
            for player in &mut self.cast {
                bodies.extend(player.report(at, INTERVAL_S).into_iter().map(RecordBody::Fix));
            }
            bodies.push(RecordBody::Tick);
            let evaluated = self.watch.evaluate(at + SpanMs(300), bodies);
            assert!(evaluated.waiting.is_empty(), "nothing of the demo is older than a window");
            self.take(evaluated);
        }
    }

    fn take(&mut self, evaluated: Evaluated) {
        for record in &evaluated.records {
            if let RecordBody::Fix(fix) = &record.body {
                *self.marks.entry(self.ids[&FeatureKey(fix.vehicle.0)].clone()).or_default() |= fix.marks;
            }
        }
        self.events.extend(evaluated.events.into_iter().map(|event| (event.core.id, event)));
        self.alarms.extend(evaluated.alarms.into_iter().map(|alarm| (alarm.id, alarm)));
    }

    /// The marks that any fix of a vehicle got.
    pub(super) fn marks(&self, vehicle: &str) -> Marks {
        self.marks.get(vehicle).copied().unwrap_or_default()
    }

    /// Every alarm of which an event stands, by time.
    pub(super) fn alarms(&self) -> Vec<Told> {
        let stands = |id: &EventId| self.events.get(id).is_some_and(|event| event.status != EventStatus::Retracted);
        self.told(|alarm| alarm.events.iter().any(stands))
    }

    /// Every alarm that ever was, by time.
    pub(super) fn ever(&self) -> Vec<Told> {
        self.told(|_| true)
    }

    fn told(&self, wanted: impl Fn(&Alarm) -> bool) -> Vec<Told> {
        let mut told: Vec<Told> = self
            .alarms
            .values()
            .filter(|alarm| wanted(alarm))
            .map(|alarm| {
                let rule = alarm.rule.as_ref().map_or("-", |rule| rule.as_str());
                let zone = alarm.zone.map_or("-", |ZoneKey(key)| &self.ids[&FeatureKey(key)]);
                let what = format!("{:?} {} {zone}/{rule}", alarm.kind, self.subject(alarm.subject));
                let at_s = (alarm.raised_at - EPOCH).0 / 1_000;
                Told { at_s, priority: alarm.priority, what, late: alarm.late }
            })
            .collect();
        told.sort();
        told
    }

    fn subject(&self, subject: Subject) -> String {
        match subject {
            Subject::Vehicle(VehicleKey(key)) | Subject::Zone(ZoneKey(key)) => self.ids[&FeatureKey(key)].clone(),
            Subject::System => "system".to_owned(),
        }
    }
}

impl Player {
    /// What reaches the platform at that time, so long after the last, as the gateway would make fixes of it.
    fn report(&mut self, at: UnixMs, seconds: u32) -> Vec<Fix> {
        self.driver.go_on(at, seconds.into());
        self.noise.go_on(seconds.into());
        let reach = self.driver.scripted_reach(at).unwrap_or(Reach::Full);
        let taken = self.driver.report().filter(|_| reach != Reach::Silent);
        let blind = if reach == Reach::BlindArea { Marks::BLIND_AREA } else { Marks::empty() };
        self.undelivered.extend(taken.map(|motion| Fix {
            vehicle: self.key,
            fixed_at: at,
            received_at: UnixMs(0),
            position: self.noise.seen(&motion),
            speed: DeciKph::from_kph(motion.speed_kph),
            heading_deg: Some(motion.place.bearing_deg as u16),
            accuracy_dm: None,
            altitude_m: None,
            status_bits: 0,
            alarm_bits: 0,
            acc_on: Some(motion.ignition == super::driver::Ignition::On),
            source: Source::Jt808,
            marks: blind,
        }));
        if reach == Reach::Full { std::mem::take(&mut self.undelivered) } else { Vec::new() }
    }
}
