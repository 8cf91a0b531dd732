//! The one-map that the engine judges by: an immutable snapshot of all zone revisions that still matter.
//!
//! An edit builds the next snapshot and shares everything that it does not touch. Revisions that were replaced stay for
//! as long as fixes of their time are still judged.

use crate::calendar::UtcOffset;
use crate::event::RuleRef;
use crate::geodesy::LocalScale;
use crate::ids::{Revision, ZoneKey};
use crate::index::{CellIndex, Slot, hint, hint_all};
use crate::shelf::Shelf;
use crate::units::{Millimetres, UnixMs};
use crate::zone::{Ground, Rule, RuleWhen, Zone};
use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;
use std::cell::LazyCell;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A revision of a zone and when it is in force.
#[derive(Clone, Debug)]
pub struct ZoneInForce {
    /// What was drawn and ruled.
    pub zone: Arc<Zone>,
    /// Which zone, and its revision.
    pub key: (ZoneKey, Revision),
    /// What a crossing asks of its rules, in their order.
    pub rules: SmallVec<[RuleInForce; 2]>,
    /// When.
    pub term: Term,
    /// About how deep a place in it can be: its area divided by its boundary's length.
    pub reach: Millimetres,
    /// Whether a rule of it can fire inside without a crossing: dwell or speed.
    pub watches_inside: bool,
    /// Whether it has no dates and no schedule: it judges for all of its term.
    is_always: bool,
    /// Whether time alone can bring something inside it: a dwell limit, an opening or closing, the end of its validity.
    pub watches_time: bool,
    /// Whether a rule of it is watched at some times only, or leaves out whoever is exempt.
    pub has_timed_rules: bool,
    /// Whether a rule of it asks vehicles to be inside.
    pub asks_for_presence: bool,
    /// Whether a rule of it counts the vehicles inside.
    pub counts: bool,
    /// The clock of its schedule and of its rules' windows.
    pub offset: UtcOffset,
}

/// What a crossing asks of a rule, beside its zone's term, so that it need not be looked up.
#[derive(Clone, Debug)]
pub struct RuleInForce {
    /// What it watches for.
    pub when: RuleWhen,
    /// How events name it.
    pub reference: RuleRef,
    /// Whether it is about every vehicle at any time, exempt or not.
    pub is_plain: bool,
}

/// When a revision of a zone is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    /// From this event time on: the record's time for a later revision, for ever for the first.
    pub from: UnixMs,
    /// Until this event time: the record's time of the next revision.
    pub to: UnixMs,
    /// Journal time of its record: fixes received before it are never judged by it.
    pub recorded_at: UnixMs,
    /// Whether an earlier revision stood before it.
    pub first: bool,
}

impl ZoneInForce {
    /// Whether it judges at an event time what was received at a journal time. What was received before the next revision
    /// was recorded stays with this one, even if its event time is a little ahead.
    pub fn judges(&self, at: UnixMs, received_at: UnixMs) -> bool {
        self.term.from <= at
            && (at < self.term.to || received_at < self.term.to)
            && self.term.recorded_at <= received_at
            && (self.is_always || self.zone.is_in_force(at, self.offset))
    }

    /// The first instant after `at` at which it begins or ceases to judge what is received in time.
    pub fn next_change(&self, at: UnixMs) -> Option<UnixMs> {
        if self.is_always && self.begins_at() <= at && self.term.to == UnixMs::MAX {
            return None;
        }
        let dates = [self.begins_at(), self.ends_at()];
        let dated = dates.into_iter().filter(|date| at < *date && *date < UnixMs::MAX).min();
        if self.zone.schedule.is_always() {
            return dated;
        }
        let scheduled = self.zone.schedule.next_change(at, self.offset);
        [dated, scheduled].into_iter().flatten().min()
    }

