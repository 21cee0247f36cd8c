//! Which line of a file a JSON pointer leads to.

use std::collections::BTreeMap;

use crate::fault::Fault;

/// The lines of a file's members.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lines(BTreeMap<String, u32>);

impl Lines {
    pub(super) fn insert(&mut self, pointer: String, line: u32) {
        self.0.insert(pointer, line);
    }

    /// The line, from 1, of the member a pointer leads to, or of the nearest that is there.
    pub fn line(&self, pointer: &str) -> Option<u32> {
        let mut at = pointer;
        loop {
            if let Some(line) = self.0.get(at) {
                return Some(*line);
            }
            at = at.rsplit_once('/')?.0;
        }
    }

    /// Gives every fault its line, and puts them in the order of the file.
    pub fn locate(&self, faults: &mut [Fault]) {
        for fault in faults.iter_mut() {
            fault.line = fault.line.or_else(|| self.line(&fault.pointer));
        }
        faults.sort_by_key(|it| it.line);
    }
}
