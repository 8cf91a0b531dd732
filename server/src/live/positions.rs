//! The latest position of every vehicle, and which of them changed since a console last looked.
//!
//! Every change gives the vehicle a higher version; a console that missed ten changes finds one.

use super::cells::{Cells, Counted, level_of};
use super::codec::{CLOCK_WRONG, Frame, FrameKind, HEADER_LEN, IN_ALARM, SILENT, STALE, UNCHECKED};
use super::sorts::{Hidden, Sort};
use cordon_spatial::alarm::{Alarm, AlarmState};
use cordon_spatial::event::{EventKind, Subject};
use cordon_spatial::fix::Fix;
use cordon_spatial::ids::{AlarmId, VehicleKey};
use cordon_spatial::units::{SpanMs, UnixMs};
use cordon_spatial::vehicle::VehicleClass;
use cordon_spatial::watch::{VehicleNow, ZoneNow};
use std::collections::hash_map::Entry::{Occupied, Vacant};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// Age of the last fix from which a vehicle is shown as stale.
pub const STALE_AFTER: SpanMs = SpanMs::seconds(60);

/// The latest position of every vehicle.
pub struct Positions {
    silent_after: SpanMs,
    vehicles: HashMap<u32, Entry>,
    by_version: BTreeMap<u64, u32>,
    version: u64,
    open_alarms: HashMap<u32, HashSet<AlarmId>>,
    /// Vehicles whose terminal's clock is wrong now.
    wrong_clocks: HashSet<u32>,
    cells: Cells,
}

/// What people say of a vehicle that a console shows with its position.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// Nobody has checked it yet.
    pub unchecked: bool,
    /// Its class, if somebody said it.
    pub class: Option<VehicleClass>,
}

struct Entry {
    last: Option<Fix>,
    zones: Arc<[ZoneNow]>,
    known: Known,
    flags: u8,
    version: u64,
    counted: Option<Counted>,
}

impl Positions {
    /// None yet; a vehicle is shown as silent when its last fix is older than `silent_after`.
    pub fn new(silent_after: SpanMs) -> Positions {
        Positions {
            silent_after,
            vehicles: HashMap::new(),
            by_version: BTreeMap::new(),
            version: 0,
            open_alarms: HashMap::new(),
            wrong_clocks: HashSet::new(),
            cells: Cells::default(),
        }
    }

    /// Takes a vehicle's newest state in.
    pub fn moved(&mut self, vehicle: &VehicleNow, known: Known, now: UnixMs) {
        let key = vehicle.key.0;
        let (last, zones) = (vehicle.last, vehicle.zones.clone());
        match self.vehicles.entry(key) {
            Occupied(mut entry) => {
                let entry = entry.get_mut();
                (entry.last, entry.zones, entry.known) = (last, zones, known);
            }
            Vacant(free) => {
                free.insert(Entry { last, zones, known, flags: 0, version: 0, counted: None });
            }
        }
        self.touch(key, now);
    }

    /// A vehicle no longer exists: whoever shows it is told so.
    pub fn deleted(&mut self, key: VehicleKey, now: UnixMs) {
        if let Some(entry) = self.vehicles.get_mut(&key.0) {
            entry.last = None;
            entry.zones = Arc::from([]);
            self.touch(key.0, now);
        }
    }

    /// What people say of the vehicle may have changed.
    pub fn known(&mut self, key: VehicleKey, known: Known, now: UnixMs) {
        if let Some(entry) = self.vehicles.get_mut(&key.0)
            && entry.known != known
        {
            entry.known = known;
            self.touch(key.0, now);
        }
    }

    /// Takes a changed alarm in: its vehicle is in alarm while any of its alarms is open.
    pub fn alarm(&mut self, alarm: &Alarm, now: UnixMs) {
        let Subject::Vehicle(key) = alarm.subject else { return };
        let open = matches!(alarm.state(), AlarmState::Unacknowledged | AlarmState::Acknowledged);
        let alarms = self.open_alarms.entry(key.0).or_default();
        let mut changed = if open { alarms.insert(alarm.id) } else { alarms.remove(&alarm.id) };
        if alarms.is_empty() {
            self.open_alarms.remove(&key.0);
        }
        if alarm.kind == EventKind::ClockWrong {
            let goes_on = alarm.returned_at.is_none() && alarm.closed_at.is_none();
            changed |= if goes_on { self.wrong_clocks.insert(key.0) } else { self.wrong_clocks.remove(&key.0) };
        }
        if changed && self.vehicles.contains_key(&key.0) {
            self.touch(key.0, now);
        }
    }

