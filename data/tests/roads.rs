//! Roads from an extract to a file and back: the demo park's own road net, whole, cut short and damaged.

use cordon_data::import::osm::{self, OsmError};
use cordon_data::park;
use cordon_data::road_file::{RoadFile, RoadFileError};
use cordon_spatial::road::{EdgeGrid, EdgeId, FindingKind, Heading, Network, ProfileId, Profiles, Refusal, Report};

fn extract() -> Vec<u8> {
    park::osm::road_net(&park::roads::Roads::of_the_park())
}

fn network() -> (Network, Report) {
    let (mut draft, findings) = osm::read(&extract()).expect("the park's roads can be read");
    let (network, more) = Network::build(&mut draft).expect("they are a network");
    let grid = EdgeGrid::of(&network);
    let report = Report::of(&network, &grid, findings.into_iter().chain(more).collect());
    (network, report)
}

#[test]
fn the_park_s_roads_hang_together_and_nothing_of_them_is_unread() {
    let (network, report) = network();
    let roads = park::roads::Roads::of_the_park();
    assert_eq!(report.components.len(), 1, "{:?}", report.components);
    assert!(network.edge_count() >= roads.ways.len(), "{} edges of {} ways", network.edge_count(), roads.ways.len());
    assert!(report.forbidden_turns >= roads.turns.len(), "{} of {} signs", report.forbidden_turns, roads.turns.len());
    let unread = [
        FindingKind::ValueUnread,
        FindingKind::RuleConditional,
        FindingKind::PlaceMissing,
        FindingKind::RestrictionUnresolved,
        FindingKind::RestrictionContradicts,
    ];
    assert!(!report.findings.iter().any(|finding| unread.contains(&finding.kind)), "{:?}", report.findings);
}

#[test]
fn the_park_refuses_tankers_what_its_law_says() {
    let (network, _) = network();
    let profiles = Profiles::default();
    let tanker = profiles.get(ProfileId::HazmatTruck);
    let tunnel = network.edges().find(|edge| network.name(*edge).name == "青龙山隧道").expect("the park has a tunnel");
    assert!(network.kind(tunnel).is_tunnel);
    assert_eq!(tanker.speed_kph(network.kind(tunnel), Heading::Along), Err(Refusal::Hazmat));
    assert!(profiles.get(ProfileId::Car).speed_kph(network.kind(tunnel), Heading::Along).is_ok());
    let refused = |edge: &EdgeId| tanker.speed_kph(network.kind(*edge), Heading::Along).is_err();
    let count = network.edges().filter(refused).count();
    assert!(count > 0 && count < network.edge_count() / 2, "{count} of {}", network.edge_count());
}

#[test]
fn an_extract_that_is_cut_short_says_so_wherever_it_is_cut() {
    let whole = extract();
    let mut cut_short = 0;
    for length in (1..whole.len()).step_by(97) {
        match osm::read(&whole[..length]) {
            Err(OsmError::CutShort { wanted, left, .. }) => {
                assert!(wanted > left);
                cut_short += 1;
            }
            // Cut exactly between two blocks.
            Err(OsmError::NoRoads | OsmError::NodesMissing { .. }) => {}
            other => panic!("cut at {length}: {:?}", other.map(|(draft, _)| draft.ways.len())),
        }
    }
    assert!(cut_short > whole.len() / 97 - 3);
    assert!(matches!(osm::read(b""), Err(OsmError::NoRoads)));
    assert!(matches!(osm::read(b"<osm version=\"0.6\">"), Err(OsmError::Broken { at: 0, .. })));
}

#[test]
fn a_damaged_extract_is_an_error_or_read_and_never_worse() {
    let whole = extract();
    for at in (0..whole.len()).step_by(61) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x55;
        if let Ok((mut draft, _)) = osm::read(&damaged) {
            let _ = Network::build(&mut draft);
        }
    }
}

#[test]
fn a_file_holds_what_was_saved_and_a_cut_or_damaged_one_is_an_error() {
    let file = RoadFile::build("demo park", "", &extract()).expect("the park's roads are a network");
    assert_eq!(file.skeleton.order().len(), file.network.node_count());
    assert_eq!(Network::new(file.network.data().clone()).expect("whole"), file.network);
    assert_eq!(EdgeGrid::of(&file.network), file.grid);
    let bytes = file.to_bytes();
    assert_eq!(RoadFile::from_bytes(&bytes).expect("whole"), file);
    for length in (0..bytes.len()).step_by(501) {
        let error = RoadFile::from_bytes(&bytes[..length]).expect_err("cut");
        assert!(matches!(error, RoadFileError::CutShort { .. } | RoadFileError::NoRoadFile), "{length}: {error}");
    }
    for at in (24..bytes.len()).step_by(997) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1;
        assert!(matches!(RoadFile::from_bytes(&damaged), Err(RoadFileError::Damaged)), "{at}");
    }
    let longer = [bytes.as_slice(), &[0]].concat();
    assert!(matches!(RoadFile::from_bytes(&longer), Err(RoadFileError::Damaged)));
    let mut newer = bytes;
    newer[8] = 9;
    assert!(matches!(RoadFile::from_bytes(&newer), Err(RoadFileError::Version(9))));
}
