//! `cordon database …`: prepares a PostGIS database.

use super::DatabaseArgs;
use cordon_data::postgis;
use cordon_data::store::StoreError;

/// Makes or renews the tables, and lets another role run Cordon on them.
pub fn migrate(args: &DatabaseArgs) -> Result<(), StoreError> {
    postgis::migrate(&args.database, &args.schema, args.grant.as_deref())?;
    match &args.grant {
        Some(role) => println!("The schema {} is ready; the role {role} may run Cordon on it.", args.schema),
        None => println!("The schema {} is ready.", args.schema),
    }
    Ok(())
}
