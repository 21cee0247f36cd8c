//! Waiting for what other threads, nodes or seconds bring.

use std::thread;
use std::time::{Duration, Instant};

/// Asks until the answer is yes; panics after half a minute.
#[track_caller]
pub fn wait_until(what: &str, mut reached: impl FnMut() -> bool) {
    let since = Instant::now();
    while !reached() {
        assert!(since.elapsed() < Duration::from_secs(30), "{what}: never");
        thread::sleep(Duration::from_millis(50));
    }
}