    /// Since when it has been judging what is received in time, if it does at `at`; not before `from` if that is later than
    /// its dates.
    pub fn since(&self, from: UnixMs, at: UnixMs) -> UnixMs {
        let dated = self.begins_at();
        if self.zone.schedule.is_always() {
            return dated;
        }
        let spans = self.zone.schedule.open_spans(from, UnixMs(at.0 + 1), self.offset);
        spans.last().map_or(dated, |(opened, _)| dated.max(opened))
    }

    /// The first instant at which it judges what is received in time.
    pub fn begins_at(&self) -> UnixMs {
        self.term.from.max(self.valid_from()).max(self.term.recorded_at)
    }

    /// The first instant of its own dates.
    pub fn valid_from(&self) -> UnixMs {
        let from = if self.is_always { None } else { self.zone.valid_from };
        from.unwrap_or(UnixMs::MIN)
    }

    /// The instant from which it judges no more.
    pub fn ends_at(&self) -> UnixMs {
        self.term.to.min(self.zone.valid_to.unwrap_or(UnixMs::MAX))
    }
}

/// One edit of a zone: its next revision, or `None` when it is deleted.
pub type ZoneEdit = (ZoneKey, Option<Arc<Zone>>);

/// All zone revisions that still matter, and their index. A clone shares everything.
#[derive(Clone, Debug, Default)]
pub struct OneMap {
    version: u64,
    offset: UtcOffset,
    /// By slot; nothing where a revision was forgotten.
    zones: Shelf<Arc<ZoneInForce>>,
    /// How many slots were given.
    slots_given: Slot,
    /// By zone key, its slots, oldest first.
    slots: Shelf<Slots>,
    /// The zones that somebody must be in by one of their revisions, sorted.
    guards: Arc<[ZoneKey]>,
    index: CellIndex,
}

/// The slots of a zone: the newest stands beside its older ones, which few zones have.
#[derive(Clone, Debug)]
struct Slots {
    older: Option<Arc<[Slot]>>,
    newest: Slot,
}

impl Slots {
    /// None if the list is empty.
    fn of(list: &[Slot]) -> Option<Slots> {
        let (&newest, older) = list.split_last()?;
        Some(Slots { older: (!older.is_empty()).then(|| Arc::from(older)), newest })
    }

    /// Oldest first.
    fn all(&self) -> impl DoubleEndedIterator<Item = Slot> {
        self.older.as_deref().unwrap_or_default().iter().copied().chain(std::iter::once(self.newest))
    }
}

/// One entry of a one-map's table, for snapshots: geometry is not in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MapEntry {
    /// The zone.
    pub zone: ZoneKey,
    /// Which revision.
    pub revision: Revision,
    /// When it is in force.
    pub term: Term,
}

impl OneMap {
    /// A map without zones, with the clock of its schedules.
    pub fn with_clock(offset: UtcOffset) -> OneMap {
        OneMap { offset, ..OneMap::default() }
    }

