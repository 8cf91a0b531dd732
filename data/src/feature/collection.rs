//! The collections of map features and their names to the outside (INTERFACES, "Map features").

use std::fmt;

macro_rules! collections {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// A collection of map features.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Collection {
            $($(#[$doc])* $variant,)*
        }

        impl Collection {
            /// All of them, in the order of this list.
            pub const ALL: &'static [Collection] = &[$(Collection::$variant,)*];

            /// The name in paths, files and the store.
            pub fn name(self) -> &'static str {
                match self {
                    $(Collection::$variant => $name,)*
                }
            }
        }
    };
}

collections! {
    /// The park's boundary and name.
    Parks = "parks",
    /// Zones with rules.
    Zones = "zones",
    /// Vehicles.
    Vehicles = "vehicles",
    /// Gates.
    Gates = "gates",
    /// Roads drawn as lines.
    Roads = "roads",
    /// Rescue resources.
    Resources = "resources",
    /// Hazard sources.
    HazardSources = "hazard-sources",
    /// Closed areas with a muster.
    ClosedAreas = "closed-areas",
    /// Routes that vehicles are to follow.
    Routes = "routes",
    /// Plants.
    Plants = "plants",
    /// What is to be protected: schools, hospitals, homes.
    ProtectionTargets = "protection-targets",
    /// What lies under everything else on the map: sea, land, green, water, buildings, tanks, pipe racks, rails.
    Ground = "ground",
    /// What grants an exception from a rule.
    Exemptions = "exemptions",
    /// What closes roads, drawn by hand.
    Closures = "closures",
    /// Companies: legal persons with their duties.
    Enterprises = "enterprises",
    /// Tanks, reactors, pumps and other equipment of plants.
    Equipment = "equipment",
    /// Where something is measured, with its limits; readings are elsewhere.
    Points = "points",
    /// Chemical substances.
    Substances = "substances",
    /// How many people are where.
    Population = "population",
    /// Drivers, escorts and loaders of dangerous goods with their certificates: personal data.
    Drivers = "drivers",
    /// What is known of each collection as a whole: where its data come from, who answers for them, how old they are.
    Datasets = "datasets",
}

impl Collection {
    /// The collection of that name; `None` when there is none.
    pub fn from_name(name: &str) -> Option<Collection> {
        Collection::ALL.iter().copied().find(|collection| collection.name() == name)
    }

    /// Whether its features are drawn. The others have no geometry: a vehicle is where its last fix is.
    pub fn is_drawn(self) -> bool {
        use Collection::{Datasets, Drivers, Exemptions, Substances, Vehicles};
        !matches!(self, Vehicles | Exemptions | Substances | Drivers | Datasets)
    }

    /// Whether people look for its features by name (a vehicle's is its plate).
    pub fn is_named(self) -> bool {
        use Collection::{Closures, Datasets, Exemptions, Ground, Population, Roads};
        !matches!(self, Ground | Roads | Closures | Exemptions | Population | Datasets)
    }

    /// Whether its features are about people: they are in no file that is published for everybody.
    pub fn is_personal(self) -> bool {
        self == Collection::Drivers
    }

    /// What its table is called in a database: its name with `_` for `-`.
    pub fn table(self) -> String {
        self.name().replace('-', "_")
    }

    /// Whether its features belong inside a park's boundary.
    pub fn is_in_park(self) -> bool {
        use Collection::{ClosedAreas, Enterprises, Equipment, HazardSources, Plants, Points};
        matches!(self, Enterprises | Plants | Equipment | Points | HazardSources | ClosedAreas)
    }
}

impl fmt::Display for Collection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_leads_back_to_its_collection() {
        for &collection in Collection::ALL {
            assert_eq!(Collection::from_name(collection.name()), Some(collection));
        }
        assert_eq!(Collection::from_name("Zones"), None);
    }
}
