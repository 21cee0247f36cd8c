//! What the regulations ask for, held against the packs: coverage, figures; and what metrics come to.

#[cfg(test)]
mod coverage;
#[cfg(test)]
mod figures;
#[cfg(test)]
mod metrics;
#[cfg(test)]
mod periods;

#[cfg(test)]
use std::{fs, path::Path, sync::LazyLock};

#[cfg(test)]
use kefu_domain::pack::{self, Library, PackSource};

/// The packs that come with the program, or those of the folder that `KEFU_PACKS_DIR` names.
#[cfg(test)]
static LIBRARY: LazyLock<Library> = LazyLock::new(|| {
    let loaded = match std::env::var("KEFU_PACKS_DIR") {
        Ok(dir) => pack::load(&folders(Path::new(&dir))),
        Err(_) => pack::load_shipped(&pack::shipped_codes()),
    };
    loaded.unwrap_or_else(|faults| {
        let lines: Vec<_> = faults.iter().map(ToString::to_string).collect();
        panic!("{}", lines.join("\n"))
    })
});

#[cfg(test)]
fn folders(dir: &Path) -> Vec<PackSource> {
    let packs = fs::read_dir(dir).unwrap().map(|it| it.unwrap().path());
    let packs = packs.filter(|it| it.join("pack.toml").is_file());
    packs.map(|it| source(&it)).collect()
}

#[cfg(test)]
fn source(dir: &Path) -> PackSource {
    let mut files = Vec::new();
    for folder in [dir.to_owned(), dir.join("procedures")] {
        let entries = fs::read_dir(&folder).into_iter().flatten().map(|it| it.unwrap().path());
        for path in entries.filter(|it| it.extension().is_some_and(|it| it == "toml")) {
            let name = path.strip_prefix(dir).unwrap().to_str().unwrap().to_owned();
            files.push((name, fs::read_to_string(path).unwrap()));
        }
    }
    let files: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    pack::read(&files).unwrap_or_else(|faults| panic!("{faults:#?}"))
}
