//! Exemptions: what leaves a vehicle alone where a rule would watch it, a pass, a permit or a waybill.
//!
//! An edit acts forward (ENGINE, "Which rule judges"): a fix is judged by the revisions in force at its `fixed_at` that
//! were recorded by its receipt. The first revision of an exemption holds for its whole span, later ones and a deletion
//! from their record's time; so a pass that is withdrawn still covers what was driven under it.

use crate::ids::{ExemptionKey, FeatureId, Revision, VehicleKey, ZoneKey};
use crate::units::UnixMs;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// The kind of an exemption (pass, permit, waybill, …): 1-32 characters of `[a-z_]`, named by the rules that respect it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct ExemptionKind(Arc<str>);

/// Why a text is not an [`ExemptionKind`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a kind of exemption has 1 to 32 characters of a-z and _")]
pub struct ExemptionKindError;

impl ExemptionKind {
    /// Checks length and characters.
    pub fn new(text: &str) -> Result<ExemptionKind, ExemptionKindError> {
        let fits = (1..=32).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        if fits { Ok(ExemptionKind(text.into())) } else { Err(ExemptionKindError) }
    }

    /// The kind as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ExemptionKind {
    type Error = ExemptionKindError;
    fn try_from(text: String) -> Result<ExemptionKind, ExemptionKindError> {
        ExemptionKind::new(&text)
    }
}

impl Serialize for ExemptionKind {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl fmt::Display for ExemptionKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whom an exemption is given to.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ExemptionSubject {
    /// A vehicle.
    Vehicle(VehicleKey),
    /// Something that rules do not watch: a person, by the id outside.
    Person(FeatureId),
}

/// One revision of an exemption.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exemption {
    /// Its key.
    pub key: ExemptionKey,
    /// The feature's revision.
    pub revision: Revision,
    /// What it is.
    pub kind: ExemptionKind,
    /// To whom it is given.
    pub subject: ExemptionSubject,
    /// The only zone in which it holds; `None` = in every one.
    pub zone: Option<ZoneKey>,
    /// From when on it holds, inclusive.
    pub from: UnixMs,
    /// Until when it holds, exclusive.
    pub to: UnixMs,
}

/// One edit of an exemption: its next revision, or `None` when it is deleted.
pub type ExemptionEdit = (ExemptionKey, Option<Arc<Exemption>>);

/// All revisions of vehicles' exemptions that still matter.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ExemptionBook {
    /// In the order in which they were recorded; the next book shares those that it does not touch.
    of_vehicles: BTreeMap<VehicleKey, Arc<Vec<Held>>>,
    /// The vehicle of each exemption's current revision.
    holders: BTreeMap<ExemptionKey, VehicleKey>,
}

/// A revision of an exemption and when it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Held {
    exemption: Arc<Exemption>,
    /// From this event time on: the record's time for a later revision, for ever for the first.
    since: UnixMs,
    /// Until this event time: the record's time of the next revision.
    until: UnixMs,
    /// Journal time of its record.
    recorded_at: UnixMs,
}

impl Held {
    /// Whether it covers a place and time, as it was known at a journal time. What was received before the next revision
    /// was recorded stays with this one, even if its event time is a little ahead.
    fn covers(&self, zone: ZoneKey, kinds: &[ExemptionKind], at: UnixMs, received_at: UnixMs) -> bool {
        self.is_about(zone, kinds)
            && self.recorded_at <= received_at
            && self.since <= at
            && (at < self.until || received_at < self.until)
            && self.exemption.from <= at
            && at < self.exemption.to
    }

    fn is_about(&self, zone: ZoneKey, kinds: &[ExemptionKind]) -> bool {
        self.exemption.zone.is_none_or(|only| only == zone) && kinds.contains(&self.exemption.kind)
    }
}

impl ExemptionBook {
    /// The book after edits recorded at `at`, in their order. Cost: linear in what it holds.
    pub fn edited(&self, edits: &[ExemptionEdit], at: UnixMs) -> ExemptionBook {
        let mut next = self.clone();
        for (key, now) in edits {
            next.close(*key, at);
            let Some(exemption) = now else { continue };
            let ExemptionSubject::Vehicle(vehicle) = exemption.subject else { continue };
            let since = if exemption.revision == Revision(1) { UnixMs::MIN } else { at };
            let held = Held { exemption: Arc::clone(exemption), since, until: UnixMs::MAX, recorded_at: at };
            Arc::make_mut(next.of_vehicles.entry(vehicle).or_default()).push(held);
            next.holders.insert(*key, vehicle);
        }
        next
    }

