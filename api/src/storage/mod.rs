//! Where the bytes of attachments are kept: a directory, or a bucket that speaks S3.
//!
//! **Invariant.** Nothing here knows who may see what; a blob is its id and its bytes.

mod failure;
mod place;

use std::fmt;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use object_store::buffered::BufWriter;
use object_store::path::Path;
use object_store::{GetOptions, GetRange, ObjectStore, ObjectStoreExt};
use tokio::io::AsyncWriteExt;
use uuid::Uuid;

pub use failure::StorageError;
pub use place::Place;

/// A storage, opened.
pub struct Storage {
    store: Arc<dyn ObjectStore>,
    /// Under which all of it is.
    prefix: Path,
    /// How much is sent at once: a bucket takes no parts under 5 MiB.
    part: usize,
    /// The directory, where it is one.
    root: Option<PathBuf>,
}

impl fmt::Debug for Storage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Storage").field("store", &self.store.to_string()).finish_non_exhaustive()
    }
}

/// The bytes of a blob on their way out.
pub type BlobStream = BoxStream<'static, Result<Bytes, StorageError>>;

impl Storage {
    /// Opens a place; a directory is made if it is not there.
    pub fn open(place: &Place) -> Result<Self, StorageError> {
        place::open(place)
    }

    /// Begins to store a blob. Until [`Writer::finish`] there is none.
    pub fn writer(&self, id: Uuid) -> Writer {
        let writer = BufWriter::with_capacity(Arc::clone(&self.store), self.path(id), self.part);
        Writer(writer.with_max_concurrency(2))
    }

    /// The bytes of a blob, or a part of them.
    pub async fn read(
        &self,
        id: Uuid,
        range: Option<Range<u64>>,
    ) -> Result<BlobStream, StorageError> {
        let options = GetOptions { range: range.map(GetRange::Bounded), ..GetOptions::default() };
        let found = self.store.get_opts(&self.path(id), options).await?;
        Ok(found.into_stream().map(|it| it.map_err(StorageError::from)).boxed())
    }

    /// Takes a blob away, and what an upload that was cut short has left of it.
    pub async fn remove(&self, id: Uuid) -> Result<(), StorageError> {
        let path = self.path(id);
        match self.store.delete(&path).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        if let Some(root) = &self.root {
            // Where a directory's store writes a file before it is whole.
            let unfinished = root.join(format!("{path}#1"));
            match tokio::fs::remove_file(unfinished).await {
                Ok(()) => {}
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Spread by the last digits, which are random: the first ones are the time.
    fn path(&self, id: Uuid) -> Path {
        let name = id.simple().to_string();
        let spread: String = name.chars().skip(30).collect();
        self.prefix.clone().join(spread).join(name)
    }
}

/// A blob on its way in.
#[derive(Debug)]
pub struct Writer(BufWriter);

impl Writer {
    /// Stores more of it.
    pub async fn put(&mut self, bytes: Bytes) -> Result<(), StorageError> {
        Ok(self.0.put(bytes).await?)
    }

    /// Makes it whole: it is there now, on disk.
    pub async fn finish(mut self) -> Result<(), StorageError> {
        Ok(self.0.shutdown().await?)
    }

    /// Gives it up.
    pub async fn abandon(mut self) {
        if let Err(error) = self.0.abort().await {
            tracing::debug!(%error, "an upload that was given up left something behind");
        }
    }
}