    /// Lets vehicles grow stale and silent. Looks at every vehicle.
    pub fn age(&mut self, now: UnixMs) {
        let aged: Vec<u32> = self
            .vehicles
            .iter()
            .filter(|(key, entry)| self.flags(**key, entry, now) != entry.flags)
            .map(|(key, _)| *key)
            .collect();
        aged.into_iter().for_each(|key| self.touch(key, now));
    }

    /// What is known of a vehicle.
    pub fn vehicle(&self, key: VehicleKey) -> Option<VehicleNow> {
        let entry = self.vehicles.get(&key.0)?;
        Some(VehicleNow { key, last: entry.last, zones: entry.zones.clone() })
    }

    /// The last fix of a vehicle.
    pub fn last(&self, key: VehicleKey) -> Option<Fix> {
        self.vehicles.get(&key.0)?.last
    }

    /// How many vehicles are shown as silent.
    pub fn silent(&self) -> usize {
        self.vehicles.values().filter(|entry| entry.last.is_some() && entry.flags & SILENT != 0).count()
    }

    /// How many vehicles have a position.
    pub fn count(&self) -> usize {
        self.vehicles.values().filter(|entry| entry.last.is_some()).count()
    }

    fn touch(&mut self, key: u32, now: UnixMs) {
        self.version += 1;
        let Some(flags) = self.vehicles.get(&key).map(|entry| self.flags(key, entry, now)) else { return };
        if let Some(entry) = self.vehicles.get_mut(&key) {
            self.by_version.remove(&entry.version);
            entry.version = self.version;
            entry.flags = flags;
            self.by_version.insert(self.version, key);
            let sort = |fix: &Fix| Sort::of(entry.known.class, fix, flags);
            let counted = entry.last.map(|fix| Counted::at(fix.position, sort(&fix)));
            self.cells.moved(entry.counted, counted);
            entry.counted = counted;
        }
    }

    fn flags(&self, key: u32, entry: &Entry, now: UnixMs) -> u8 {
        let age = entry.last.map_or(SpanMs(0), |fix| now - fix.fixed_at);
        [
            (age > STALE_AFTER, STALE),
            (self.open_alarms.contains_key(&key), IN_ALARM),
            (age > self.silent_after, SILENT),
            (self.wrong_clocks.contains(&key), CLOCK_WRONG),
            (entry.known.unchecked, UNCHECKED),
        ]
        .into_iter()
        .filter(|(holds, _)| *holds)
        .fold(0, |flags, (_, flag)| flags | flag)
    }
}

/// Which vehicles go into the next frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// Those in alarm only: they are shown four times a second.
    Alarmed,
    /// All.
    All,
}

/// What one console sees: single vehicles, or counts by cell when it looks from far away.
pub struct View {
    bbox: [f64; 4],
    /// The level whose counts it sees.
    level: Option<u8>,
    /// Which vehicles it does not count.
    hidden: Hidden,
    shown: HashSet<u32>,
    seen: u64,
    alarmed_seen: u64,
    /// The version of the counts that it has, and their records.
    counts_seen: u64,
    counts: Vec<u8>,
}

impl Default for View {
    fn default() -> View {
        View {
            bbox: [-180.0, -90.0, 180.0, 90.0],
            level: None,
            hidden: Hidden::default(),
            shown: HashSet::new(),
            seen: 0,
            alarmed_seen: 0,
            counts_seen: 0,
            counts: Vec::new(),
        }
    }
}

impl View {
    /// Looks at another box (west, south, east, north, degrees) at a zoom of the map, and gives the frame that replaces what
    /// was shown. A console that does not say its zoom sees single vehicles.
    pub fn look(&mut self, bbox: [f64; 4], zoom: Option<f64>, positions: &Positions, now: UnixMs) -> Vec<u8> {
        (self.bbox, self.level) = (bbox, zoom.and_then(level_of));
        self.snapshot(positions, now)
    }

    /// Counts without these, from the next look on.
    pub fn hide(&mut self, hidden: Hidden) {
        self.hidden = hidden;
    }

