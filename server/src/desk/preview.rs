//! Whom a zone would concern now, as it is drawn: the vehicles in it, and those that should be.
//!
//! The zone is checked by the desk as an edit of it is; nothing is stored and nothing judged. Where a vehicle is, is told by
//! its last fix alone; whether a rule is about it and whether an exemption leaves it alone, by the law's own functions.

use super::catalog::Entry;
use cordon_spatial::exemption::{Exemption, ExemptionKind, ExemptionSubject};
use cordon_spatial::fix::Fix;
use cordon_spatial::ids::{RuleId, VehicleKey};
use cordon_spatial::units::UnixMs;
use cordon_spatial::vehicle::Vehicle;
use cordon_spatial::watch::{Ruler, Settings, Whereabouts};
use cordon_spatial::zone::{Rule, RuleWhen, Zone};
use std::sync::Arc;

/// A vehicle with its last fix and the exemptions that it has.
pub struct Candidate {
    /// Its key.
    pub key: VehicleKey,
    /// What is known of it.
    pub entry: Arc<Entry>,
    /// Where it was last.
    pub fix: Fix,
    /// What was given to it and not withdrawn.
    pub exemptions: Vec<Arc<Exemption>>,
}

/// A vehicle that the zone is about.
pub struct Concerned {
    /// Who.
    pub candidate: Candidate,
    /// Where it is to the zone.
    pub whereabouts: Whereabouts,
    /// Each rule of the zone, in its order.
    pub rules: Vec<RuleOn>,
}

/// What one rule means for one vehicle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleOn {
    /// Which rule.
    pub rule: RuleId,
    /// Whether it is about the vehicle where that is now.
    pub concerned: bool,
    /// The kind of the exemption that leaves the vehicle alone now.
    pub exempt: Option<ExemptionKind>,
}

/// Whom a zone would concern.
pub struct Preview {
    /// Those inside first, then those that may be, then those that should be; each by key. At most as many as asked for.
    pub vehicles: Vec<Concerned>,
    /// How many they are without that bound.
    pub count: usize,
    /// How many of them are inside.
    pub inside: usize,
    /// To how many a rule applies from which no exemption exempts.
    pub concerned: usize,
}

impl Concerned {
    fn applies(&self) -> bool {
        self.rules.iter().any(|rule| rule.concerned && rule.exempt.is_none())
    }
}

/// Whom `zone` would concern at `now`; at most `limit` are listed. Cost: one look at each candidate.
pub fn run(zone: &Zone, candidates: Vec<Candidate>, now: UnixMs, limit: usize, settings: Settings) -> Preview {
    let ruler = Ruler::of(&zone.ground, settings);
    let mut vehicles: Vec<Concerned> = candidates
        .into_iter()
        .filter_map(|candidate| {
            let whereabouts = ruler.whereabouts(&candidate.fix);
            let attributes = candidate.entry.attributes.as_deref();
            let on = |rule: &Rule| rule_on(zone, rule, attributes, &candidate, whereabouts, now);
            let rules: Vec<RuleOn> = zone.rules.iter().map(on).collect();
            let listed = whereabouts != Whereabouts::Outside || rules.iter().any(|rule| rule.concerned);
            listed.then_some(Concerned { candidate, whereabouts, rules })
        })
        .collect();
    vehicles.sort_by_key(|vehicle| (vehicle.whereabouts, vehicle.candidate.key));
    let count = vehicles.len();
    let inside = vehicles.iter().filter(|vehicle| vehicle.whereabouts == Whereabouts::Inside).count();
    let concerned = vehicles.iter().filter(|vehicle| vehicle.applies()).count();
    vehicles.truncate(limit);
    Preview { vehicles, count, inside, concerned }
}

fn rule_on(
    zone: &Zone,
    rule: &Rule,
    attributes: Option<&Vehicle>,
    candidate: &Candidate,
    whereabouts: Whereabouts,
    now: UnixMs,
) -> RuleOn {
    // Only one rule is about whoever is elsewhere.
    let placed = whereabouts != Whereabouts::Outside || matches!(rule.when, RuleWhen::MustBeInside);
    let concerned = placed && attributes.is_some_and(|attributes| rule.concerns(attributes));
    let covers = |exemption: &&Arc<Exemption>| {
        exemption.subject == ExemptionSubject::Vehicle(candidate.key)
            && exemption.zone.is_none_or(|only| only == zone.key)
            && exemption.from <= now
            && now < exemption.to
            && rule.exempt.contains(&exemption.kind)
    };
    let exempt = candidate.exemptions.iter().filter(|_| concerned).find(covers);
    RuleOn { rule: rule.id.clone(), concerned, exempt: exempt.map(|exemption| exemption.kind.clone()) }
}