    /// The book without what can cover nothing from `before` on: neither a fix taken then nor one received then. Cost:
    /// linear in what it holds.
    pub fn forgotten(&self, before: UnixMs) -> ExemptionBook {
        let matters = |held: &Held| held.until > before && held.exemption.to > before;
        let mut next = self.clone();
        next.of_vehicles.retain(|_, list| {
            let is_current = |held: &&Held| held.until == UnixMs::MAX;
            for held in list.iter().filter(|held| !matters(held)).filter(is_current) {
                next.holders.remove(&held.exemption.key);
            }
            if !list.iter().all(matters) {
                Arc::make_mut(list).retain(matters);
            }
            !list.is_empty()
        });
        next
    }

    /// The exemption of one of these kinds that covers a vehicle in a zone at an event time, as it was known at the journal
    /// time `received_at`; the one with the smallest key when there are several. Cost: linear in the vehicle's exemptions.
    pub fn exempts(
        &self,
        vehicle: VehicleKey,
        zone: ZoneKey,
        kinds: &[ExemptionKind],
        at: UnixMs,
        received_at: UnixMs,
    ) -> Option<ExemptionKey> {
        let covering = self.of(vehicle).iter().filter(|held| held.covers(zone, kinds, at, received_at));
        covering.map(|held| held.exemption.key).min()
    }

    /// Whether a vehicle that stays in a zone is under an exemption of one of these kinds at an instant, by what was known
    /// then, or at the journal time `received_at` if that is earlier: an exemption given later leaves alone from its record on.
    pub fn shelters(
        &self,
        vehicle: VehicleKey,
        zone: ZoneKey,
        kinds: &[ExemptionKind],
        at: UnixMs,
        received_at: UnixMs,
    ) -> bool {
        self.exempts(vehicle, zone, kinds, at, received_at.min(at)).is_some()
    }

    /// The first instant after `at` at which [`ExemptionBook::shelters`] changes; `None` when it does not.
    pub fn next_change(
        &self,
        vehicle: VehicleKey,
        zone: ZoneKey,
        kinds: &[ExemptionKind],
        at: UnixMs,
        received_at: UnixMs,
    ) -> Option<UnixMs> {
        let shelters = |at| self.shelters(vehicle, zone, kinds, at, received_at);
        let now = shelters(at);
        let about = self.of(vehicle).iter().filter(|held| held.is_about(zone, kinds));
        let borders =
            about.flat_map(|held| [held.since, held.until, held.recorded_at, held.exemption.from, held.exemption.to]);
        borders.filter(|border| at < *border && shelters(*border) != now).min()
    }

    /// The vehicle that holds an exemption by its current revision.
    pub fn holder(&self, key: ExemptionKey) -> Option<VehicleKey> {
        self.holders.get(&key).copied()
    }

    /// How many revisions it holds.
    pub fn len(&self) -> usize {
        self.of_vehicles.values().map(|list| list.len()).sum()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.of_vehicles.is_empty()
    }

    fn of(&self, vehicle: VehicleKey) -> &[Held] {
        self.of_vehicles.get(&vehicle).map_or(&[], |list| list.as_slice())
    }