    /// The map after edits recorded at `at`; revisions that ended before `forget_before` leave it unless they are in use.
    pub fn edited(
        &self,
        edits: &[ZoneEdit],
        at: UnixMs,
        forget_before: UnixMs,
        in_use: impl FnOnce() -> FxHashSet<Slot>,
    ) -> OneMap {
        let in_use = LazyCell::new(in_use);
        let mut next = self.clone();
        next.version += 1;
        let mut removed: Vec<(Slot, Arc<ZoneInForce>)> = Vec::new();
        let mut added: Vec<(Slot, Arc<ZoneInForce>)> = Vec::new();
        for (key, zone) in edits {
            let mut known = next.slots_of(*key);
            // One that comes back after it was deleted holds from now on, though the map has forgotten what it was.
            let first = known.is_empty() && zone.as_ref().is_none_or(|zone| zone.revision == Revision(1));
            if let Some(&current) = known.last() {
                next.end(current, at);
            }
            if let Some(zone) = zone {
                let slot = next.slots_given;
                next.slots_given += 1;
                known.push(slot);
                let from = if first { UnixMs::MIN } else { at };
                let term = Term { from, to: UnixMs::MAX, recorded_at: at, first };
                let entry = Arc::new(prepared(Arc::clone(zone), term, next.offset));
                next.zones.set(slot, Some(Arc::clone(&entry)));
                next.slots.set(key.0, Slots::of(&known));
                added.push((slot, entry));
            }
        }
        // Only the zones edited now are looked at: a replaced revision waits for its zone's next edit, which bounds what
        // a much edited zone can hold without a walk over all zones.
        for (key, _) in edits {
            let mut known = next.slots_of(*key);
            let all = known.len();
            known.retain(|slot| {
                let Some(entry) = next.zones.get(*slot) else { return false };
                // What came and went at one moment never judged and never will: it was recorded when it had ended.
                let never = added.iter().any(|(came, _)| came == slot) && entry.term.from >= entry.term.to;
                let old = entry.term.to < forget_before;
                let gone = never || old && !in_use.contains(slot);
                if gone {
                    removed.extend(next.zones.set(*slot, None).map(|entry| (*slot, entry)));
                }
                !gone
            });
            if known.len() < all {
                next.slots.set(key.0, Slots::of(&known));
            }
        }
        next.guards = next.guards_after(edits.iter().map(|(key, _)| *key));
        let passing: FxHashSet<Slot> = removed.iter().map(|(slot, _)| *slot).collect();
        added.retain(|(slot, _)| !passing.contains(slot));
        removed.retain(|(slot, _)| *slot < self.slots_given);
        next.index = reindexed(&self.index, &added, &removed);
        next
    }

    /// The slots of a zone, oldest first.
    fn slots_of(&self, zone: ZoneKey) -> Vec<Slot> {
        self.slots.get(zone.0).map_or_else(Vec::new, |slots| slots.all().collect())
    }

    /// Ends the term of a revision.
    fn end(&mut self, slot: Slot, at: UnixMs) {
        let Some(entry) = self.zones.get(slot) else { return };
        let mut entry = ZoneInForce::clone(entry);
        entry.term.to = entry.term.to.min(at);
        self.zones.set(slot, Some(Arc::new(entry)));
    }

    /// The map of a snapshot's table. `zone` finds what was drawn; entries that it does not know are left out.
    pub fn restored(
        table: &[MapEntry],
        offset: UtcOffset,
        mut zone: impl FnMut(ZoneKey, Revision) -> Option<Arc<Zone>>,
    ) -> OneMap {
        let mut map = OneMap { version: 1, offset, ..OneMap::default() };
        let mut added = Vec::with_capacity(table.len());
        for entry in table {
            let Some(zone) = zone(entry.zone, entry.revision) else { continue };
            let slot = map.slots_given;
            map.slots_given += 1;
            let prepared = Arc::new(prepared(zone, entry.term, offset));
            map.zones.set(slot, Some(Arc::clone(&prepared)));
            let mut known = map.slots_of(entry.zone);
            known.push(slot);
            map.slots.set(entry.zone.0, Slots::of(&known));
            added.push((slot, prepared));
        }
        map.guards = map.guards_after(added.iter().map(|(_, entry)| entry.zone.key));
        map.index = reindexed(&CellIndex::default(), &added, &[]);
        map
    }

    /// The table for a snapshot, in slot order.
    pub fn table(&self) -> Vec<(Slot, MapEntry)> {
        let entries = self.zones.iter();
        entries
            .map(|(slot, entry)| {
                (slot, MapEntry { zone: entry.zone.key, revision: entry.zone.revision, term: entry.term })
            })
            .collect()
    }

