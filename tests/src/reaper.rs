//! A small shell that outlives the test process by a moment and cleans up behind it.
//!
//! Servers shared by all tests of a binary live in a `static`, and statics are never dropped. The
//! shell reads lines from a pipe; when the test process ends, however it ends, the pipe closes and
//! the shell stops what is still registered.

use std::io::Write as _;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Mutex, OnceLock};

const SCRIPT: &str = r#"
trap '' INT TERM HUP
pids=" " dirs=""
while read -r word value; do
    case $word in
        run) pids="$pids$value " ;;
        end) pids=$(printf '%s' "$pids" | sed "s/ $value / /") ;;
        dir) dirs="$dirs $value" ;;
    esac
done
for pid in $pids; do kill -9 "$pid" 2>/dev/null; done
for dir in $dirs; do rm -rf "$dir"; done
"#;

struct Reaper {
    _shell: Child,
    pipe: Mutex<ChildStdin>,
}

fn say(word: &str, value: &str) {
    static REAPER: OnceLock<Reaper> = OnceLock::new();
    let reaper = REAPER.get_or_init(|| {
        let mut shell = Command::new("sh")
            .args(["-c", SCRIPT])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("a POSIX shell is on the path");
        let pipe = Mutex::new(shell.stdin.take().expect("stdin is piped"));
        Reaper { _shell: shell, pipe }
    });
    let mut pipe = reaper.pipe.lock().expect("no writer panics");
    writeln!(pipe, "{word} {value}").expect("the shell reads until this process ends");
}

/// Process `pid` is to be killed when this process ends.
pub(crate) fn started(pid: u32) {
    say("run", &pid.to_string());
}

/// Process `pid` has ended and was waited for; its number may belong to somebody else by now.
pub(crate) fn ended(pid: u32) {
    say("end", &pid.to_string());
}

/// The directory is to be removed when this process ends.
pub(crate) fn temporary(dir: &Path) {
    say("dir", &dir.display().to_string());
}
