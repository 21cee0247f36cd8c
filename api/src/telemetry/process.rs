//! What the process itself uses, and what its disk has left.

use std::path::Path;

/// Memory, threads and open files, as the kernel tells them; all nought where it does not.
#[derive(Clone, Copy, Debug, Default)]
pub struct Process {
    /// Bytes of memory held.
    pub resident: u64,
    /// Threads.
    pub threads: u64,
    /// Files, sockets and pipes that are open.
    pub open_files: u64,
}

impl Process {
    /// Asks the kernel.
    pub fn now() -> Self {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let number = |name: &str| {
            let line = status.lines().find_map(|it| it.strip_prefix(name));
            let digits = line.and_then(|it| it.split_whitespace().next());
            digits.and_then(|it| it.parse::<u64>().ok()).unwrap_or_default()
        };
        let files = std::fs::read_dir("/proc/self/fd").map_or(0, Iterator::count);
        Self {
            resident: number("VmRSS:").saturating_mul(1024),
            threads: number("Threads:"),
            open_files: u64::try_from(files).unwrap_or_default(),
        }
    }
}

/// Bytes that are free for this user where `path` is; none where that cannot be told.
pub fn free_bytes(path: &Path) -> Option<u64> {
    let there = path.ancestors().find(|it| it.exists()).unwrap_or(Path::new("."));
    let there = if there.as_os_str().is_empty() { Path::new(".") } else { there };
    let disk = rustix::fs::statvfs(there).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_knows_what_it_uses() {
        let now = Process::now();
        assert!(now.resident > 100_000 && now.threads > 0 && now.open_files > 2, "{now:?}");
        assert!(free_bytes(Path::new("not/there/yet")).is_some_and(|it| it > 0));
    }
}
