//! Which role may do what. The router asks here for every route (see [`crate::api::routes`]).

use cordon_data::store::Role;

/// What a request does, as far as permission cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// Everybody, without signing in: health, set-up, signing in, the API's description.
    Public,
    /// Read the metrics: loopback, or any token or session that may see the map.
    Metrics,
    /// See and end one's own session, and change one's own password.
    OwnSession,
    /// See vehicles, tracks, events, alarms and features.
    SeeMap,
    /// Acknowledge, shelve and close alarms.
    HandleAlarms,
    /// Make, change and delete features.
    EditMap,
    /// Try rules over stored tracks, and see whom they would concern now; changes nothing.
    TryRules,
    /// Ask for routes, tables and who is nearest; changes nothing.
    PlanRoutes,
    /// See one terminal with its driver, and command it.
    CommandTerminals,
    /// Post fixes.
    PostFixes,
    /// List and approve terminals, users and tokens.
    Administer,
    /// Carries its own credential (a `device_id`), checked by the gateway.
    OwnCredential,
}

/// Every role, in the order of INTERFACES.
pub const ROLES: [Role; 6] = [Role::Commander, Role::Monitor, Role::Guard, Role::Supervisor, Role::Admin, Role::Device];

/// The name of a role in the API and on the command line.
pub fn name(role: Role) -> &'static str {
    match role {
        Role::Commander => "commander",
        Role::Monitor => "monitor",
        Role::Guard => "guard",
        Role::Supervisor => "supervisor",
        Role::Admin => "admin",
        Role::Device => "device",
    }
}

/// The role of this name.
pub fn parse(text: &str) -> Option<Role> {
    ROLES.into_iter().find(|role| name(*role) == text)
}

/// Whether `role` may do `action`.
pub fn allows(action: Action, role: Role) -> bool {
    use Role::{Admin, Commander, Device, Guard, Monitor, Supervisor};
    match action {
        Action::Public | Action::OwnCredential => true,
        Action::Metrics | Action::OwnSession | Action::SeeMap | Action::PlanRoutes => {
            matches!(role, Commander | Monitor | Guard | Supervisor | Admin)
        }
        Action::HandleAlarms | Action::TryRules => matches!(role, Commander | Monitor | Supervisor | Admin),
        Action::EditMap => matches!(role, Commander | Supervisor | Admin),
        Action::CommandTerminals => matches!(role, Commander | Monitor | Admin),
        Action::PostFixes => matches!(role, Device | Admin),
        Action::Administer => matches!(role, Admin),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip() {
        for role in ROLES {
            assert_eq!(parse(name(role)), Some(role));
        }
        assert_eq!(parse("root"), None);
    }

    #[test]
    fn the_table_of_roles_and_actions() {
        let table = "
            action        commander monitor guard supervisor admin device
            own_session   yes       yes     yes   yes        yes   no
            see_map       yes       yes     yes   yes        yes   no
            handle_alarms yes       yes     no    yes        yes   no
            edit_map      yes       no      no    yes        yes   no
            try_rules     yes       yes     no    yes        yes   no
            plan_routes   yes       yes     yes   yes        yes   no
            command       yes       yes     no    no         yes   no
            post_fixes    no        no      no    no         yes   yes
            administer    no        no      no    no         yes   no";
        let mut lines = table.trim().lines();
        let roles: Vec<Role> = lines.next().into_iter().flat_map(str::split_whitespace).filter_map(parse).collect();
        assert_eq!(roles, ROLES);
        for line in lines {
            let mut cells = line.split_whitespace();
            let action = match cells.next() {
                Some("own_session") => Action::OwnSession,
                Some("see_map") => Action::SeeMap,
                Some("handle_alarms") => Action::HandleAlarms,
                Some("edit_map") => Action::EditMap,
                Some("try_rules") => Action::TryRules,
                Some("plan_routes") => Action::PlanRoutes,
                Some("command") => Action::CommandTerminals,
                Some("post_fixes") => Action::PostFixes,
                Some("administer") => Action::Administer,
                other => panic!("no such action: {other:?}"),
            };
            for (role, cell) in roles.iter().zip(cells) {
                assert_eq!(allows(action, *role), cell == "yes", "{action:?} by {role:?}");
            }
        }
    }
}
