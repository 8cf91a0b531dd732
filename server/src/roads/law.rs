//! Which zones close roads for whom where they do not say it themselves: a setting of the site.
//!
//! Written as a list: `closed, hazard/red=non_emergency, evacuation=car` means that closed zones close roads for everybody,
//! hazard zones of level I for all but who comes to help, and evacuation zones for cars. `none` means that no zone does.

use cordon_data::feature::{RISK_LEVELS, ZONE_KINDS, audience_of};
use cordon_spatial::road::Audience;
use cordon_spatial::zone::{RiskLevel, ZoneKind};
use std::fmt;
use std::str::FromStr;

/// What may stand in the setting.
pub const LIMIT: &str = "none, or a list such as `closed, hazard/red=non_emergency`: a kind of zone, a level after `/`, an \
    audience after `=` (all, non_emergency, car, hazmat_truck, fire_engine, ambulance or foot)";

/// Zones of a kind, and of a level if it says one, close roads for an audience.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Clause {
    kind: ZoneKind,
    level: Option<RiskLevel>,
    audience: Audience,
}

/// What zones do to roads where they do not say it themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClosingZones(Vec<Clause>);

impl Default for ClosingZones {
    /// Closed zones close roads for everybody. Our own choice: what is closed off is closed, and danger alone closes nothing.
    fn default() -> ClosingZones {
        ClosingZones(vec![Clause { kind: ZoneKind::Closed, level: None, audience: Audience::all() }])
    }
}

impl ClosingZones {
    /// For whom a zone closes roads: for everybody whom any clause about it names.
    pub fn audience(&self, kind: ZoneKind, level: Option<RiskLevel>) -> Audience {
        let about = |clause: &&Clause| clause.kind == kind && (clause.level.is_none() || clause.level == level);
        self.0.iter().filter(about).fold(Audience::empty(), |all, clause| all | clause.audience)
    }
}

/// The setting cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be {LIMIT}")]
pub struct ClosingZonesError;

impl FromStr for ClosingZones {
    type Err = ClosingZonesError;

    fn from_str(text: &str) -> Result<ClosingZones, ClosingZonesError> {
        if text.trim() == "none" {
            return Ok(ClosingZones(Vec::new()));
        }
        let clause = |text: &str| {
            let (zones, audience) = text.split_once('=').unwrap_or((text, "all"));
            let (kind, level) = zones.split_once('/').map_or((zones, None), |(kind, level)| (kind, Some(level)));
            let kind = ZONE_KINDS.iter().find(|(name, _)| *name == kind.trim()).ok_or(ClosingZonesError)?.1;
            let level = match level {
                None => None,
                Some(level) => {
                    Some(RISK_LEVELS.iter().find(|(name, _)| *name == level.trim()).ok_or(ClosingZonesError)?.1)
                }
            };
            let audience = audience_of(audience.trim()).ok_or(ClosingZonesError)?;
            Ok(Clause { kind, level, audience })
        };
        text.split(',').map(clause).collect::<Result<_, _>>().map(ClosingZones)
    }
}

impl fmt::Display for ClosingZones {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("none");
        }
        for (index, clause) in self.0.iter().enumerate() {
            let kind = ZONE_KINDS.iter().find(|(_, kind)| *kind == clause.kind).map_or("", |(name, _)| name);
            write!(f, "{}{kind}", if index > 0 { ", " } else { "" })?;
            if let Some((name, _)) = RISK_LEVELS.iter().find(|(_, level)| Some(*level) == clause.level) {
                write!(f, "/{name}")?;
            }
            if clause.audience == Audience::NON_EMERGENCY {
                f.write_str("=non_emergency")?;
            } else if let [only] = cordon_data::feature::audience_names(clause.audience)[..] {
                write!(f, "={only}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_says_which_zones_close_roads_for_whom() {
        let law: ClosingZones =
            "closed, hazard/red=non_emergency,hazard/orange = hazmat_truck".parse().expect("a list");
        assert_eq!(law.audience(ZoneKind::Closed, Some(RiskLevel::Blue)), Audience::all());
        assert_eq!(law.audience(ZoneKind::Hazard, Some(RiskLevel::Red)), Audience::NON_EMERGENCY);
        assert_eq!(law.audience(ZoneKind::Hazard, Some(RiskLevel::Orange)), Audience::HAZMAT_TRUCK);
        assert_eq!(law.audience(ZoneKind::Hazard, None), Audience::empty());
        assert_eq!(law.to_string(), "closed, hazard/red=non_emergency, hazard/orange=hazmat_truck");
        assert_eq!(law.to_string().parse(), Ok(law));
        let none: ClosingZones = "none".parse().expect("none");
        assert_eq!((none.audience(ZoneKind::Closed, None), none.to_string()), (Audience::empty(), "none".to_owned()));
        for wrong in ["", "closd", "hazard/purple", "closed=everybody", "closed,"] {
            assert_eq!(wrong.parse::<ClosingZones>(), Err(ClosingZonesError), "{wrong}");
        }
    }
}
