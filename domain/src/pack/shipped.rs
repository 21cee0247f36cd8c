//! The packs that come with the program.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use include_dir::{Dir, include_dir};

use super::{FileFault, Library, PackSource, load, read, trusted};
use crate::fault::Fault;
use crate::text::Text;

static PACKS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/packs");

static FILES: LazyLock<Vec<(&'static str, &'static str)>> = LazyLock::new(|| {
    let mut files = Vec::new();
    collect(&PACKS, &mut files);
    let packs: BTreeSet<_> =
        files.iter().filter_map(|(path, _)| path.strip_suffix("/pack.toml")).collect();
    let mut files: Vec<_> = files
        .iter()
        .filter(|(path, _)| path.split_once('/').is_some_and(|(pack, _)| packs.contains(pack)))
        .copied()
        .collect();
    files.sort_unstable();
    files
});

fn collect(dir: &Dir<'static>, files: &mut Vec<(&'static str, &'static str)>) {
    for file in dir.files() {
        if let (Some(path), Some(text)) = (file.path().to_str(), file.contents_utf8()) {
            files.push((path, text));
        }
    }
    for dir in dir.dirs() {
        collect(dir, files);
    }
}

/// Every file of every pack that comes with the program: `("property/pack.toml", text)`.
pub fn shipped() -> &'static [(&'static str, &'static str)] {
    &FILES
}

/// A file that belongs to no pack.
pub(super) fn file(path: &str) -> Option<&'static str> {
    PACKS.get_file(path)?.contents_utf8()
}

/// The codes of the packs that come with the program.
pub fn shipped_codes() -> Vec<&'static str> {
    shipped().iter().filter_map(|(path, _)| path.strip_suffix("/pack.toml")).collect()
}

/// The files of one pack, by their paths in it; none if there is no such pack.
pub fn shipped_files(pack: &str) -> Vec<(&'static str, &'static str)> {
    let own = |path: &'static str| path.strip_prefix(pack)?.strip_prefix('/');
    shipped().iter().filter_map(|(path, text)| Some((own(path)?, *text))).collect()
}

/// Loads and checks packs that come with the program, and those they require.
///
/// # Errors
/// A pack that is not there; every fault of those that are.
pub fn load_shipped(codes: &[&str]) -> Result<Library, Vec<FileFault>> {
    load(&shipped_sources(codes)?)
}

/// The same without the checks, which the tests of this program have done.
///
/// # Errors
/// A pack that is not there.
pub fn open_shipped(codes: &[&str]) -> Result<Library, Vec<FileFault>> {
    trusted(&shipped_sources(codes)?)
}

fn shipped_sources(codes: &[&str]) -> Result<Vec<PackSource>, Vec<FileFault>> {
    let (mut sources, mut faults) = (Vec::new(), Vec::new());
    for code in codes {
        let files = shipped_files(code);
        if files.is_empty() {
            faults.push(no_pack(code));
            continue;
        }
        match read(&files) {
            Ok(source) => sources.push(source),
            Err(found) => faults.extend(found),
        }
    }
    if faults.is_empty() { with_required(sources) } else { Err(faults) }
}

/// Adds the packs these require and do not bring, where they come with the program. One that is
/// nowhere is left to [`super::load()`] to name.
///
/// # Errors
/// Every fault of the shape of those that are added.
pub fn with_required(mut packs: Vec<PackSource>) -> Result<Vec<PackSource>, Vec<FileFault>> {
    let mut at = 0;
    while let Some(pack) = packs.get(at) {
        let missing = pack.pack.requires.iter();
        let missing = missing.filter(|code| !packs.iter().any(|it| it.pack.code == **code));
        let files: Vec<_> =
            missing.map(|it| shipped_files(it)).filter(|it| !it.is_empty()).collect();
        for files in files {
            packs.push(read(&files)?);
        }
        at += 1;
    }
    Ok(packs)
}

fn no_pack(code: &str) -> FileFault {
    let all = shipped_codes().join(" ");
    let words = Text::new(
        format!("没有包 `{code}`;有:{all}"),
        format!("there is no pack `{code}`; there are: {all}"),
    );
    FileFault {
        pack: code.to_owned(),
        path: "pack.toml".to_owned(),
        fault: Fault::new("", "unknown_pack", words),
    }
}