    /// The map with revisions that it forgot, for judging the past again. Its slots are this map's, and new ones after them
    /// for the revisions that it does not hold; its version is that of no map in force.
    pub fn recalling<'a>(&self, replaced: impl IntoIterator<Item = (&'a Arc<Zone>, Term)>) -> OneMap {
        let mut past = self.clone();
        past.version = u64::MAX;
        let mut added: Vec<(Slot, Arc<ZoneInForce>)> = Vec::new();
        for (zone, term) in replaced {
            if past.slot_of(zone.key, zone.revision).is_some() {
                continue;
            }
            let slot = past.slots_given;
            past.slots_given += 1;
            let entry = Arc::new(prepared(Arc::clone(zone), term, past.offset));
            past.zones.set(slot, Some(Arc::clone(&entry)));
            let mut known = past.slots_of(zone.key);
            known.insert(0, slot);
            past.slots.set(zone.key.0, Slots::of(&known));
            added.push((slot, entry));
        }
        past.guards = past.guards_after(added.iter().map(|(_, entry)| entry.zone.key));
        past.index = reindexed(&self.index, &added, &[]);
        past
    }

    /// The slot of a revision of a zone, if the map holds it.
    pub fn slot_of(&self, zone: ZoneKey, revision: Revision) -> Option<Slot> {
        let mut slots = self.slots.get(zone.0)?.all();
        slots.find(|slot| self.zone(*slot).is_some_and(|entry| entry.zone.revision == revision))
    }

    /// The slot of a zone's oldest revision that the map holds.
    pub fn oldest_slot(&self, zone: ZoneKey) -> Option<Slot> {
        self.slots.get(zone.0)?.all().next()
    }

    /// The zones that somebody must be in by one of their revisions, sorted.
    pub fn guards(&self) -> &[ZoneKey] {
        &self.guards
    }

    /// The same when these zones were edited.
    fn guards_after(&self, edited: impl Iterator<Item = ZoneKey>) -> Arc<[ZoneKey]> {
        let mut guards: BTreeSet<ZoneKey> = self.guards.iter().copied().collect();
        let mut changed = false;
        for key in edited {
            changed |= match self.revisions(key).any(|entry| entry.asks_for_presence) {
                true => guards.insert(key),
                false => guards.remove(&key),
            };
        }
        if changed { guards.into_iter().collect() } else { Arc::clone(&self.guards) }
    }

    /// The clock of its schedules.
    pub fn clock(&self) -> UtcOffset {
        self.offset
    }

    /// Grows with every edit.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The index of all grounds, by slot.
    pub fn index(&self) -> &CellIndex {
        &self.index
    }

    /// The zone revision in a slot.
    pub fn zone(&self, slot: Slot) -> Option<&ZoneInForce> {
        self.zones.get(slot).map(Arc::as_ref)
    }

    /// Asks for the memory of what a crossing asks of these revisions, all of them at a time. Changes no answer.
    pub fn bring_near(&self, slots: impl Iterator<Item = Slot> + Clone) {
        slots.clone().filter_map(|slot| self.zones.place(slot)).for_each(hint);
        let entries = slots.filter_map(|slot| self.zone(slot));
        entries.for_each(hint_all);
    }

    /// All revisions of a zone that still matter, oldest first.
    pub fn revisions(&self, zone: ZoneKey) -> impl Iterator<Item = &ZoneInForce> {
        let slots = self.slots.get(zone.0).into_iter().flat_map(Slots::all);
        slots.filter_map(|slot| self.zone(slot))
    }

    /// The grounds of all revisions of a zone that still matter.
    pub fn grounds(&self, zone: ZoneKey) -> impl Iterator<Item = &Ground> {
        self.revisions(zone).map(|entry| &entry.zone.ground)
    }

    /// The revision of a zone that judges at an event time what was received at a journal time.
    pub fn judging(&self, zone: ZoneKey, at: UnixMs, received_at: UnixMs) -> Option<Slot> {
        let mut slots = self.slots.get(zone.0)?.all().rev();
        slots.find(|slot| self.zone(*slot).is_some_and(|z| z.judges(at, received_at)))
    }
}