    /// The frame with everything in the view.
    pub fn snapshot(&mut self, positions: &Positions, now: UnixMs) -> Vec<u8> {
        self.shown.clear();
        if let Some(level) = self.level {
            let frame = self.counted(level, positions, now);
            self.counts = records(&frame).to_vec();
            return frame;
        }
        self.counts = Vec::new();
        let mut frame = Frame::new(FrameKind::Snapshot, now);
        for key in positions.by_version.values() {
            let entry = &positions.vehicles[key];
            if let Some(fix) = entry.last.filter(|fix| self.covers(fix)) {
                frame.push(&fix, entry.flags);
                self.shown.insert(*key);
            }
        }
        (self.seen, self.alarmed_seen) = (positions.version, positions.version);
        frame.finish()
    }

    /// The frames with what changed since the last ones; none when nothing did. Costs what changed, not what exists; of
    /// counts the cells in the view, where one of the level changed.
    pub fn changes(&mut self, positions: &Positions, pace: Pace, now: UnixMs) -> Vec<Vec<u8>> {
        if let Some(level) = self.level {
            return self.counts_changed(level, positions, pace, now).into_iter().collect();
        }
        let mut delta = Frame::new(FrameKind::Delta, now);
        let mut gone = Frame::new(FrameKind::Gone, now);
        let from = match pace {
            Pace::Alarmed => self.alarmed_seen.max(self.seen),
            Pace::All => self.seen,
        };
        for (version, key) in positions.by_version.range(from + 1..) {
            let entry = &positions.vehicles[key];
            let alarmed = entry.flags & IN_ALARM != 0;
            let sent_before = alarmed && *version <= self.alarmed_seen;
            if sent_before || (pace == Pace::Alarmed && !alarmed) {
                continue;
            }
            match entry.last {
                Some(fix) if self.covers(&fix) => {
                    delta.push(&fix, entry.flags);
                    self.shown.insert(*key);
                }
                last => {
                    if self.shown.remove(key) {
                        gone.push(&last.unwrap_or(nowhere(*key, now)), entry.flags);
                    }
                }
            }
        }
        self.alarmed_seen = positions.version;
        if pace == Pace::All {
            self.seen = positions.version;
        }
        [delta, gone].into_iter().filter(|frame| !frame.is_empty()).map(Frame::finish).collect()
    }

    /// The frame of counts, if they changed in the view. All counts go with the slower pace.
    fn counts_changed(&mut self, level: u8, positions: &Positions, pace: Pace, now: UnixMs) -> Option<Vec<u8>> {
        if pace == Pace::Alarmed || positions.cells.version(level) == self.counts_seen {
            return None;
        }
        let frame = self.counted(level, positions, now);
        if records(&frame) == self.counts {
            return None;
        }
        self.counts = records(&frame).to_vec();
        Some(frame)
    }

    /// The frame with the counts of the view.
    fn counted(&mut self, level: u8, positions: &Positions, now: UnixMs) -> Vec<u8> {
        let mut frame = Frame::new(FrameKind::Counts, now);
        for (middle, count) in positions.cells.in_view(level, self.bbox) {
            frame.push_count(middle, count, self.hidden);
        }
        self.counts_seen = positions.cells.version(level);
        frame.finish()
    }

    fn covers(&self, fix: &Fix) -> bool {
        let [west, south, east, north] = self.bbox;
        let (lon, lat) = (fix.position.lon(), fix.position.lat());
        (west..=east).contains(&lon) && (south..=north).contains(&lat)
    }
}

/// What a frame says, whenever it says so.
fn records(frame: &[u8]) -> &[u8] {
    &frame[HEADER_LEN..]
}

