//! Whom a barrier on a road lets pass.

use super::roads;
use super::tags::Tags;
use cordon_spatial::road::{Access, Barrier, Permission, RoadLimits};

/// What a barrier lets pass.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Passage {
    access: Access,
    limits: RoadLimits,
}

impl Passage {
    /// The barrier at a place of the draft.
    pub fn at(self, place: u32) -> Barrier {
        Barrier { place, access: self.access, limits: self.limits }
    }
}

/// The barrier that a node is; `None` where it is none, or one that stops nobody.
pub(super) fn passage(tags: &Tags) -> Option<Passage> {
    let barrier = tags.get("barrier")?;
    let mut access = roads::access(tags);
    let mut is_unread = false;
    let limits = roads::road_limits(tags, &mut |_| is_unread = true);
    let by_kind = match barrier {
        // Gates are opened for whoever may use the road, unless they are said to be locked.
        "gate" | "lift_gate" | "swing_gate" | "sliding_gate" | "hampshire_gate" | "bump_gate" | "chain" | "rope"
        | "height_restrictor" => {
            if tags.is("locked", &["yes"]) {
                Permission::Private
            } else {
                Permission::Yes
            }
        }
        "bollard"
        | "block"
        | "jersey_barrier"
        | "cycle_barrier"
        | "motorcycle_barrier"
        | "kissing_gate"
        | "stile"
        | "turnstile"
        | "full-height_turnstile"
        | "log"
        | "debris"
        | "planter"
        | "barrier_board"
        | "spikes"
        | "wedge"
        | "sump_buster"
        | "fence"
        | "wall"
        | "yes" => Permission::No,
        _ => return None,
    };
    let or_kind = |said: Permission| if said == Permission::Unsaid { by_kind } else { said };
    access.motor = or_kind(access.motor);
    access.goods = or_kind(access.goods);
    // Nobody knows whom a limit that cannot be read would stop.
    if is_unread && access.hazmat == Permission::Unsaid {
        access.hazmat = Permission::No;
    }
    Some(Passage { access, limits })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(tags: &[(&str, &str)], motor: Permission, emergency: Permission) {
        let passage = passage(&tags.iter().copied().collect()).expect("a barrier");
        assert_eq!((passage.access.motor, passage.access.emergency), (motor, emergency), "{tags:?}");
    }

    #[test]
    fn gates_open_and_bollards_do_not() {
        check(&[("barrier", "lift_gate")], Permission::Yes, Permission::Unsaid);
        check(&[("barrier", "gate"), ("locked", "yes")], Permission::Private, Permission::Unsaid);
        check(&[("barrier", "bollard")], Permission::No, Permission::Unsaid);
        check(&[("barrier", "gate"), ("access", "no"), ("emergency", "yes")], Permission::No, Permission::Yes);
        assert!(passage(&[("barrier", "kerb")].into_iter().collect()).is_none());
    }
}
