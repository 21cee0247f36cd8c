//! What can go wrong with the storage.

use std::error::Error;
use std::fmt;
use std::io;

use crate::telemetry::Chain;

/// The storage did not do what it was asked.
#[derive(Debug)]
pub enum StorageError {
    /// There is no room for it.
    Full,
    /// The blob is not there.
    Missing,
    /// It cannot be reached, or does not work; the words are for the log only.
    Unavailable(String),
}

impl fmt::Display for StorageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full => f.write_str("the storage is full"),
            Self::Missing => f.write_str("the blob is not in the storage"),
            Self::Unavailable(why) => write!(f, "the storage does not work: {why}"),
        }
    }
}

impl Error for StorageError {}

impl From<object_store::Error> for StorageError {
    fn from(error: object_store::Error) -> Self {
        match &error {
            object_store::Error::NotFound { .. } => Self::Missing,
            _ => of(&error),
        }
    }
}

impl From<io::Error> for StorageError {
    fn from(error: io::Error) -> Self {
        of(&error)
    }
}

fn of(error: &(dyn Error + 'static)) -> StorageError {
    if is_full(error) {
        StorageError::Full
    } else {
        StorageError::Unavailable(Chain(error).to_string())
    }
}

/// Whether the disk, or what one may take of it, is full: somewhere in what caused the error.
fn is_full(error: &(dyn Error + 'static)) -> bool {
    let full = [io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded];
    let mut next = Some(error);
    while let Some(error) = next {
        if error.downcast_ref::<io::Error>().is_some_and(|it| full.contains(&it.kind())) {
            return true;
        }
        next = error.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_from_a_broken_one() {
        // What the store of a directory makes of an error of the disk, and what its writer does.
        let wrapped = |kind: io::ErrorKind| object_store::Error::Generic {
            store: "LocalFileSystem",
            source: Box::new(io::Error::from(kind)),
        };
        for kind in [io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded] {
            assert!(matches!(StorageError::from(wrapped(kind)), StorageError::Full));
            let twice = io::Error::other(wrapped(kind));
            assert!(matches!(StorageError::from(twice), StorageError::Full));
        }
        let other = StorageError::from(wrapped(io::ErrorKind::PermissionDenied));
        assert!(matches!(other, StorageError::Unavailable(_)), "{other:?}");
    }
}
