//! Routes as they are answered: line, length, time, what to do where, and what the profile was kept from.

use super::approach::{self, ArrivedJson, Goal};
use super::moment::{AskError, Asker, ClosedBy, Moment, Place, Question};
use super::shapes::{LineJson, LinesJson};
use super::words::{self, Text};
use cordon_spatial::position::Position;
use cordon_spatial::road::{Instruction, Metric, ProfileId, Refusal, Refused, Route, Scratch, Snap, Stop};
use cordon_spatial::units::SpanMs;
use serde::Serialize;
use utoipa::ToSchema;

/// A route that is asked for.
#[derive(Clone, Debug)]
pub struct RouteAsked {
    /// Who asks.
    pub asker: Asker,
    /// From where.
    pub from: Position,
    /// Over which places, in order.
    pub via: Vec<Position>,
    /// To where; a ring has no places on the way and no other ways.
    pub to: Goal,
    /// Whether it is to be said what the profile was kept from.
    pub explain: bool,
    /// How many other ways are wanted, where there is no place on the way.
    pub alternatives: usize,
}

/// A route.
#[derive(Debug, Serialize, ToSchema)]
pub struct RouteJson {
    /// Its length.
    pub length_m: f64,
    /// How long it takes.
    pub duration_s: f64,
    /// Its line.
    #[schema(value_type = Object)]
    pub geometry: LineJson,
    /// The closures that it obeys.
    pub closure_epoch: u64,
    /// Who drives.
    #[schema(value_type = String)]
    pub profile: ProfileId,
    /// What it makes little of.
    #[schema(value_type = String)]
    pub metric: Metric,
    /// Where it begins.
    pub from: Option<SnapJson>,
    /// Where it ends.
    pub to: Option<SnapJson>,
    /// From each place that was asked for to the next.
    pub legs: Vec<LegJson>,
    /// What to do where.
    pub instructions: Vec<InstructionJson>,
    /// What the profile was kept from on the way that it would have taken.
    pub refused: Vec<RefusedJson>,
    /// Other ways: at most a quarter longer, and elsewhere for at least a fifth.
    pub alternatives: Vec<AlternativeJson>,
    /// Where it comes to the ring, if one was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approach: Option<ArrivedJson>,
    /// Whose data it is.
    pub attribution: String,
}

/// The part of a route between two places that were asked for.
#[derive(Debug, Serialize, ToSchema)]
pub struct LegJson {
    /// Its length.
    pub length_m: f64,
    /// How long it takes.
    pub duration_s: f64,
}

/// Another way.
#[derive(Debug, Serialize, ToSchema)]
pub struct AlternativeJson {
    /// Its length.
    pub length_m: f64,
    /// How long it takes.
    pub duration_s: f64,
    /// Its line.
    #[schema(value_type = Object)]
    pub geometry: LineJson,
    /// What to do where.
    pub instructions: Vec<InstructionJson>,
}

/// A place on a road.
#[derive(Debug, Serialize, ToSchema)]
pub struct SnapJson {
    /// Longitude.
    pub lon: f64,
    /// Latitude.
    pub lat: f64,
    /// How far the place that was asked for is from it.
    pub off_m: f64,
}

impl SnapJson {
    /// A snapped place.
    pub fn of(snap: Snap) -> SnapJson {
        SnapJson { lon: snap.at.lon(), lat: snap.at.lat(), off_m: snap.distance.as_metres() }
    }
}

/// What to do.
#[derive(Debug, Serialize, ToSchema)]
pub struct InstructionJson {
    /// What: `depart`, `continue`, `left`, … `barrier`, `arrive`.
    #[schema(value_type = String)]
    pub manoeuvre: cordon_spatial::road::Manoeuvre,
    /// Longitude.
    pub lon: f64,
    /// Latitude.
    pub lat: f64,
    /// The road that it leads into.
    pub road: String,
    /// Its name in English.
    pub road_en: String,
    /// Its number.
    pub number: String,
    /// How far it is to the next one.
    pub length_m: f64,
    /// How long it takes to the next one.
    pub duration_s: f64,
    /// The same as a sentence.
    pub text: Text,
}

impl InstructionJson {
    /// `via`: the place on the way that is arrived at, from 0; `None` for the end.
    fn of(instruction: &Instruction, via: Option<usize>) -> InstructionJson {
        InstructionJson {
            manoeuvre: instruction.manoeuvre,
            lon: instruction.at.lon(),
            lat: instruction.at.lat(),
            road: instruction.road.name.clone(),
            road_en: instruction.road.name_en.clone(),
            number: instruction.road.number.clone(),
            length_m: instruction.length_mm as f64 / 1e3,
            duration_s: instruction.duration_ms as f64 / 1e3,
            text: words::instruction(instruction, via),
        }
    }
}

/// A road that was refused.
#[derive(Debug, Serialize, ToSchema)]
pub struct RefusedJson {
    /// Its name.
    pub road: String,
    /// Its name in English.
    pub road_en: String,
    /// How much of it.
    pub length_m: f64,
    /// Where.
    #[schema(value_type = Object)]
    pub geometry: LinesJson,
    /// Why the profile may not drive it: `reason`, and where it is a measure `limit`.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub refusal: Option<Refusal>,
    /// The closures that hold it.
    pub closures: Vec<ClosedBy>,
    /// The same as a sentence.
    pub text: Text,
}

