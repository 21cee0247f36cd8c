//! Which storage a URL names, and opening it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{BackoffConfig, ClientOptions, RetryConfig};
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};

use super::{Storage, StorageError};

/// A part of a file on disk, and a part of an object: a bucket takes no smaller ones.
const FILE_PART: usize = 512 * 1024;
const BUCKET_PART: usize = 5 * 1024 * 1024;

/// How long one request to a bucket may take, and how long it is tried again.
const REQUEST: Duration = Duration::from_mins(5);
const TRY: Duration = Duration::from_secs(10);

/// Where attachments are kept.
#[derive(Clone, Debug)]
pub enum Place {
    /// In this directory.
    Directory(PathBuf),
    /// In a bucket that speaks S3.
    Bucket {
        /// Its name.
        bucket: String,
        /// Under which everything is.
        prefix: String,
        /// Where it is, if not at Amazon's.
        endpoint: Option<String>,
        /// Its region.
        region: Option<String>,
        /// The id of the key and the key; otherwise as `AWS_…` says.
        key: Option<(String, SecretString)>,
    },
}

impl Place {
    /// What a URL names: `file:///path`, or `s3://bucket/prefix?endpoint=…&region=…`. An `Err` says
    /// what is wrong with it.
    pub fn parse(text: &str, key: Option<(String, SecretString)>) -> Result<Self, String> {
        let wrong = |why: &str| format!("KEFU_STORAGE: {why}");
        let url = Url::parse(text).map_err(|error| wrong(&error.to_string()))?;
        match url.scheme() {
            "file" => {
                let path = url.to_file_path().ok();
                path.map(Self::Directory).ok_or_else(|| wrong("a file URL names a directory"))
            }
            "s3" => {
                let bucket =
                    url.host_str().ok_or_else(|| wrong("s3:// names a bucket"))?.to_owned();
                let (mut endpoint, mut region) = (None, None);
                for (name, value) in url.query_pairs() {
                    match &*name {
                        "endpoint" => endpoint = Some(value.into_owned()),
                        "region" => region = Some(value.into_owned()),
                        other => return Err(wrong(&format!("s3:// takes no `{other}`"))),
                    }
                }
                let prefix = url.path().trim_matches('/').to_owned();
                Ok(Self::Bucket { bucket, prefix, endpoint, region, key })
            }
            other => Err(wrong(&format!("`{other}` is neither file:// nor s3://"))),
        }
    }
}

pub(super) fn open(place: &Place) -> Result<Storage, StorageError> {
    match place {
        Place::Directory(root) => {
            std::fs::create_dir_all(root)?;
            let store = LocalFileSystem::new_with_prefix(root)?.with_fsync(true);
            let (store, root) = (Arc::new(store), Some(root.canonicalize()?));
            Ok(Storage { store, prefix: Path::default(), part: FILE_PART, root })
        }
        Place::Bucket { bucket, prefix, endpoint, region, key } => {
            crate::tls::ready();
            let mut builder = AmazonS3Builder::from_env()
                .with_bucket_name(bucket)
                .with_region(region.as_deref().unwrap_or("us-east-1"))
                .with_client_options(ClientOptions::new().with_timeout(REQUEST))
                .with_retry(RetryConfig {
                    backoff: BackoffConfig::default(),
                    max_retries: 3,
                    retry_timeout: TRY,
                });
            if let Some(endpoint) = endpoint {
                builder = builder.with_endpoint(endpoint);
                builder = builder.with_allow_http(endpoint.starts_with("http://"));
            }
            if let Some((id, secret)) = key {
                builder =
                    builder.with_access_key_id(id).with_secret_access_key(secret.expose_secret());
            }
            let store = Arc::new(builder.build()?);
            Ok(Storage {
                store,
                prefix: Path::from(prefix.as_str()),
                part: BUCKET_PART,
                root: None,
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_names_a_directory_or_a_bucket() {
        let directory = Place::parse("file:///var/kefu", None).unwrap();
        assert!(matches!(&directory, Place::Directory(it) if it.ends_with("kefu")));
        let key = Some(("id".to_owned(), SecretString::from("hush")));
        let bucket = "s3://files/a/b?endpoint=http%3A%2F%2Flocalhost%3A9000&region=cn-north-1";
        let bucket = Place::parse(bucket, key).unwrap();
        let Place::Bucket { bucket: name, prefix, endpoint, region, .. } = &bucket else {
            panic!("{bucket:?}")
        };
        assert_eq!((name.as_str(), prefix.as_str()), ("files", "a/b"));
        assert_eq!(endpoint.as_deref(), Some("http://localhost:9000"));
        assert_eq!(region.as_deref(), Some("cn-north-1"));
        assert!(!format!("{bucket:?}").contains("hush"), "a key is never printed");
    }

    #[test]
    fn anything_else_is_refused() {
        for wrong in ["", "data", "ftp://host/x", "s3://", "s3://b?secret=1", "file://host/x"] {
            assert!(Place::parse(wrong, None).is_err(), "{wrong}");
        }
    }
}
