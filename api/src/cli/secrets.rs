//! Secrets on the command line, in the environment, or in a file that the environment names.

use std::convert::Infallible;
use std::fs;
use std::path::Path;

use secrecy::SecretString;

use super::Complaint;

/// A secret as it was given.
#[expect(clippy::unnecessary_wraps, reason = "that is what clap asks for")]
pub(super) fn secret(text: &str) -> Result<SecretString, Infallible> {
    Ok(SecretString::from(text))
}

/// The secret that was given, or what is in the file; `name` is the variable that gives it. The end of
/// a line at the end of the file is none of it.
pub(super) fn from_file(
    given: Option<SecretString>,
    file: Option<&Path>,
    name: &str,
) -> Result<Option<SecretString>, Complaint> {
    let Some(file) = file else { return Ok(given) };
    if given.is_some() {
        return Err(Complaint(format!("give {name} or {name}_FILE, not both")));
    }
    let text = fs::read_to_string(file)
        .map_err(|error| Complaint(format!("{name}_FILE {}: {error}", file.display())))?;
    let text = text.trim_end_matches(['\r', '\n']);
    if text.is_empty() {
        return Err(Complaint(format!("{name}_FILE {} is empty", file.display())));
    }
    Ok(Some(SecretString::from(text)))
}