/// Finds a route.
pub fn route(moment: &Moment, asked: &RouteAsked) -> Result<RouteJson, AskError> {
    let to = match &asked.to {
        Goal::Place(to) => *to,
        Goal::Ring(approach) => return approach::route(moment, asked, approach),
    };
    moment.ask(asked.asker, |question, scratch| {
        let mut places = vec![(Place::From, asked.from)];
        places.extend(asked.via.iter().enumerate().map(|(index, at)| (Place::Via(index), *at)));
        places.push((Place::To, to));
        let depart = question.asker.depart;
        let stops = places.iter().map(|(place, at)| question.stop(*place, *at, depart));
        let stops = stops.collect::<Result<Vec<Stop>, AskError>>()?;
        let mut whole = Whole::default();
        for (index, pair) in stops.windows(2).enumerate() {
            let departs = depart + SpanMs(whole.duration_ms as i64);
            let refused = |question: &Question<'_>, scratch: &mut Scratch| {
                let refused = question.view.refused(scratch, &question.free(), &pair[0], &pair[1], departs);
                refused.iter().map(|refused| refused_json(question, refused)).collect::<Vec<_>>()
            };
            let Some(way) = question.view.way(scratch, &pair[0], &pair[1], departs) else {
                return Err(AskError::NoWay { place: places[index + 1].0, refused: refused(question, scratch) });
            };
            let leg = question.view.route(&way, &pair[0], &pair[1]);
            whole.add(&leg, (index + 2 < stops.len()).then_some(index));
            if asked.explain {
                whole.refused.extend(refused(question, scratch));
            }
            if asked.via.is_empty() {
                let ends = (&pair[0], &pair[1]);
                let others = question.view.alternatives(scratch, ends, &way, asked.alternatives, departs);
                let others = others.iter().map(|way| question.view.route(way, ends.0, ends.1));
                whole.alternatives = others.map(|route| alternative(&route)).collect();
            }
        }
        let ends = [stops.first(), stops.last()].map(|stop| stop.and_then(|stop| stop.snap));
        Ok(whole.answer(moment, asked, (ends[0], ends[1]), None))
    })
}

/// The legs of a route, one after the other.
#[derive(Default)]
pub(super) struct Whole {
    length_mm: u64,
    duration_ms: u64,
    line: Vec<Position>,
    legs: Vec<LegJson>,
    instructions: Vec<InstructionJson>,
    pub(super) refused: Vec<RefusedJson>,
    alternatives: Vec<AlternativeJson>,
}

fn alternative(route: &Route) -> AlternativeJson {
    AlternativeJson {
        length_m: route.length_mm as f64 / 1e3,
        duration_s: route.duration_ms as f64 / 1e3,
        geometry: LineJson(route.line.clone()),
        instructions: route.instructions.iter().map(|instruction| InstructionJson::of(instruction, None)).collect(),
    }
}

impl Whole {
    pub(super) fn add(&mut self, leg: &Route, via: Option<usize>) {
        self.length_mm += leg.length_mm;
        self.duration_ms += leg.duration_ms;
        self.line.extend(&leg.line);
        self.line.dedup();
        self.legs.push(LegJson { length_m: leg.length_mm as f64 / 1e3, duration_s: leg.duration_ms as f64 / 1e3 });
        self.instructions.extend(leg.instructions.iter().map(|instruction| InstructionJson::of(instruction, via)));
    }

    /// The answer that they make.
    pub(super) fn answer(
        self,
        moment: &Moment,
        asked: &RouteAsked,
        (from, to): (Option<Snap>, Option<Snap>),
        approach: Option<ArrivedJson>,
    ) -> RouteJson {
        RouteJson {
            length_m: self.length_mm as f64 / 1e3,
            duration_s: self.duration_ms as f64 / 1e3,
            geometry: LineJson(self.line),
            closure_epoch: moment.epoch.0,
            profile: asked.asker.profile,
            metric: asked.asker.metric,
            from: from.map(SnapJson::of),
            to: to.map(SnapJson::of),
            legs: self.legs,
            instructions: self.instructions,
            refused: self.refused,
            alternatives: self.alternatives,
            approach,
            attribution: moment.town.attribution.clone(),
        }
    }
}

pub(super) fn refused_json(question: &Question<'_>, refused: &Refused) -> RefusedJson {
    let network = question.view.network;
    let edges = || refused.arcs.iter().map(|arc| arc.edge());
    let name = edges().map(|edge| network.name(edge)).find(|name| !name.name.is_empty());
    let (road, road_en) = name.map(|name| (name.name.clone(), name.name_en.clone())).unwrap_or_default();
    let closures = question.moment.closed_by(&refused.closures);
    RefusedJson {
        text: words::refused((&road, &road_en), refused.refusal, &closures),
        road,
        road_en,
        length_m: edges().map(|edge| f64::from(network.edge(edge).length_mm)).sum::<f64>() / 1e3,
        geometry: LinesJson(edges().map(|edge| network.shape(edge).to_vec()).collect()),
        refusal: refused.refusal,
        closures,
    }
}
