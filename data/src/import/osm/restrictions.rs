//! Turn restrictions from relations (OSM wiki, Relation:restriction).

use super::Places;
use super::tags::Tags;
use cordon_spatial::road::{Draft, DraftRestriction, Finding, FindingKind, Modes, RestrictionKind, Via};
use osmpbf::RelMemberType;

/// A restriction by the ids of the file.
pub(super) struct Relation {
    id: i64,
    kind: RestrictionKind,
    modes: Modes,
    is_conditional: bool,
    from: Vec<i64>,
    via_node: Option<i64>,
    via_ways: Vec<i64>,
    to: Vec<i64>,
}

impl Relation {
    /// The restriction that a relation is, if it is one for anybody that Cordon sends.
    pub fn of(relation: &osmpbf::Relation<'_>) -> Option<Relation> {
        let tags: Tags = relation.tags().collect();
        let (kind, modes, is_conditional) = rule(&tags)?;
        let mut restriction = Relation {
            id: relation.id(),
            kind,
            modes,
            is_conditional,
            from: Vec::new(),
            via_node: None,
            via_ways: Vec::new(),
            to: Vec::new(),
        };
        for member in relation.members() {
            match (member.role().unwrap_or_default(), member.member_type) {
                ("from", RelMemberType::Way) => restriction.from.push(member.member_id),
                ("to", RelMemberType::Way) => restriction.to.push(member.member_id),
                ("via", RelMemberType::Way) => restriction.via_ways.push(member.member_id),
                ("via", RelMemberType::Node) => restriction.via_node = Some(member.member_id),
                _ => {}
            }
        }
        Some(restriction)
    }

    /// The restriction in terms of the draft, if all that it speaks of is there.
    fn draft(&self, ways: &[(i64, u32)], places: &Places<'_>) -> Option<DraftRestriction> {
        let pieces = |id: &i64| {
            let from = ways.partition_point(|way| way.0 < *id);
            ways[from..].iter().take_while(|way| way.0 == *id).map(|way| way.1).collect::<Vec<u32>>()
        };
        let all = |ids: &[i64]| ids.iter().flat_map(&pieces).collect::<Vec<u32>>();
        let (from, to) = (all(&self.from), all(&self.to));
        let via = if self.via_ways.is_empty() {
            Via::Place(places.known(self.via_node?)?)
        } else {
            // A via way that was cut at a missing node has no one order.
            let one = |id: &i64| <[u32; 1]>::try_from(pieces(id)).ok().map(|[piece]| piece);
            Via::Ways(self.via_ways.iter().map(one).collect::<Option<_>>()?)
        };
        let is_whole = !from.is_empty() && !to.is_empty();
        is_whole.then_some(DraftRestriction { id: self.id, from, via, to, kind: self.kind, modes: self.modes })
    }
}

/// What a restriction's tags say, for whom, and whether only at times.
fn rule(tags: &Tags) -> Option<(RestrictionKind, Modes, bool)> {
    let (goods, all) = (Modes::HAZMAT, Modes::MOTOR | Modes::HAZMAT | Modes::EMERGENCY);
    let keys = [
        ("restriction", all, false),
        ("restriction:conditional", all, true),
        ("restriction:hgv", goods, false),
        ("restriction:hgv:conditional", goods, true),
        ("restriction:hazmat", goods, false),
        ("restriction:motorcar", Modes::MOTOR, false),
    ];
    let (value, modes, is_conditional) = keys.into_iter().find_map(|(key, m, c)| tags.get(key).map(|v| (v, m, c)))?;
    let word = value.split('@').next().unwrap_or_default().trim();
    let kind = match word {
        "no_u_turn" => RestrictionKind::NoUTurn,
        _ if word.starts_with("no_") => RestrictionKind::No,
        _ if word.starts_with("only_") => RestrictionKind::Only,
        _ => return None,
    };
    let excepted =
        tags.get("except").into_iter().flat_map(|value| value.split(';')).fold(Modes::empty(), |modes, who| {
            modes
                | match who.trim() {
                    "motorcar" => Modes::MOTOR,
                    "motor_vehicle" | "vehicle" => all,
                    "hgv" | "goods" => goods,
                    "hazmat" => goods,
                    "emergency" => Modes::EMERGENCY,
                    _ => Modes::empty(),
                }
        });
    let modes = modes.difference(excepted);
    (!modes.is_empty()).then_some((kind, modes, is_conditional))
}

/// Adds the restrictions to a draft; of those whose roads are all outside it, as at an extract's border, nothing is said.
pub(super) fn add(
    relations: &[Relation],
    ways: &[(i64, u32)],
    places: &Places<'_>,
    draft: &mut Draft,
    findings: &mut Vec<Finding>,
) {
    for relation in relations {
        let place = relation.via_node.and_then(|node| places.known(node)).or_else(|| {
            let known = relation.via_ways.iter().chain(&relation.from).chain(&relation.to);
            let mut found = known.filter_map(|id| ways.binary_search_by_key(id, |way| way.0).ok());
            found.next().and_then(|index| draft.ways[ways[index].1 as usize].places.first().copied())
        });
        let Some(at) = place.map(|place| draft.places[place as usize]) else { continue };
        let mut find = |kind| findings.push(Finding { kind, at, source: Some(relation.id) });
        match relation.draft(ways, places) {
            Some(restriction) => {
                if relation.is_conditional {
                    find(FindingKind::RestrictionConditional);
                }
                draft.restrictions.push(restriction);
            }
            None => find(FindingKind::RestrictionUnresolved),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(tags: &[(&str, &str)], expected: Option<(RestrictionKind, Modes, bool)>) {
        assert_eq!(rule(&tags.iter().copied().collect()), expected, "{tags:?}");
    }

    #[test]
    fn a_restriction_holds_for_whom_it_says() {
        let all = Modes::MOTOR | Modes::HAZMAT | Modes::EMERGENCY;
        check(&[("restriction", "no_left_turn")], Some((RestrictionKind::No, all, false)));
        check(&[("restriction", "only_straight_on"), ("except", "psv;emergency")], {
            Some((RestrictionKind::Only, Modes::MOTOR | Modes::HAZMAT, false))
        });
        check(&[("restriction:hgv", "no_right_turn")], Some((RestrictionKind::No, Modes::HAZMAT, false)));
        check(&[("restriction:conditional", "no_u_turn @ (Mo-Fr)")], Some((RestrictionKind::NoUTurn, all, true)));
        check(&[("restriction", "no_left_turn"), ("except", "motor_vehicle")], None);
        check(&[("restriction:bicycle", "no_left_turn")], None);
    }
}
