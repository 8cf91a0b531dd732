//! Some of the vehicles, judged by one thread at a time: each vehicle's records in order.
//!
//! Which vehicles share a shard changes nothing: what a shard makes of its fixes is joined by the records' order.

mod places;

use super::foreseen::Foreseen;
use super::history::Past;
use super::silence::Sign;
use super::track::{Outbox, Surroundings, Taken, Track};
use super::{Settings, VehicleNow};
use crate::contact::Contact;
use crate::exemption::ExemptionBook;
use crate::fix::Fix;
use crate::ids::{JournalPosition, VehicleKey};
use crate::onemap::OneMap;
use crate::position::Position;
use crate::units::UnixMs;
use crate::zone::Bounds;
use places::Places;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What every vehicle is judged by, held while shards change.
pub struct Law {
    pub map: Arc<OneMap>,
    pub exemptions: Arc<ExemptionBook>,
    pub settings: Settings,
    pub now: UnixMs,
    pub horizon: UnixMs,
    pub up_since: UnixMs,
    pub position: JournalPosition,
}

impl Law {
    /// The same as the shards take it.
    pub fn ground(&self) -> Ground<'_> {
        Ground {
            map: &self.map,
            settings: &self.settings,
            exemptions: &self.exemptions,
            now: self.now,
            horizon: self.horizon,
            up_since: self.up_since,
            position: self.position,
        }
    }
}

/// What every vehicle is judged by.
#[derive(Clone, Copy)]
pub struct Ground<'a> {
    pub map: &'a OneMap,
    pub settings: &'a Settings,
    pub exemptions: &'a ExemptionBook,
    pub now: UnixMs,
    pub horizon: UnixMs,
    pub up_since: UnixMs,
    /// The last record before those that are judged together.
    pub position: JournalPosition,
}

impl<'a> Ground<'a> {
    pub fn around(self, vehicle: VehicleKey) -> Surroundings<'a> {
        Surroundings {
            map: self.map,
            settings: self.settings,
            exemptions: self.exemptions,
            vehicle,
            now: self.now,
            horizon: self.horizon,
            up_since: self.up_since,
            position: self.position,
            more_follow: false,
        }
    }
}

/// What became of a fix, and how many changes it made.
#[derive(Clone, Copy, Debug)]
pub struct Outcome {
    pub taken: Taken,
    pub tells: u32,
    /// A record of these very ones is not in the window any more: its position is to be said ([`Track::left_by`]).
    pub left: bool,
}

/// Vehicles that are judged together.
#[derive(Clone, Debug, Default)]
pub struct Shard {
    tracks: Vec<Track>,
    keys: Vec<VehicleKey>,
    /// Where each was last by its path; looked through without touching the tracks themselves.
    spots: Vec<Option<Position>>,
    /// Where it may be said of each where it is now.
    said: Vec<u32>,
    places: Places,
    due: BTreeSet<(UnixMs, VehicleKey)>,
    /// Room for [`Shard::look_up`]: which of its fixes change which visits.
    changing: Vec<(u32, u32)>,
    /// When to ask whether a vehicle is silent: for each that is awaited, at the latest when it will be. That it is asked
    /// for once and no sooner must not show: ticks that bring nothing are not replayed.
    listening: BTreeSet<(UnixMs, VehicleKey)>,
}

impl Shard {
    /// A vehicle's track, made when there is none.
    pub fn track_mut(&mut self, key: VehicleKey) -> &mut Track {
        let place = self.place_or_new(key);
        &mut self.tracks[place]
    }

    /// A vehicle's track.
    pub fn track(&self, key: VehicleKey) -> Option<&Track> {
        self.places.get(key).map(|place| &self.tracks[place])
    }

    /// Where a vehicle is; `None` when it never reported, was never described or is gone.
    pub fn vehicle(&self, key: VehicleKey) -> Option<VehicleNow> {
        self.track(key)?.now(key)
    }

