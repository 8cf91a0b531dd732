//! A window that reaches back into the past: how a fix that is older than the window is judged all the same.

use super::super::history::{Answer, History, NeedsHistory, Past};
use super::super::state::State;
use super::{Outbox, Surroundings, Taken, Track, is_same, order};
use crate::fix::{Fix, Marks};
use crate::onemap::{OneMap, Term};
use crate::units::UnixMs;
use crate::zone::{Bounds, Ground, Zone};
use std::sync::Arc;

/// What a window that reaches back is judged by.
#[derive(Clone, Debug)]
pub(super) struct Recalled {
    /// From here on it holds every fix.
    pub(super) from: UnixMs,
    /// The one-map with the revisions of that time; `None` when none was replaced since.
    pub(super) map: Option<OneMap>,
}

impl PartialEq for Recalled {
    fn eq(&self, other: &Recalled) -> bool {
        self.from == other.from && self.map.as_ref().map(OneMap::version) == other.map.as_ref().map(OneMap::version)
    }
}

impl Track {
    /// Asks for the past if one of the fixes is older than the window. Those for which it is not at hand leave the list.
    pub(super) fn ask_past(
        &mut self,
        around: Surroundings<'_>,
        fixes: &mut [Fix],
        for_window: &mut Vec<usize>,
        first: usize,
        past: &dyn Past,
        out: &mut Outbox,
    ) {
        let newest = self.window.back().map(|fix| fix.fixed_at);
        let (left, recalled_from) = (self.left, self.recalled.as_ref().map(|recalled| recalled.from));
        let is_old = |fix: &Fix| match recalled_from {
            Some(from) => fix.fixed_at < from,
            None => {
                newest.is_some_and(|newest| newest - fix.fixed_at > around.settings.window)
                    || left.is_some_and(|left| fix.fixed_at <= left)
            }
        };
        let Some(from) = for_window.iter().map(|i| &fixes[*i]).filter(|fix| is_old(fix)).map(|fix| fix.fixed_at).min()
        else {
            return;
        };
        let need = NeedsHistory {
            vehicle: around.vehicle,
            from,
            at_least: self.left_position,
            at_most: around.position.max(self.left_position),
        };
        let fate = match past.history(&need) {
            Answer::Known(history) if history.as_of >= need.at_least && !self.left_now => {
                self.recall(around, &history, out);
                return;
            }
            Answer::Known(_) | Answer::NotYet => Taken::Waiting(need),
            Answer::Never => Taken::Kept(Marks::AWAITS_HISTORY),
        };
        for_window.retain(|&i| {
            let old = is_old(&fixes[i]);
            if old {
                out.taken[first + i] = match fate {
                    Taken::Kept(marks) => {
                        fixes[i].marks |= marks;
                        Taken::Kept(fixes[i].marks)
                    }
                    fate => fate,
                };
            }
            !old
        });
    }

    /// Lets the window reach back over what is known of the past; [`Track::narrow`] ends it.
    fn recall(&mut self, around: Surroundings<'_>, history: &History, out: &mut Outbox) {
        let front = self.window.front().copied();
        let older = history.fixes.iter().filter(|fix| {
            front.is_none_or(|front| fix.fixed_at <= front.fixed_at)
                && !self.window.fixes().take_while(|held| held.fixed_at <= fix.fixed_at).any(|held| is_same(held, fix))
        });
        let mut fixes: Vec<Fix> = older.copied().collect();
        fixes.sort_by_key(order);
        fixes.dedup_by(|one, two| is_same(one, two));
        let checkpoint = history.checkpoint.as_ref();
        let matters = |zone: &Zone| checkpoint.is_some_and(|checkpoint| checkpoint.needs(zone.key, zone.revision));
        let reach = Reach::of(fixes.iter().chain(front.iter()).chain(self.window.fixes()));
        let replaced: Vec<(&Arc<Zone>, Term)> = history
            .replaced
            .iter()
            .filter(|(zone, _)| around.map.slot_of(zone.key, zone.revision).is_none())
            .filter(|(zone, _)| matters(zone) || reach.meets(&zone.ground))
            .map(|(zone, term)| (zone, *term))
            .collect();
        let map = (!replaced.is_empty()).then(|| around.map.recalling(replaced));
        let there = Surroundings { map: map.as_ref().unwrap_or(around.map), ..around };
        let known_from = history.attributes.last().map_or(UnixMs::MIN, |(from, _)| *from);
        let later: Vec<_> = self.attributes.drain(..).filter(|(from, _)| *from > known_from).collect();
        self.attributes.extend(history.attributes.iter().cloned().chain(later));
        self.ledger.recall(&history.events, &history.alarms);
        let old = self.standing_from(0);
        let known = fixes.len();
        self.state = checkpoint.map_or_else(State::default, |checkpoint| checkpoint.state(there.map));
        self.base_last = self.state.last;
        self.window.prepend(fixes);
        let told = out.checkpoints.len();
        self.run_from(there, 0, out);
        out.checkpoints.truncate(told);
        self.look_ahead(there);
        // What was told of the past stands in the ledger; of the window, running it again changes nothing unless what it
        // was judged by then is known better now.
        self.tell(there, known, old, out);
        let from = checkpoint.map_or(UnixMs::MIN, |checkpoint| checkpoint.at);
        self.recalled = Some(Box::new(Recalled { from, map }));
        out.recalled.push(around.vehicle);
    }

    /// Ends [`Track::recall`]: the window is as long as usual again.
    pub fn narrow(&mut self, around: Surroundings<'_>) {
        let Some(recalled) = self.recalled.take() else { return };
        self.trim(around);
        if let Some(past) = recalled.map {
            self.renumber(&|slot| {
                let zone = &past.zone(slot)?.zone;
                around.map.slot_of(zone.key, zone.revision).or_else(|| around.map.oldest_slot(zone.key))
            });
        }
        self.sweep();
    }
}

/// The box around some fixes.
struct Reach(Option<Bounds>);

impl Reach {
    fn of<'a>(fixes: impl Iterator<Item = &'a Fix>) -> Reach {
        Reach(fixes.map(|fix| fix.position).fold(None, |reach: Option<Bounds>, p| {
            let b = reach.unwrap_or(Bounds { west: p.lon_e7, south: p.lat_e7, east: p.lon_e7, north: p.lat_e7 });
            Some(Bounds {
                west: b.west.min(p.lon_e7),
                south: b.south.min(p.lat_e7),
                east: b.east.max(p.lon_e7),
                north: b.north.max(p.lat_e7),
            })
        }))
    }

    fn meets(&self, ground: &Ground) -> bool {
        let (Some(a), Some(b)) = (self.0, ground.bounds()) else { return false };
        a.west <= b.east && b.west <= a.east && a.south <= b.north && b.south <= a.north
    }
}