fn reindexed(index: &CellIndex, added: &[(Slot, Arc<ZoneInForce>)], removed: &[(Slot, Arc<ZoneInForce>)]) -> CellIndex {
    fn grounds(list: &[(Slot, Arc<ZoneInForce>)]) -> Vec<(Slot, &Ground)> {
        list.iter().map(|(slot, entry)| (*slot, &entry.zone.ground)).collect()
    }
    index.with(&grounds(added), &grounds(removed))
}

fn prepared(zone: Arc<Zone>, term: Term, offset: UtcOffset) -> ZoneInForce {
    let reach = reach(&zone.ground);
    let dwells = zone.rules.iter().any(|rule| matches!(rule.when, RuleWhen::Dwell { .. }));
    let speeds = zone.rules.iter().any(|rule| matches!(rule.when, RuleWhen::Speed { .. }));
    let dated = zone.valid_from.is_some() || zone.valid_to.is_some() || !zone.schedule.is_always();
    let has_timed_rules = zone.rules.iter().any(Rule::is_timed);
    let asks_for_presence = zone.rules.iter().any(|rule| matches!(rule.when, RuleWhen::MustBeInside));
    let counts = zone.rules.iter().any(|rule| matches!(rule.when, RuleWhen::Count { .. }));
    let watches_time = dwells || dated || has_timed_rules;
    let watches_inside = dwells || speeds;
    let is_always = !dated;
    let rules = zone.rules.iter().map(|rule| RuleInForce {
        when: rule.when,
        reference: rule.reference(),
        is_plain: rule.subjects.is_empty() && rule.except.is_empty() && !rule.is_timed(),
    });
    ZoneInForce {
        key: (zone.key, zone.revision),
        rules: rules.collect(),
        zone,
        term,
        reach,
        watches_inside,
        is_always,
        watches_time,
        has_timed_rules,
        counts,
        asks_for_presence,
        offset,
    }
}

