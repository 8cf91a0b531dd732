//! One batch for the engine out of what arrived and of late fixes that can be judged now; and, when the engine has spoken, who
//! is answered with this batch, who waits aside and who is refused.

use super::aside::{Aside, LateFix, Read, Ready};
use super::inbox::Intake;
use super::waiter::{Brought, Fate, Waiter};
use cordon_data::feature::StoredFeature;
use cordon_data::store::AuditLine;
use cordon_spatial::contact::Contact;
use cordon_spatial::fix::Fix;
use cordon_spatial::ids::VehicleKey;
use cordon_spatial::record::{Edit, RecordBody};
use cordon_spatial::units::UnixMs;
use cordon_spatial::watch::{Answer, Evaluated, NeedsHistory, Past};
use std::collections::HashMap;
use std::sync::Arc;

/// What there is to do in one batch.
#[derive(Default)]
pub struct Work {
    /// What Cordon says of itself: something that began or ceased to hold, other figures.
    pub own: Vec<RecordBody>,
    /// Whether time is to be looked at.
    pub tick: bool,
    /// Signs of life of terminals.
    pub contacts: Vec<Contact>,
    /// What arrived.
    pub intakes: Vec<Intake>,
    /// Late fixes whose history was read.
    pub ready: Vec<Ready>,
}

/// What goes into one batch.
#[derive(Default)]
pub struct Gathered {
    /// What concerns Cordon itself, edits, acts, contacts and the tick, then fixes as they arrived, then late ones.
    pub bodies: Vec<RecordBody>,
    /// The new revisions.
    pub features: Vec<StoredFeature>,
    /// Who made them.
    pub audit: Vec<AuditLine>,
    /// How many fixes arrived.
    pub arrived: usize,
    /// Whoever brought no fixes.
    others: Vec<Waiter>,
    /// Whoever brought fixes, in the order of the bodies.
    fixes: Vec<(Waiter, Vec<Fix>)>,
    late: Vec<LateFix>,
    reads: HashMap<VehicleKey, Read>,
    first_fix: usize,
}

/// Who is told what when the batch is evaluated.
#[derive(Default)]
pub struct Settled {
    /// Answered when the batch is committed.
    pub with_commit: Vec<Waiter>,
    /// Refused: too many wait aside.
    pub refused: Vec<Waiter>,
    /// Late fixes that were judged.
    pub judged: usize,
    /// Late fixes whose history was too old: it is read again.
    pub asked_again: usize,
}

impl Gathered {
    /// Puts a batch together that is journalled at `now`.
    pub fn of(now: UnixMs, work: Work) -> Gathered {
        let Work { own, tick, contacts, intakes, ready } = work;
        let mut gathered = Gathered { bodies: own, ..Gathered::default() };
        for intake in intakes {
            let (waiter, brought) = Waiter::of(intake);
            match brought {
                Brought::Fixes(fixes) => {
                    gathered.arrived += fixes.len();
                    gathered.fixes.push((waiter, fixes));
                    continue;
                }
                Brought::Edits(edits, lines) => {
                    gathered.audit.extend(lines.into_iter().map(|line| AuditLine { at: now, ..line }));
                    for edit in edits {
                        let mut feature = edit.feature;
                        feature.at = now;
                        let (key, revision) = (feature.key, feature.revision);
                        gathered.bodies.push(RecordBody::Edit(Edit { key, revision, now: edit.now }));
                        gathered.features.push(feature);
                    }
                }
                Brought::Act(act) => gathered.bodies.push(RecordBody::Act(act)),
            }
            gathered.others.push(waiter);
        }
        gathered.bodies.extend(contacts.into_iter().map(RecordBody::Contact));
        if tick {
            gathered.bodies.push(RecordBody::Tick);
        }
        gathered.first_fix = gathered.bodies.len();
        for Ready { fixes, read } in ready {
            gathered.reads.extend(fixes.first().map(|late| (late.fix.vehicle, read)));
            gathered.late.extend(fixes);
        }
        let arrived = gathered.fixes.iter().flat_map(|(_, fixes)| fixes);
        let fixes = arrived.chain(gathered.late.iter().map(|late| &late.fix));
        gathered.bodies.extend(fixes.copied().map(RecordBody::Fix));
        gathered
    }

    /// The past that is at hand for this batch, journalled at `now`.
    pub fn past(&self, now: UnixMs) -> AtHand<'_> {
        AtHand { reads: &self.reads, now }
    }

    /// Sorts out whom the batch answers. Whoever brought a fix that waits is put aside with it.
    pub fn settle(self, evaluated: &Evaluated, now: UnixMs, aside: &mut Aside) -> Settled {
        let mut settled = Settled { with_commit: self.others, ..Settled::default() };
        let mut index = self.first_fix;
        for (mut waiter, fixes) in self.fixes {
            let mut waits: Vec<(Fix, NeedsHistory)> = Vec::new();
            for fix in fixes {
                match outcome(evaluated, index) {
                    Ok(fate) => waiter.note(fate),
                    Err(need) => waits.push((fix, need)),
                }
                index += 1;
            }
            if waits.is_empty() {
                settled.with_commit.push(waiter);
            } else if let Err(waiter) = aside.put(waiter, &waits, now) {
                settled.refused.push(waiter);
            }
        }
        for late in self.late {
            match outcome(evaluated, index) {
                Ok(fate) => {
                    settled.judged += 1;
                    settled.with_commit.extend(aside.judged(&late, fate));
                }
                Err(need) => {
                    settled.asked_again += 1;
                    aside.put_back(late, &need);
                }
            }
            index += 1;
        }
        settled
    }
}

/// What became of the record at an index; an error with what it asks for when it was not taken.
fn outcome(evaluated: &Evaluated, index: usize) -> Result<Fate, NeedsHistory> {
    if let Ok(place) = evaluated.waiting.binary_search_by_key(&index, |(waits, _)| *waits) {
        return Err(evaluated.waiting[place].1);
    }
    let repeated = evaluated.duplicates.binary_search(&index).is_ok();
    Ok(if repeated { Fate::Repeated } else { Fate::Journalled })
}

/// The histories that were read for a batch.
pub struct AtHand<'a> {
    reads: &'a HashMap<VehicleKey, Read>,
    now: UnixMs,
}

impl Past for AtHand<'_> {
    fn history(&self, need: &NeedsHistory) -> Answer {
        let read = self.reads.get(&need.vehicle).filter(|read| read.answers(need, self.now));
        read.map_or(Answer::NotYet, |read| Answer::Known(Arc::clone(&read.history)))
    }
}