    /// Gives its vehicles away.
    pub fn into_tracks(self) -> impl Iterator<Item = (VehicleKey, Track)> {
        self.keys.into_iter().zip(self.tracks)
    }

    /// All vehicles and their tracks, in no particular order.
    pub fn tracks(&self) -> impl Iterator<Item = (VehicleKey, &Track)> {
        self.keys.iter().copied().zip(&self.tracks)
    }

    /// The vehicles whose last place lies in one of the boxes, in no particular order.
    pub fn near<'a>(&'a self, boxes: &'a [Bounds]) -> impl Iterator<Item = (VehicleKey, &'a Track)> {
        let spots = self.spots.iter().enumerate();
        let near = spots.filter(|(_, spot)| spot.is_some_and(|p| boxes.iter().any(|bounds| bounds.holds(p))));
        near.map(|(place, _)| (self.keys[place], &self.tracks[place]))
    }

    /// The same, to change them.
    pub fn tracks_mut(&mut self) -> impl Iterator<Item = &mut Track> {
        self.tracks.iter_mut()
    }

    /// Takes in a restored track.
    pub fn restore(&mut self, key: VehicleKey, track: Track) {
        self.due.extend(track.due().map(|at| (at, key)));
        // Asked too early it says when it will be.
        self.listening.extend(track.is_awaited().then_some((UnixMs::MIN, key)));
        let place = self.place_or_new(key);
        self.spots[place] = track.spot();
        self.tracks[place] = track;
    }

    /// When time may bring something next.
    pub fn next_due(&self) -> Option<UnixMs> {
        let due = self.due.first().map(|(at, _)| *at);
        let silent = self.listening.first().map(|(at, _)| *at);
        [due, silent].into_iter().flatten().min()
    }

    /// The vehicles that have been silent, or whose terminals out of touch, by `ground.now`, and since when. Each is told of
    /// once.
    pub fn silent_by_now(&mut self, ground: Ground<'_>) -> Vec<(UnixMs, VehicleKey)> {
        let mut silent = Vec::new();
        while let Some((asked, key)) = self.listening.pop_first() {
            if asked > ground.now {
                self.listening.insert((asked, key));
                break;
            }
            match self.track(key).and_then(|track| track.silent_at(ground.around(key))) {
                Some(at) if at <= ground.now => silent.push((at, key)),
                // What it hears by then may shorten its limit.
                Some(at) => drop(self.listening.insert((at.min(ground.now + ground.settings.site.silence), key))),
                None => {}
            }
        }
        silent.sort_unstable();
        silent.dedup();
        silent
    }

    /// It has been silent since `at`, or its terminal out of touch.
    pub fn falls_silent(&mut self, ground: Ground<'_>, key: VehicleKey, at: UnixMs, out: &mut Outbox) {
        self.track_mut(key).falls_silent(ground.around(key), at, out);
        self.listen(ground, key, None);
    }

    /// Its terminal was in touch, or ceased to be.
    pub fn contact(&mut self, ground: Ground<'_>, contact: Contact, out: &mut Outbox) {
        let Contact { vehicle, kind } = contact;
        let around = ground.around(vehicle);
        let track = self.track_mut(vehicle);
        let asked = track.silent_at(around);
        track.receive(around, Sign::Contact(kind), out);
        self.listen(ground, vehicle, asked);
    }

    /// Cordon started: every connection is gone. `ground` says so already.
    pub fn started(&mut self, ground: Ground<'_>) {
        for place in 0..self.keys.len() {
            let key = self.keys[place];
            let asked = self.tracks[place].silent_at(ground.around(key));
            self.tracks[place].started(ground.now);
            self.listen(ground, key, asked);
        }
    }

    /// The site's figures are others: every vehicle is asked anew.
    pub fn ask_all(&mut self) {
        self.listening =
            self.tracks().filter(|(_, track)| track.is_awaited()).map(|(key, _)| (UnixMs::MIN, key)).collect();
    }

    /// Asks for a vehicle in time if it is due sooner than when it is `asked` for.
    fn listen(&mut self, ground: Ground<'_>, key: VehicleKey, asked: Option<UnixMs>) {
        let due = self.track(key).and_then(|track| track.silent_at(ground.around(key)));
        if let Some(at) = due.filter(|at| asked.is_none_or(|asked| *at < asked)) {
            self.listening.insert((at.min(ground.now + ground.settings.site.silence), key));
        }
    }

    /// The vehicles to which time may have brought something by `at`.
    pub fn due_by(&self, at: UnixMs) -> impl Iterator<Item = (UnixMs, VehicleKey)> {
        self.due.range(..=(at, VehicleKey(u32::MAX))).copied()
    }

    /// Judges fixes in the order given; those of one vehicle with the same number in `groups` came together.
    pub fn take(
        &mut self,
        ground: Ground<'_>,
        fixes: &mut [Fix],
        groups: &[u32],
        past: &dyn Past,
        out: &mut Outbox,
    ) -> Vec<Outcome> {
        let mut outcomes = Vec::with_capacity(fixes.len());
        let mut places = [0_usize; AHEAD];
        let (mut looked_up_from, mut looked_up) = (0, 0);
        let mut from = 0;
        while from < fixes.len() {
            if from >= looked_up {
                (looked_up_from, looked_up) = (from, (from + AHEAD).min(fixes.len()));
                self.look_up(ground.map, &fixes[from..looked_up], &mut places, &mut out.scratch.foreseen);
            }
            out.scratch.foreseen.turn_to(from - looked_up_from);
            let place = places[from - looked_up_from];
            let same = 1 + groups[from + 1..].iter().take_while(|group| **group == groups[from]).count();
            let fixes = &mut fixes[from..from + same];
            from += same;
            match fixes {
                [fix] if self.tracks[place].take_plain(ground.around(fix.vehicle), fix, &out.scratch.foreseen) => {
                    let left = self.tracks[place].has_left_now();
                    outcomes.push(Outcome { taken: Taken::Kept(fix.marks), tells: 0, left });
                }
                fixes => self.take_at(place, ground, fixes, past, out, &mut outcomes),
            }
            self.spots[place] = self.tracks[place].spot();
            self.say_now(place, &mut out.moved);
        }
        outcomes
    }

    /// Judges fixes of the vehicle at a place that came together.
    fn take_at(
        &mut self,
        place: usize,
        ground: Ground<'_>,
        fixes: &mut [Fix],
        past: &dyn Past,
        out: &mut Outbox,
        outcomes: &mut Vec<Outcome>,
    ) {
        let vehicle = self.keys[place];
        let told = out.tells.len();
        let track = &mut self.tracks[place];
        let (due, awaited) = (track.due(), track.is_awaited());
        track.take(ground.around(vehicle), fixes, past, out);
        if !awaited && track.is_awaited() {
            self.listening.insert((ground.now + ground.settings.site.silence, vehicle));
        }
        let left = track.has_left_now();
        if track.due() != due {
            self.move_due(vehicle, due);
        }
        let first = outcomes.len();
        outcomes.extend(out.taken.drain(..).map(|taken| Outcome { taken, tells: 0, left }));
        debug_assert_eq!(outcomes.len() - first, fixes.len());
        if let Some(last) = outcomes.last_mut() {
            last.tells = (out.tells.len() - told) as u32;
        }
    }

    /// Says where the vehicle at a place is now, in the place of what was said of it before.
    fn say_now(&mut self, place: usize, moved: &mut Vec<VehicleNow>) {
        let key = self.keys[place];
        let Some(now) = self.tracks[place].now_again(key) else { return };
        match moved.get_mut(self.said[place] as usize).filter(|said| said.key == key) {
            Some(said) => *said = now,
            None => {
                self.said[place] = moved.len() as u32;
                moved.push(now);
            }
        }
    }

    /// Brings near what the next fixes ask of their vehicles and of the map, so that memory is waited for once and not one by
    /// one. Changes no result. `places` are where the vehicles of the fixes are.
    fn look_up(&mut self, map: &OneMap, fixes: &[Fix], places: &mut [usize; AHEAD], foreseen: &mut Foreseen) {
        for (place, fix) in places.iter_mut().zip(fixes) {
            *place = self.place_or_new(fix.vehicle);
            self.tracks[*place].bring_near();
        }
        let tracks = || places[..fixes.len()].iter().map(|place| &self.tracks[*place]);
        tracks().for_each(Track::bring_fixes_near);
        foreseen.look_up(map, tracks().zip(fixes).map(|(track, fix)| Some((track.spot()?, fix.position))));
        map.bring_near(tracks().flat_map(Track::unsettled));
        let meeting = || tracks().enumerate().filter(|(nth, track)| foreseen.meets_any(*nth) || track.is_unsettled());
        tracks().for_each(Track::bring_oldest_near);
        self.changing.clear();
        for (nth, track) in meeting() {
            let slots = foreseen.met(nth).chain(track.unsettled());
            self.changing.extend(track.bring_changing_near(slots).map(|visit| (nth as u32, visit)));
        }
        let changing = || self.changing.iter().map(|(nth, visit)| (&self.tracks[places[*nth as usize]], *visit));
        tracks().for_each(Track::bring_oldest_events_near);
        meeting().for_each(|(_, track)| track.bring_newest_near());
        changing().for_each(|(track, visit)| track.bring_events_near(visit));
        changing().for_each(|(track, visit)| track.bring_told_near(visit));
    }

    /// Makes the windows that reach back as long as usual again; `position` is that of the last record judged.
    pub fn narrow(&mut self, ground: Ground<'_>, out: &mut Outbox) {
        for key in std::mem::take(&mut out.recalled) {
            let track = self.track_mut(key);
            track.narrow(ground.around(key));
            if track.has_left_now() {
                track.left_by(ground.position);
            }
        }
    }

    /// Lets time pass for one vehicle.
    pub fn time_passes(&mut self, ground: Ground<'_>, key: VehicleKey, out: &mut Outbox) {
        self.change(key, out, |track, out| track.time_passes(ground.around(key), out));
        // A zone that came to it may have shortened its limit.
        if self.track(key).is_some_and(Track::is_awaited) {
            self.listening.insert((ground.now, key));
        }
    }

    /// The vehicle was deleted.
    pub fn end(&mut self, ground: Ground<'_>, key: VehicleKey, out: &mut Outbox) {
        self.change(key, out, |track, out| track.end(ground.around(key), &mut out.tells));
    }

    /// What a ledger does with what is to be told of it.
    pub fn change(&mut self, key: VehicleKey, out: &mut Outbox, what: impl FnOnce(&mut Track, &mut Outbox)) {
        let Some(place) = self.places.get(key) else { return };
        let track = &mut self.tracks[place];
        let due = track.due();
        what(track, out);
        self.spots[place] = track.spot();
        self.move_due(key, due);
    }

    fn place_or_new(&mut self, key: VehicleKey) -> usize {
        self.places.get(key).unwrap_or_else(|| {
            let place = self.tracks.len();
            self.tracks.push(Track::default());
            self.keys.push(key);
            self.spots.push(None);
            self.said.push(0);
            self.places.set(key, place);
            place
        })
    }

    /// Keeps the queue of due times in step with a track's; `before` is what the queue holds for it.
    fn move_due(&mut self, key: VehicleKey, before: Option<UnixMs>) {
        let due = self.track(key).and_then(Track::due);
        if due == before {
            return;
        }
        if let Some(at) = before {
            self.due.remove(&(at, key));
        }
        if let Some(at) = due {
            self.due.insert((at, key));
        }
    }
}

/// How many fixes are looked up before the first of them is judged.
const AHEAD: usize = 32;