/// Area over boundary length: half the width of a corridor, a quarter of a square's side.
pub(crate) fn reach(ground: &Ground) -> Millimetres {
    let Some(bounds) = ground.bounds() else { return Millimetres(0) };
    let scale = LocalScale::at(((i64::from(bounds.south) + i64::from(bounds.north)) / 2) as i32);
    let (mut doubled_area, mut length) = (0.0_f64, 0.0_f64);
    for part in &ground.parts {
        for (number, ring) in part.iter().enumerate() {
            let mut ring_area = 0.0;
            for i in 0..ring.len() {
                let plane = |v: crate::position::Position| {
                    (
                        f64::from(v.lon_e7 - bounds.west) * scale.lon_mm,
                        f64::from(v.lat_e7 - bounds.south) * scale.lat_mm,
                    )
                };
                let (a, b) = (plane(ring[i]), plane(ring[(i + 1) % ring.len()]));
                ring_area += a.0 * b.1 - b.0 * a.1;
                length += libm::sqrt((b.0 - a.0) * (b.0 - a.0) + (b.1 - a.1) * (b.1 - a.1));
            }
            doubled_area += if number == 0 { ring_area.abs() } else { -ring_area.abs() };
        }
    }
    if length > 0.0 { Millimetres((doubled_area.max(0.0) / 2.0 / length) as i64) } else { Millimetres(0) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::position::Position;
    use crate::zone::ZoneKind;

    fn square(key: u32, revision: u32, west: i32) -> ZoneEdit {
        let corner = |x: i32, y: i32| Position { lon_e7: 1_200_000_000 + west + x, lat_e7: 300_000_000 + y };
        let ring = vec![corner(0, 0), corner(100_000, 0), corner(100_000, 100_000), corner(0, 100_000)];
        let ground = Ground { parts: vec![vec![ring]] };
        let zone = Zone { revision: Revision(revision), ..Zone::new(ZoneKey(key), ZoneKind::Restricted, ground) };
        (zone.key, Some(Arc::new(zone)))
    }

    fn members(map: &OneMap, west: i32) -> usize {
        let mut slots = Vec::new();
        map.index().covering(Position { lon_e7: 1_200_000_000 + west, lat_e7: 300_050_000 }, &mut slots);
        slots.len()
    }

    #[test]
    fn a_much_edited_zone_holds_what_its_last_revision_needs() {
        let mut map = OneMap::default();
        for revision in 1..=3_000 {
            let at = UnixMs(1_000 * i64::from(revision));
            let edit = square(7, revision, revision as i32 % 50);
            map = map.edited(&[edit], at, UnixMs(at.0 - 2_500), FxHashSet::default);
            assert!(members(&map, 50_000) <= 5, "{} revisions stand", members(&map, 50_000));
            assert!(map.table().len() <= 5 && map.grounds(ZoneKey(7)).count() <= 5);
        }
        let judging = map.judging(ZoneKey(7), UnixMs(3_000_000), UnixMs(3_000_001)).expect("one judges");
        assert_eq!(map.zone(judging).map(|entry| entry.zone.revision), Some(Revision(3_000)));
    }

    #[test]
    fn what_came_and_went_at_one_moment_is_not_kept() {
        let first = OneMap::default().edited(&[square(7, 1, 0)], UnixMs(5), UnixMs(0), FxHashSet::default);
        let edits: Vec<ZoneEdit> = (2..1_000).map(|revision| square(7, revision, 10)).collect();
        let map = first.edited(&edits, UnixMs(9), UnixMs(0), FxHashSet::default);
        let revisions: Vec<Revision> = map.table().iter().map(|(_, entry)| entry.revision).collect();
        assert_eq!(revisions, [Revision(1), Revision(999)]);
        assert_eq!(members(&map, 50_000), 2);
        // The first revision holds since ever, so it judges what is older than its replacement.
        let judging = map.judging(ZoneKey(7), UnixMs(3), UnixMs(9)).and_then(|slot| map.zone(slot));
        assert_eq!(judging.map(|entry| entry.zone.revision), Some(Revision(1)));
    }

    #[test]
    fn what_comes_back_long_after_it_was_deleted_holds_from_then_on() {
        let map = OneMap::default().edited(&[square(7, 1, 0)], UnixMs(5), UnixMs(0), FxHashSet::default);
        let map = map.edited(&[(ZoneKey(7), None)], UnixMs(10), UnixMs(0), FxHashSet::default);
        let map = map.edited(&[(ZoneKey(7), None)], UnixMs(5_000), UnixMs(4_000), FxHashSet::default);
        assert_eq!(map.table(), [], "it is forgotten");
        let map = map.edited(&[square(7, 3, 0)], UnixMs(9_000), UnixMs(8_000), FxHashSet::default);
        let judging = |at| map.judging(ZoneKey(7), UnixMs(at), UnixMs(9_500)).is_some();
        assert_eq!([judging(8_000), judging(9_100)], [false, true]);
        assert!(!map.table()[0].1.term.first);
    }

    #[test]
    fn an_edit_changes_the_next_map_alone() {
        let edits: Vec<ZoneEdit> = (0..600).map(|key| square(key, 1, 0)).collect();
        let before = OneMap::default().edited(&edits, UnixMs(5), UnixMs(0), FxHashSet::default);
        let after = before.edited(&[square(300, 2, 1_000_000)], UnixMs(9), UnixMs(99), FxHashSet::default);
        let gone = after.edited(&[(ZoneKey(300), None)], UnixMs(10), UnixMs(99), FxHashSet::default);
        assert_eq!([members(&before, 50_000), members(&after, 50_000), members(&gone, 50_000)], [600, 599, 599]);
        let moved = [&before, &after, &gone].map(|map| members(map, 1_050_000));
        assert_eq!(moved, [0, 1, 0]);
        assert_eq!(before.grounds(ZoneKey(300)).count(), 1);
        assert_eq!(gone.grounds(ZoneKey(300)).count(), 0);
    }
}
