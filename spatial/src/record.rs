//! Records: everything that can change what the map says, in the one ordered journal.

use crate::alarm::AlarmAct;
use crate::contact::Contact;
use crate::event::Condition;
use crate::exemption::Exemption;
use crate::figures::SiteFigures;
use crate::fix::Fix;
use crate::ids::{AlarmId, ExemptionKey, FeatureKey, JournalPosition, Revision, VehicleKey, ZoneKey};
use crate::units::UnixMs;
use crate::vehicle::Vehicle;
use crate::zone::Zone;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A record with its place in the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its place.
    pub position: JournalPosition,
    /// Journal time when it was taken.
    pub at: UnixMs,
    /// What it says.
    pub body: RecordBody,
}

/// What a record says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecordBody {
    /// A vehicle's position report.
    Fix(Fix),
    /// A terminal was in touch without a position.
    Contact(Contact),
    /// A feature's new revision.
    Edit(Edit),
    /// What a person did to an alarm.
    Act(Act),
    /// Something about Cordon itself began or ceased to hold.
    Condition {
        /// What.
        condition: Condition,
        /// Whether it holds.
        holds: bool,
    },
    /// What the site sets for itself, from here on.
    Figures(SiteFigures),
    /// Journal time reached `at`.
    Tick,
    /// Cordon started; it had been down since this journal time (`None` on a new site).
    Start {
        /// The last journal time before the stop.
        down_since: Option<UnixMs>,
    },
}

/// A feature's new revision, as far as the engine cares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// Which feature.
    pub key: FeatureKey,
    /// Its new revision.
    pub revision: Revision,
    /// What it is now.
    pub now: Edited,
}

/// What a feature is after an edit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edited {
    /// A zone.
    Zone(Arc<Zone>),
    /// A zone that is gone.
    ZoneDeleted(ZoneKey),
    /// A vehicle.
    Vehicle(VehicleKey, Arc<Vehicle>),
    /// A vehicle that is gone.
    VehicleDeleted(VehicleKey),
    /// An exemption.
    Exemption(Arc<Exemption>),
    /// An exemption that is gone: it holds no more from here on.
    ExemptionDeleted(ExemptionKey),
    /// Something that the engine does not judge by.
    Other,
}

/// What a person did to an alarm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    /// Who: the user's name.
    pub who: String,
    /// To which alarm.
    pub alarm: AlarmId,
    /// What.
    pub act: AlarmAct,
}
