//! Temporary.
use super::Day;
impl Day {
    pub(crate) fn show(&self, name: &str, clauses: &[&str]) {
        for clause in clauses {
            eprintln!("SHOW {name} {clause} {:?}", self.compliance(clause));
        }
    }
}
