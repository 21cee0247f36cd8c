//! Compares the operations no test exercised with the committed list.
//!
//! `uncovered <coverage file>` reads the lines the harness wrote there (`KEFU_COVERAGE_FILE`), takes
//! them off the operations of the published description, and fails unless what is left is exactly
//! `tests/uncovered-operations.txt`. `--write` writes that file instead.
#![expect(clippy::expect_used, reason = "a broken set-up has nobody to handle it")]

use std::collections::BTreeSet;
use std::io::Write as _;
use std::process::ExitCode;

use kefu_tests::operations;

const LIST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/uncovered-operations.txt");

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let file = args.next().expect("usage: uncovered <coverage file> [--write]");
    let covered = std::fs::read_to_string(&file).unwrap_or_default();
    let covered: BTreeSet<_> = covered.lines().collect();
    let all: BTreeSet<_> =
        operations().iter().map(|it| format!("{} {}", it.method, it.path)).collect();
    let left: BTreeSet<_> =
        all.iter().map(String::as_str).filter(|it| !covered.contains(it)).collect();
    if args.next().as_deref() == Some("--write") {
        let text: Vec<_> = left.iter().map(|it| [it, "\n"].concat()).collect();
        std::fs::write(LIST, text.concat()).expect("the list can be written");
    }
    let listed = std::fs::read_to_string(LIST).expect("the list is committed");
    let listed: BTreeSet<_> = listed.lines().collect();

    let mut out = std::io::stdout().lock();
    for operation in left.difference(&listed) {
        writeln!(out, "no test exercises {operation}").expect("standard output");
    }
    for operation in listed.difference(&left) {
        writeln!(out, "{operation} is listed as not exercised, and is").expect("standard output");
    }
    let (passed, failed) = (all.len() - left.len(), left.symmetric_difference(&listed).count());
    writeln!(out, "check result: {passed} passed; {failed} failed; {} ignored", listed.len())
        .expect("standard output");
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
