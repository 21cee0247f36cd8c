//! `kefu migrate`, `kefu verify`, `kefu check`.

use kefu_persistence::{Options, Store};

use super::{Complaint, Database, print};
use crate::config::{Config, Limits};

impl Database {
    /// The store it names, migrated or not.
    pub(super) fn open(&self) -> Result<Store, Complaint> {
        if self.url.is_none() {
            std::fs::create_dir_all(&self.data_dir)?;
        }
        let config = Config {
            listen: String::new(),
            database: self.url.clone(),
            data_dir: self.data_dir.clone(),
            sandbox: false,
            packs: Vec::new(),
            admin_password: None,
            jwt_secret: None,
            workers: None,
            limits: Limits::default(),
        };
        Ok(Store::open(&config.database_url(), &Options::default())?)
    }
}

/// Brings the schema up to date and says what was done.
pub(super) fn migrate(database: &Database) -> Result<(), Complaint> {
    let store = database.open()?;
    let applied = store.migrate()?;
    store.close();
    let said = if applied.is_empty() { "nothing to do".to_owned() } else { applied.join("\n") };
    print(&format!("{said}\n"))
}
