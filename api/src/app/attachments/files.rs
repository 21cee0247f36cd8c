//! What attachments need beside the database: the storage, the key of links, what is taken.

use std::collections::BTreeSet;
use std::path::Path;

use chrono::TimeDelta;
use kefu_persistence::{Conn, Store, settings};

use crate::app::Failure;
use crate::auth::LinkKey;
use crate::config::Attachments;
use crate::storage::{Place, Storage};

/// Where the key that signs links is kept.
const LINK_KEY: &str = "link_key";

/// What attachments need beside the database.
#[derive(Debug)]
pub struct Files {
    /// Where the bytes are.
    pub storage: Storage,
    /// The key that signs links.
    pub links: LinkKey,
    /// How long they are good.
    pub link: TimeDelta,
    /// The largest file, in bytes.
    pub limit: u64,
    /// The media types that are taken.
    pub types: BTreeSet<String>,
}

impl Files {
    /// Opens the storage, and reads the key, which the first node makes.
    pub async fn open(
        store: &Store,
        config: &Attachments,
        data_dir: &Path,
    ) -> Result<Self, Failure> {
        let place = match &config.storage {
            Some(place) => place.clone(),
            None => Place::Directory(data_dir.join("attachments")),
        };
        let storage = Storage::open(&place)
            .map_err(|error| Failure::Broken(format!("the attachments' storage: {error}")))?;
        let (limit, types) = (config.limit, config.types.clone());
        let link = TimeDelta::seconds(config.link_seconds.into());
        Ok(Self { storage, links: link_key(store).await?, link, limit, types })
    }
}

/// How often it is tried while another node makes the key.
const TRIES: u8 = 5;

async fn link_key(store: &Store) -> Result<LinkKey, Failure> {
    let mut tried = 0;
    loop {
        tried += 1;
        let made = LinkKey::random().encode();
        let put = move |conn: &mut Conn| {
            settings::put_if_absent(conn, LINK_KEY, serde_json::json!(made)).map_err(Failure::from)
        };
        let kept = match store.write(put).await {
            Err(Failure::Conflict) if tried < TRIES => continue,
            kept => kept?,
        };
        let key = kept.as_str().and_then(LinkKey::decode);
        return key.ok_or_else(|| Failure::Broken(format!("settings {LINK_KEY}: not a key")));
    }
}
