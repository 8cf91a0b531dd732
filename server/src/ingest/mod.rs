//! The pipeline: from what arrived to what is acknowledged.
//!
//! One engine thread gathers whatever arrived while the last commit ran, evaluates it and hands it to one commit thread;
//! the next batch is evaluated while that one commits. Nothing of a batch is acknowledged or shown before its commit
//! returned. The pipeline must never wait for a client, a console or a terminal.

use cordon_data::feature::StoredFeature;
use cordon_data::store::{StoreError, Writer};
use cordon_spatial::alarm::Alarm;
use cordon_spatial::event::Event;
use cordon_spatial::fix::Fix;
use cordon_spatial::ids::{FeatureKey, Seq};
use cordon_spatial::record::{Act, Edited};
use cordon_spatial::units::UnixMs;
use cordon_spatial::watch::VehicleNow;
use std::sync::Arc;

/// What one commit changed, for whoever shows it. Sent in commit order.
#[derive(Debug)]
pub struct Committed {
    /// Journal time of the batch.
    pub at: UnixMs,
    /// The last `seq` given so far.
    pub seq: Seq,
    /// Changed events in `seq` order.
    pub events: Vec<Event>,
    /// Changed alarms in `seq` order.
    pub alarms: Vec<Alarm>,
    /// Vehicles that moved or whose zones changed.
    pub moved: Vec<VehicleNow>,
    /// New feature revisions.
    pub features: Vec<StoredFeature>,
}

/// Why the pipeline did not take something. Nothing of it was kept.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Refused {
    /// The disk is full: try again later.
    #[error("storage is full; nothing was stored")]
    StorageFull,
    /// More is waiting than may wait: try again later.
    #[error("too much is waiting; nothing was stored")]
    Busy,
    /// Cordon is stopping.
    #[error("the server is stopping; nothing was stored")]
    Stopping,
    /// The alarm is not known.
    #[error("no such alarm")]
    UnknownAlarm,
}

/// What became of posted fixes, after the commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Journalled.
    pub accepted: u64,
    /// Already known.
    pub duplicates: u64,
}

/// An edit as the desk checked it: the revision to keep, and what the engine is to judge by.
#[derive(Clone, Debug)]
pub struct NewEdit {
    /// To be stored; `at` is set by the pipeline.
    pub feature: StoredFeature,
    /// To be judged by.
    pub now: Edited,
}

/// The way into the pipeline. Cheap to clone.
#[derive(Clone)]
pub struct Pipeline {}

impl Pipeline {
    /// Stores and judges fixes; answers after the commit. `received_at` is set by the pipeline.
    pub async fn fixes(&self, fixes: Vec<Fix>) -> Result<Receipt, Refused> {
        let _ = fixes;
        todo!("pipeline")
    }

    /// Stores edits in one transaction; answers after the commit with the journal time that they carry.
    /// The caller holds the desk's edit lock, so that revisions follow each other.
    pub async fn edit(&self, edits: Vec<NewEdit>) -> Result<UnixMs, Refused> {
        let _ = edits;
        todo!("pipeline")
    }

    /// Does what a person asks to an alarm; answers after the commit with the alarm as it is then.
    /// Repeating an act changes nothing and answers the same.
    pub async fn act(&self, act: Act) -> Result<Alarm, Refused> {
        let _ = act;
        todo!("pipeline")
    }

    /// Runs a piece of work on the one writer between two commits: accounts, terminals, audit.
    pub async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut dyn Writer) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let _ = work;
        todo!("pipeline")
    }

    /// The next feature key; given once, never again.
    pub fn next_key(&self) -> FeatureKey {
        todo!("pipeline")
    }

    /// Journal time now.
    pub fn now(&self) -> UnixMs {
        todo!("pipeline")
    }

    /// Every commit from now on. A receiver that falls behind is told so by `Lagged` and must start afresh.
    pub fn committed(&self) -> tokio::sync::broadcast::Receiver<Arc<Committed>> {
        todo!("pipeline")
    }

    /// Why the pipeline is not ready to take anything; empty = ready.
    pub fn not_ready(&self) -> Vec<&'static str> {
        todo!("pipeline")
    }

}