/// Stands for a vehicle that has no position any more.
fn nowhere(key: u32, now: UnixMs) -> Fix {
    Fix {
        vehicle: VehicleKey(key),
        fixed_at: now,
        received_at: now,
        position: cordon_spatial::position::Position { lon_e7: 0, lat_e7: 0 },
        speed: None,
        heading_deg: None,
        accuracy_dm: None,
        altitude_m: None,
        status_bits: 0,
        alarm_bits: 0,
        acc_on: None,
        source: cordon_spatial::fix::Source::Http,
        marks: cordon_spatial::fix::Marks::empty(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::sorts::Layer;
    use super::*;
    use cordon_spatial::position::Position;

    const NOW: UnixMs = UnixMs(1_000_000);
    const SILENT_AFTER: SpanMs = SpanMs::seconds(600);

    fn at(key: u32, lon: f64, fixed_at: UnixMs) -> VehicleNow {
        let mut fix = nowhere(key, fixed_at);
        fix.position = Position::from_degrees(lon, 30.0).expect("a position");
        VehicleNow { key: VehicleKey(key), last: Some(fix), zones: Arc::from([]) }
    }

    /// Kind and keys of each frame.
    fn read(frames: &[Vec<u8>]) -> Vec<(u8, Vec<u32>)> {
        frames
            .iter()
            .map(|frame| {
                let keys = frame[16..].chunks(20).map(|r| u32::from_le_bytes([r[0], r[1], r[2], r[3]]));
                (frame[3], keys.collect())
            })
            .collect()
    }

    #[test]
    fn a_console_gets_the_latest_of_what_changed_once() {
        let (mut positions, mut view) = (Positions::new(SILENT_AFTER), View::default());
        positions.moved(&at(1, 121.0, NOW), Known::default(), NOW);
        positions.moved(&at(2, 121.0, NOW), Known::default(), NOW);
        assert_eq!(read(&[view.snapshot(&positions, NOW)]), [(1, vec![1, 2])]);
        assert!(view.changes(&positions, Pace::All, NOW).is_empty());
        for step in 0..10 {
            positions.moved(&at(2, 121.0 + f64::from(step) / 1e3, NOW), Known::default(), NOW);
        }
        assert_eq!(read(&view.changes(&positions, Pace::All, NOW)), [(2, vec![2])]);
        assert!(view.changes(&positions, Pace::All, NOW).is_empty());
    }

    #[test]
    fn a_vehicle_that_leaves_the_view_or_is_deleted_is_gone() {
        let (mut positions, mut view) = (Positions::new(SILENT_AFTER), View::default());
        positions.moved(&at(1, 121.0, NOW), Known::default(), NOW);
        positions.moved(&at(2, 121.0, NOW), Known::default(), NOW);
        positions.moved(&at(3, 125.0, NOW), Known::default(), NOW);
        assert_eq!(read(&[view.look([120.0, 29.0, 122.0, 31.0], Some(12.0), &positions, NOW)]), [(1, vec![1, 2])]);
        positions.moved(&at(1, 123.0, NOW), Known::default(), NOW);
        positions.moved(&at(3, 126.0, NOW), Known::default(), NOW);
        positions.deleted(VehicleKey(2), NOW);
        assert_eq!(read(&view.changes(&positions, Pace::All, NOW)), [(3, vec![1, 2])]);
        positions.moved(&at(1, 121.5, NOW), Known::default(), NOW);
        assert_eq!(read(&view.changes(&positions, Pace::All, NOW)), [(2, vec![1])]);
    }

    #[test]
    fn vehicles_in_alarm_come_first_and_not_twice() {
        let (mut positions, mut view) = (Positions::new(SILENT_AFTER), View::default());
        positions.moved(&at(1, 121.0, NOW), Known::default(), NOW);
        view.snapshot(&positions, NOW);
        positions.open_alarms.entry(1).or_default().insert(AlarmId(7));
        positions.moved(&at(1, 121.1, NOW), Known::default(), NOW);
        positions.moved(&at(2, 121.1, NOW), Known::default(), NOW);
        assert_eq!(read(&view.changes(&positions, Pace::Alarmed, NOW)), [(2, vec![1])]);
        assert!(view.changes(&positions, Pace::Alarmed, NOW).is_empty());
        assert_eq!(read(&view.changes(&positions, Pace::All, NOW)), [(2, vec![2])]);
    }

    #[test]
    fn a_view_from_far_away_gets_counts_when_they_change_and_single_vehicles_when_it_comes_near() {
        let (mut positions, mut view) = (Positions::new(SILENT_AFTER), View::default());
        let park = [120.0, 29.0, 122.0, 31.0];
        positions.moved(&at(1, 121.0, NOW), Known::default(), NOW);
        positions.moved(&at(2, 121.0, NOW), Known::default(), NOW);
        positions.moved(&at(3, -70.0, NOW), Known::default(), NOW);
        assert_eq!(read(&[view.look(park, Some(8.5), &positions, NOW)]), [(4, vec![2])]);
        positions.moved(&at(1, 121.001, NOW), Known::default(), NOW);
        assert!(view.changes(&positions, Pace::All, NOW).is_empty(), "it is in the same cell");
        positions.moved(&at(3, -75.0, NOW), Known::default(), NOW);
        assert!(view.changes(&positions, Pace::All, NOW).is_empty(), "that cell is not in the view");
        positions.open_alarms.entry(2).or_default().insert(AlarmId(7));
        positions.moved(&at(2, 121.0, NOW), Known::default(), NOW);
        assert!(view.changes(&positions, Pace::Alarmed, NOW).is_empty(), "counts go once a second");
        let frames = view.changes(&positions, Pace::All, NOW);
        assert_eq!((read(&frames), frames[0][16 + 19]), (vec![(4, vec![2])], IN_ALARM));
        positions.deleted(VehicleKey(1), NOW);
        assert_eq!(read(&view.changes(&positions, Pace::All, NOW)), [(4, vec![1])]);
        assert_eq!(read(&[view.look(park, Some(10.0), &positions, NOW)]), [(1, vec![2])]);
        assert_eq!(read(&[view.look(park, Some(9.9), &positions, NOW)]), [(4, vec![1])]);
        assert_eq!(read(&[view.look(park, None, &positions, NOW)]), [(1, vec![2])]);
    }

    #[test]
    fn a_view_of_counts_leaves_out_what_its_console_hides_and_says_how_many() {
        let (mut positions, mut view) = (Positions::new(SILENT_AFTER), View::default());
        let known = |class| Known { unchecked: false, class };
        positions.moved(&at(1, 121.0, NOW), known(Some(VehicleClass::Hazmat)), NOW);
        positions.moved(&at(2, 121.0, NOW), known(Some(VehicleClass::Goods)), NOW);
        positions.moved(&at(3, 121.0, NOW), known(None), NOW);
        let hidden = |frame: &[u8]| frame[16 + 12];
        view.hide(Hidden::these(&[Layer::Hazmat, Layer::Goods]));
        let frame = view.look([120.0, 29.0, 122.0, 31.0], Some(8.0), &positions, NOW);
        assert_eq!((hidden(&frame), read(&[frame])), (2, vec![(4, vec![1])]));
        positions.known(VehicleKey(3), known(Some(VehicleClass::Goods)), NOW);
        let frames = view.changes(&positions, Pace::All, NOW);
        assert_eq!((hidden(&frames[0]), read(&frames)), (3, vec![(4, vec![0])]));
        positions.open_alarms.entry(1).or_default().insert(AlarmId(7));
        positions.moved(&at(1, 121.0, NOW), known(Some(VehicleClass::Hazmat)), NOW);
        let frames = view.changes(&positions, Pace::All, NOW);
        assert_eq!((hidden(&frames[0]), read(&frames)), (2, vec![(4, vec![1])]), "what is in alarm is not hidden");
        let near = view.look([120.0, 29.0, 122.0, 31.0], Some(12.0), &positions, NOW);
        assert_eq!(read(&[near]).first().map(|(_, keys)| keys.len()), Some(3), "single vehicles are sent as they are");
    }

    #[test]
    fn a_wrong_clock_shows_until_it_is_right() {
        let mut watch = cordon_spatial::watch::Watch::default();
        let mut positions = Positions::new(SILENT_AFTER);
        let mut flagged = |second: i64, behind: i64| {
            let (now, hours) = (UnixMs(NOW.0 + second * 1_000), SpanMs::seconds(behind * 3_600));
            let fix = at(1, 121.0, UnixMs(now.0 - hours.0)).last.expect("a fix");
            let out = watch.evaluate(now, [cordon_spatial::record::RecordBody::Fix(fix)]);
            out.moved.iter().for_each(|moved| positions.moved(moved, Known::default(), now));
            out.alarms.iter().for_each(|alarm| positions.alarm(alarm, now));
            positions.vehicles[&1].flags & CLOCK_WRONG != 0
        };
        let told: Vec<bool> = (0..6).map(|n| flagged(20 * n, 8)).collect();
        assert_eq!(told, [false, false, false, false, true, true]);
        assert!(!flagged(120, 0));
    }

    #[test]
    fn silence_shows_without_a_message() {
        let (mut positions, mut view) = (Positions::new(SILENT_AFTER), View::default());
        positions.moved(&at(1, 121.0, NOW), Known { unchecked: true, class: None }, NOW);
        let frame = view.snapshot(&positions, NOW);
        assert_eq!(frame[16 + 19], UNCHECKED);
        let later = NOW + STALE_AFTER + SpanMs(1);
        positions.age(later);
        let frames = view.changes(&positions, Pace::All, later);
        assert_eq!(frames[0][16 + 19], UNCHECKED | STALE);
        let later = NOW + SILENT_AFTER + SpanMs(1);
        positions.age(later);
        let frames = view.changes(&positions, Pace::All, later);
        assert_eq!(frames[0][16 + 19], UNCHECKED | STALE | SILENT);
    }
}
