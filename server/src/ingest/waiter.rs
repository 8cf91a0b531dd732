//! Who waits for a commit, and the way back to them.

use super::inbox::{Acknowledge, Intake};
use super::{NewEdit, Receipt, Refused};
use cordon_data::store::AuditLine;
use cordon_spatial::alarm::Alarm;
use cordon_spatial::fix::Fix;
use cordon_spatial::record::Act;
use cordon_spatial::units::UnixMs;
use tokio::sync::oneshot;

/// One who is answered when everything that they brought is kept.
pub enum Waiter {
    /// A gateway.
    Gateway(Box<dyn Acknowledge>),
    /// Whoever posted fixes, with what became of them so far.
    Posted(Receipt, oneshot::Sender<Result<Receipt, Refused>>),
    /// Whoever edited.
    Edits(oneshot::Sender<Result<UnixMs, Refused>>),
    /// Whoever did something to an alarm.
    Act(Act, oneshot::Sender<Result<Alarm, Refused>>),
}

/// What an intake brings to the engine.
pub enum Brought {
    /// Fixes.
    Fixes(Vec<Fix>),
    /// Edits, and who made them.
    Edits(Vec<NewEdit>, Vec<AuditLine>),
    /// A person's act.
    Act(Act),
}

impl Waiter {
    /// The one who waits for an intake, and what it brings.
    pub fn of(intake: Intake) -> (Waiter, Brought) {
        match intake {
            Intake::Gateway { fixes, ack } => (Waiter::Gateway(ack), Brought::Fixes(fixes)),
            Intake::Posted { fixes, reply } => (Waiter::Posted(Receipt::default(), reply), Brought::Fixes(fixes)),
            Intake::Edits { edits, audit, reply } => (Waiter::Edits(reply), Brought::Edits(edits, audit)),
            Intake::Act { act, reply } => (Waiter::Act(act.clone(), reply), Brought::Act(act)),
        }
    }

    /// Notes what became of one of its fixes.
    pub fn note(&mut self, fate: Fate) {
        if let Waiter::Posted(receipt, _) = self {
            match fate {
                Fate::Journalled => receipt.accepted += 1,
                Fate::Repeated => receipt.duplicates += 1,
            }
        }
    }

    /// Tells that not everything was kept: what was, counts as repeated when it is brought again.
    pub fn refuse(self, why: &Refused) {
        // Nobody waits any more when a send fails: the request was given up.
        match self {
            Waiter::Gateway(ack) => ack.not_kept(),
            Waiter::Posted(_, reply) => drop(reply.send(Err(why.clone()))),
            Waiter::Edits(reply) => drop(reply.send(Err(why.clone()))),
            Waiter::Act(_, reply) => drop(reply.send(Err(why.clone()))),
        }
    }
}

/// What became of a fix that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is in the batch.
    Journalled,
    /// It was known already.
    Repeated,
}