    /// Ends the current revision of an exemption.
    fn close(&mut self, key: ExemptionKey, at: UnixMs) {
        let Some(vehicle) = self.holders.remove(&key) else { return };
        let Some(list) = self.of_vehicles.get_mut(&vehicle) else { return };
        for held in Arc::make_mut(list) {
            if held.exemption.key == key {
                held.until = held.until.min(at);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    const ZONE: ZoneKey = ZoneKey(7);
    const TRUCK: VehicleKey = VehicleKey(1);

    fn kind(name: &str) -> ExemptionKind {
        ExemptionKind::new(name).expect("a kind")
    }

    /// Revision `revision` of a pass for [`TRUCK`] in [`ZONE`].
    fn pass(key: u32, revision: u32, from: i64, to: i64) -> Exemption {
        Exemption {
            key: ExemptionKey(key),
            revision: Revision(revision),
            kind: kind("pass"),
            subject: ExemptionSubject::Vehicle(TRUCK),
            zone: Some(ZONE),
            from: UnixMs(from),
            to: UnixMs(to),
        }
    }

    fn given(book: &ExemptionBook, at: i64, exemption: Exemption) -> ExemptionBook {
        book.edited(&[(exemption.key, Some(Arc::new(exemption)))], UnixMs(at))
    }

    fn deleted(book: &ExemptionBook, at: i64, key: u32) -> ExemptionBook {
        book.edited(&[(ExemptionKey(key), None)], UnixMs(at))
    }

    /// Which pass covers the truck, by fixes received when they were taken.
    fn covers(book: &ExemptionBook, at: i64) -> Option<u32> {
        late(book, at, at)
    }

    fn late(book: &ExemptionBook, at: i64, received_at: i64) -> Option<u32> {
        book.exempts(TRUCK, ZONE, &[kind("permit"), kind("pass")], UnixMs(at), UnixMs(received_at)).map(|key| key.0)
    }

    #[test]
    fn a_pass_covers_its_vehicle_in_its_zone_for_its_span() {
        let book = given(&ExemptionBook::default(), 5, pass(3, 1, 10, 20));
        assert_eq!([9, 10, 19, 20].map(|at| covers(&book, at)), [None, Some(3), Some(3), None]);
        let asked = |vehicle, zone, kinds: &[ExemptionKind]| book.exempts(vehicle, zone, kinds, UnixMs(15), UnixMs(15));
        assert_eq!(asked(TRUCK, ZONE, &[kind("pass")]), Some(ExemptionKey(3)));
        assert_eq!(asked(TRUCK, ZONE, &[kind("waybill")]), None);
        assert_eq!(asked(TRUCK, ZONE, &[]), None);
        assert_eq!(asked(TRUCK, ZoneKey(8), &[kind("pass")]), None);
        assert_eq!(asked(VehicleKey(2), ZONE, &[kind("pass")]), None);
        let everywhere = given(&book, 6, Exemption { zone: None, ..pass(2, 1, 10, 20) });
        let other = everywhere.exempts(TRUCK, ZoneKey(8), &[kind("pass")], UnixMs(15), UnixMs(15));
        assert_eq!((other, covers(&everywhere, 15)), (Some(ExemptionKey(2)), Some(2)));
    }

    #[test]
    fn an_edit_acts_forward() {
        let issued_late = given(&ExemptionBook::default(), 15, pass(3, 1, 10, 20));
        assert_eq!(late(&issued_late, 12, 14), None, "what was judged before it was known stays judged");
        assert_eq!(late(&issued_late, 12, 16), Some(3), "what comes later is covered for the whole span");

        let shortened = given(&given(&ExemptionBook::default(), 5, pass(3, 1, 10, 100)), 50, pass(3, 2, 10, 60));
        assert_eq!([49, 50, 59, 60].map(|at| covers(&shortened, at)), [Some(3), Some(3), Some(3), None]);
        assert_eq!(late(&shortened, 55, 49), Some(3), "a clock a little ahead of the edit");

        let withdrawn = deleted(&given(&ExemptionBook::default(), 5, pass(3, 1, 10, 100)), 50, 3);
        assert_eq!([49, 50].map(|at| covers(&withdrawn, at)), [Some(3), None]);
        assert_eq!(late(&withdrawn, 30, 80), Some(3), "what was driven under it stays covered");
        assert_eq!(deleted(&withdrawn, 60, 3), withdrawn, "deleting twice changes nothing");
    }

    #[test]
    fn a_pass_that_moves_to_another_vehicle_leaves_the_first() {
        let other = Exemption { subject: ExemptionSubject::Vehicle(VehicleKey(2)), ..pass(3, 2, 10, 100) };
        let book = given(&given(&ExemptionBook::default(), 5, pass(3, 1, 10, 100)), 50, other);
        assert_eq!([49, 50].map(|at| covers(&book, at)), [Some(3), None]);
        let others = |at| book.exempts(VehicleKey(2), ZONE, &[kind("pass")], UnixMs(at), UnixMs(at)).is_some();
        assert!(!others(49) && others(50));
        let person =
            Exemption { subject: ExemptionSubject::Person(FeatureId::new("p").expect("an id")), ..pass(3, 3, 10, 100) };
        let book = given(&book, 70, person);
        assert!(book.exempts(VehicleKey(2), ZONE, &[kind("pass")], UnixMs(80), UnixMs(80)).is_none());
    }

    #[test]
    fn what_can_cover_nothing_more_is_forgotten() {
        let book = given(&given(&ExemptionBook::default(), 5, pass(3, 1, 10, 100)), 50, pass(3, 2, 10, 60));
        assert_eq!(book.len(), 2);
        let later = book.forgotten(UnixMs(55));
        assert_eq!((later.len(), covers(&later, 55)), (1, Some(3)));
        let empty = later.forgotten(UnixMs(60));
        assert_eq!(empty, ExemptionBook::default());
        let renewed = given(&empty, 200, pass(3, 3, 10, 300));
        assert_eq!([late(&renewed, 150, 250), covers(&renewed, 250)], [None, Some(3)], "it holds from its record on");
    }

    #[test]
    fn a_kind_is_a_plain_word() {
        for text in ["pass", "a", "hot_work", "abcdefghijklmnopqrstuvwxyz_abcde"] {
            assert_eq!(ExemptionKind::new(text).expect("a kind").as_str(), text);
        }
        for text in ["", "Pass", "hot work", "通行证", "pass1", "abcdefghijklmnopqrstuvwxyz_abcdef"] {
            assert_eq!(ExemptionKind::new(text), Err(ExemptionKindError), "{text}");
        }
    }

    /// One edit of the model: key, and (vehicle, kind, zone, from, length) or a deletion.
    type ModelEdit = (u32, Option<(u32, bool, Option<u32>, i64, i64)>);

    fn any_edit() -> impl Strategy<Value = ModelEdit> {
        let fields = (1..3u32, any::<bool>(), proptest::option::of(7..9u32), 0..60i64, 1..60i64);
        (1..4u32, proptest::option::weighted(0.8, fields))
    }

    /// Edits at the times 10, 20, 30, … as revisions; a key that was deleted is never used again.
    fn revisions(edits: Vec<ModelEdit>) -> Vec<(UnixMs, ExemptionKey, Option<Exemption>)> {
        let mut count: BTreeMap<u32, (u32, bool)> = BTreeMap::new();
        let mut made = Vec::new();
        for (i, (key, fields)) in edits.into_iter().enumerate() {
            let (revision, is_gone) = count.entry(key).or_default();
            if *is_gone || (*revision == 0 && fields.is_none()) {
                continue;
            }
            *revision += 1;
            *is_gone = fields.is_none();
            let exemption = fields.map(|(vehicle, is_pass, zone, from, length)| Exemption {
                revision: Revision(*revision),
                kind: kind(if is_pass { "pass" } else { "permit" }),
                subject: ExemptionSubject::Vehicle(VehicleKey(vehicle)),
                zone: zone.map(ZoneKey),
                ..pass(key, 1, from, from + length)
            });
            made.push((UnixMs(10 * (i as i64 + 1)), ExemptionKey(key), exemption));
        }
        made
    }

    /// By the words of the law: of what was recorded by the receipt, the last revision in force at the event time.
    fn by_the_law(
        revisions: &[(UnixMs, ExemptionKey, Option<Exemption>)],
        at: UnixMs,
        received_at: UnixMs,
    ) -> Option<ExemptionKey> {
        let known = revisions.iter().filter(|(recorded_at, ..)| *recorded_at <= received_at);
        let mut in_force: BTreeMap<ExemptionKey, Option<&Exemption>> = BTreeMap::new();
        for (recorded_at, key, exemption) in known {
            let is_first = exemption.as_ref().is_some_and(|exemption| exemption.revision == Revision(1));
            if is_first || *recorded_at <= at {
                in_force.insert(*key, exemption.as_ref());
            }
        }
        let covering = in_force.into_values().flatten().filter(|exemption| {
            exemption.subject == ExemptionSubject::Vehicle(TRUCK)
                && exemption.kind == kind("pass")
                && exemption.zone.is_none_or(|zone| zone == ZONE)
                && (exemption.from..exemption.to).contains(&at)
        });
        covering.map(|exemption| exemption.key).min()
    }

    proptest! {
        #[test]
        fn as_the_law_says(edits in vec(any_edit(), 0..8), at in 0..120i64, received_at in 0..120i64, forget in 0..120i64) {
            let revisions = revisions(edits);
            let mut book = ExemptionBook::default();
            for (recorded_at, key, exemption) in &revisions {
                book = book.edited(&[(*key, exemption.clone().map(Arc::new))], *recorded_at);
            }
            let asked = |book: &ExemptionBook, at| book.exempts(TRUCK, ZONE, &[kind("pass")], UnixMs(at), UnixMs(received_at));
            let expected = by_the_law(&revisions, UnixMs(at), UnixMs(received_at));
            prop_assert_eq!(asked(&book, at), expected);
            let shelters = |t: i64| by_the_law(&revisions, UnixMs(t), UnixMs(received_at.min(t))).is_some();
            let next = (at + 1..400).find(|t| shelters(*t) != shelters(at));
            let said = book.next_change(TRUCK, ZONE, &[kind("pass")], UnixMs(at), UnixMs(received_at));
            prop_assert_eq!(said, next.map(UnixMs));
            if at >= forget && received_at >= forget {
                prop_assert_eq!(asked(&book.forgotten(UnixMs(forget)), at), expected, "forgetting changes nothing later");
            }
        }
    }
}
