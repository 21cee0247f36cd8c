//! The binary under test, and running one of its commands to the end.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use crate::Database;

/// What a command left behind.
#[derive(Debug)]
pub struct Outcome {
    /// The exit status; `None` when a signal ended it.
    pub code: Option<i32>,
    /// All of standard output.
    pub stdout: String,
    /// All of standard error.
    pub stderr: String,
}

impl Outcome {
    /// Both streams, for a look that does not care which of them said it.
    pub fn text(&self) -> String {
        format!("{}\n{}", self.stdout, self.stderr)
    }

    /// This outcome, if it succeeded.
    #[track_caller]
    #[must_use]
    pub fn succeeded(self) -> Self {
        assert_eq!(self.code, Some(0), "expected success\n{}", self.text());
        self
    }

    /// This outcome, if it failed the way a program fails that knows what it does: no crash.
    #[track_caller]
    #[must_use]
    pub fn failed(self) -> Self {
        assert!(matches!(self.code, Some(1..=100)), "expected failure: {self:?}");
        assert!(!self.text().contains("panicked at"), "it crashed: {self:?}");
        self
    }
}

/// Runs `kefu <args>` to its end on `database`, when it needs one.
#[track_caller]
pub fn kefu(database: Option<&Database>, args: &[&str]) -> Outcome {
    let mut command = command();
    command.args(args).stdin(Stdio::null());
    if let Some(database) = database {
        command.env("DATABASE_URL", database.url()).env("KEFU_DATA_DIR", database.dir());
    }
    let output = command.output().expect("the binary runs");
    Outcome {
        code: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// A command that starts the binary with none of the caller's kefu settings.
pub(crate) fn command() -> Command {
    let mut command = Command::new(path());
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("KEFU_") || text.starts_with("DATABASE_") {
            command.env_remove(name);
        }
    }
    command.current_dir(std::env::temp_dir());
    command
}

/// `KEFU_BIN`, or the binary beside the tests, built now if nobody built it yet.
fn path() -> &'static Path {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    PATH.get_or_init(|| {
        if let Some(path) = std::env::var_os("KEFU_BIN") {
            return PathBuf::from(path).canonicalize().expect("KEFU_BIN names a file");
        }
        let exe = std::env::current_exe().expect("a running test has a path");
        let profile = exe.ancestors().nth(2).expect("tests run from target/<profile>/deps");
        let path = profile.join("kefu");
        if !path.exists() {
            build(profile.ends_with("release"));
        }
        path
    })
}

fn build(release: bool) {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "-p", "kefu-api", "--bin", "kefu"]);
    cargo.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    if release {
        cargo.arg("--release");
    }
    assert!(cargo.status().expect("cargo runs").success(), "kefu does not build");
}
