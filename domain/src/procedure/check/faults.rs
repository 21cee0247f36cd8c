//! Collecting what is wrong.

use crate::fault::Fault;
use crate::text::Text;

/// The faults found so far.
#[derive(Debug, Default)]
pub(super) struct Faults(Vec<Fault>);

impl Faults {
    pub(super) fn add(
        &mut self,
        pointer: impl Into<String>,
        code: &'static str,
        zh: impl Into<String>,
        en: impl Into<String>,
    ) {
        self.0.push(Fault::new(pointer, code, Text::new(zh, en)));
    }

    /// Takes over faults whose pointers start at `place`.
    pub(super) fn below(&mut self, place: &str, faults: Vec<Fault>) {
        self.0.extend(faults.into_iter().map(|mut it| {
            it.pointer.insert_str(0, place);
            it
        }));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn into_inner(self) -> Vec<Fault> {
        self.0
    }
}
