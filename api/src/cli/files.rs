//! Where attachments are kept and what is taken, as the command line and the environment say it.

use std::path::PathBuf;

use clap::Args;
use secrecy::SecretString;

use super::Complaint;
use super::secrets::{from_file, secret};
use crate::config::Attachments;
use crate::storage::Place;

#[derive(Args, Debug)]
pub(super) struct Files {
    /// Where attachments are kept: `file:///path`, or `s3://bucket/prefix?endpoint=…&region=…`; in
    /// the data directory if not given.
    #[arg(long, env = "KEFU_STORAGE")]
    storage: Option<String>,
    /// The id of the key to the bucket (`AWS_ACCESS_KEY_ID` if not given).
    #[arg(long, env = "KEFU_STORAGE_KEY")]
    storage_key: Option<String>,
    /// The key to the bucket (`AWS_SECRET_ACCESS_KEY` if not given).
    #[arg(long, env = "KEFU_STORAGE_SECRET", hide_env_values = true, value_parser = secret)]
    storage_secret: Option<SecretString>,
    /// A file that holds it.
    #[arg(long, env = "KEFU_STORAGE_SECRET_FILE")]
    storage_secret_file: Option<PathBuf>,
    /// The largest attachment, in bytes.
    #[arg(long, env = "KEFU_ATTACHMENT_LIMIT", default_value_t = Attachments::default().limit)]
    attachment_limit: u64,
    /// The media types that may be attached, between commas; pictures, documents and recordings if
    /// not given.
    #[arg(long, env = "KEFU_ATTACHMENT_TYPES", value_delimiter = ',')]
    attachment_types: Vec<String>,
    /// Seconds a download link is good.
    #[arg(long, env = "KEFU_LINK_SECONDS", default_value_t = Attachments::default().link_seconds)]
    link_seconds: u32,
}

impl Files {
    /// What was said, made ready.
    pub(super) fn config(self) -> Result<Attachments, Complaint> {
        let file = self.storage_secret_file.as_deref();
        let secret = from_file(self.storage_secret, file, "KEFU_STORAGE_SECRET")?;
        let place = self.storage.map(|url| Place::parse(&url, self.storage_key.zip(secret)));
        let usual = Attachments::default();
        let types = match self.attachment_types {
            none if none.is_empty() => usual.types,
            given => given.into_iter().collect(),
        };
        Ok(Attachments {
            storage: place.transpose().map_err(Complaint)?,
            limit: self.attachment_limit,
            types,
            link_seconds: self.link_seconds,
        })
    }
}
