//! Turns that are forbidden or ordered, over places and over roads.

use super::super::*;
use super::sketch::Sketch;
use RestrictionKind::{No, NoUTurn, Only};

const CROSSING: &str = "  N    \n  |    \nW-X---E\n  |    \n  S    ";

fn crossing() -> Sketch {
    let mut sketch = Sketch::new(CROSSING);
    sketch.roads("WX XE NX XS");
    sketch
}

fn check(sketch: &mut Sketch, (from, to): (char, char), expected: Result<&str, &str>) {
    let way = sketch.town().way(ProfileId::Car, from, to);
    assert_eq!(way.as_deref().map_err(String::as_str), expected);
}

#[test]
fn a_forbidden_turn_is_not_taken_and_others_are() {
    check(crossing().restrict(No, "WX", "X", "XS"), ('W', 'S'), Ok("WXNXS"));
    check(crossing().restrict(No, "WX", "X", "XS"), ('W', 'E'), Ok("WXE"));
    check(crossing().restrict(No, "WX", "X", "XS"), ('N', 'S'), Ok("NXS"));
    assert_eq!(crossing().restrict(No, "WX", "X", "XS").town().way(ProfileId::Foot, 'W', 'S').as_deref(), Ok("WXS"));
}

#[test]
fn an_ordered_turn_leaves_no_other() {
    check(crossing().restrict(Only, "WX", "X", "XE"), ('W', 'E'), Ok("WXE"));
    check(crossing().restrict(Only, "WX", "X", "XE"), ('W', 'N'), Ok("WXEXN"));
}

#[test]
fn turning_back_is_forbidden_where_it_is_said() {
    check(crossing().restrict(NoUTurn, "WX", "X", "WX"), ('N', 'W'), Ok("NXW"));
    let mut sketch = crossing();
    sketch.restrict(No, "NX", "X", "WX").restrict(NoUTurn, "XE", "E", "XE").restrict(NoUTurn, "XS", "S", "XS");
    check(&mut sketch, ('N', 'W'), Err("no way"));
}

#[test]
fn a_turn_forbidden_over_a_road_is_forbidden_only_to_those_who_came_that_way() {
    //  A-B-C
    //    |
    //  F-E-D   from AB over BE to EF is forbidden: the way round is over D and back.
    let town = || {
        let mut sketch = Sketch::new("A---B---C\n    |    \nF---E---D");
        sketch.roads("AB BC BE EF ED").restrict(No, "AB", "BE", "EF").restrict(NoUTurn, "BE", "B", "BE");
        sketch.restrict(NoUTurn, "BC", "C", "BC");
        sketch
    };
    check(&mut town(), ('A', 'F'), Ok("ABEDEF"));
    check(&mut town(), ('C', 'F'), Ok("CBEF"));
    check(&mut town(), ('A', 'D'), Ok("ABED"));
}

#[test]
fn orders_that_contradict_prohibitions_are_found_and_left_out() {
    let town = crossing().restrict(No, "WX", "X", "XE").restrict(Only, "WX", "X", "XE").town();
    let kinds: Vec<FindingKind> = town.findings.iter().map(|finding| finding.kind).collect();
    assert_eq!(kinds, [FindingKind::RestrictionContradicts]);
    assert_eq!(town.way(ProfileId::Car, 'W', 'S').as_deref(), Ok("WXS"));
}

#[test]
fn roads_that_do_not_hang_together_are_found() {
    let town =
        Sketch::new("A---B\n     \nC---D\n     \nE---F").roads("AB CD EF").restrict(No, "AB", "CD EF", "EF").town();
    let kinds: Vec<FindingKind> = town.findings.iter().map(|finding| finding.kind).collect();
    assert_eq!(kinds, [FindingKind::RestrictionUnresolved]);
}
