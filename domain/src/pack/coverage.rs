//! Which rules are carried out, by what; which wait for a ledger; which nobody can test.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::catalogue::{Rule, Testable};
use super::{Enforcer, Library};

/// The ledgers a clause may await.
pub const LEDGERS: &[&str] = &[
    "billing",
    "surveys",
    "workforce",
    "training",
    "knowledge",
    "materials",
    "membership",
    "archive",
    "commission",
    "roster",
];

/// How it stands with a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Something carries it out, and it awaits nothing.
    Executed,
    /// A ledger that is not built yet is to do the arithmetic; the work itself is recorded and timed.
    Awaits,
    /// No test can check it whole, and nothing carries it out.
    NotTestable,
    /// A test can check it, and nothing carries it out.
    Missing,
}

impl Status {
    /// The word used in reports and in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Executed => "executed",
            Self::Awaits => "awaits",
            Self::NotTestable => "not_testable",
            Self::Missing => "missing",
        }
    }
}

/// A rule, and what carries it out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Covered {
    /// The clause.
    pub id: String,
    /// What it is about.
    pub area: String,
    /// How it stands.
    pub status: Status,
    /// What carries it out.
    pub by: Vec<Enforcer>,
    /// The ledger it waits for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub awaits: Option<String>,
}

impl Library {
    /// How it stands with one clause, or with a rule of the catalogue that is no clause of any pack.
    pub fn covered(&self, id: &str, rule: Option<&Rule>) -> Covered {
        let clause = self.clauses.get(id);
        let by = self.enforcers.get(id).cloned().unwrap_or_default();
        let awaits = clause.and_then(|it| it.awaits.clone());
        let status = match (&awaits, rule) {
            (Some(_), _) => Status::Awaits,
            (None, _) if !by.is_empty() => Status::Executed,
            (None, Some(rule)) if rule.testable != Testable::Yes => Status::NotTestable,
            (None, _) => Status::Missing,
        };
        let area = rule.map(|it| it.area.to_owned());
        let area = area.or_else(|| clause.map(|it| it.area.clone())).unwrap_or_default();
        Covered { id: id.to_owned(), area, status, by, awaits }
    }
}

/// Every rule of the catalogue and every clause of the packs, by id.
pub fn coverage(library: &Library, rules: &BTreeMap<&'static str, Rule>) -> Vec<Covered> {
    let ids: BTreeSet<&str> =
        rules.keys().copied().chain(library.clauses.keys().map(String::as_str)).collect();
    ids.into_iter().map(|id| library.covered(id, rules.get(id))).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{catalogue, load, read};
    use super::*;

    const CLAUSES: &str = "
        [[clauses]]
        id = 'R-000-001'
        zh = '一'
        en = 'One'
        by = ['kernel:log']

        [[clauses]]
        id = 'R-000-002'
        zh = '二'
        en = 'Two'
        by = ['kernel:log']
        awaits = 'billing'

        [[clauses]]
        id = 'X-1'
        zh = '三'
        en = 'Three'
        area = 'other'
    ";

    #[test]
    fn a_rule_is_executed_awaits_cannot_be_tested_or_is_missing() {
        let pack = "code = 'one'\ntitle = { zh = '一', en = 'One' }\n";
        let source = read(&[("pack.toml", pack), ("clauses.toml", CLAUSES)]).unwrap();
        let library = load(&[source]).unwrap();
        let found = coverage(&library, catalogue());
        let of = |id: &str| found.iter().find(|it| it.id == id).unwrap();
        assert_eq!(of("R-000-001").status, Status::Executed);
        assert_eq!(of("R-000-001").area, "intake");
        let awaits = of("R-000-002");
        assert_eq!((awaits.status, awaits.awaits.as_deref()), (Status::Awaits, Some("billing")));
        assert_eq!(of("R-000-003").status, Status::Missing, "it can be tested");
        assert_eq!(of("R-000-065").status, Status::NotTestable);
        assert_eq!((of("X-1").status, of("X-1").area.as_str()), (Status::Missing, "other"));
        assert_eq!(found.len(), catalogue().len() + 1);
        let json = serde_json::to_value(awaits).unwrap();
        let said = serde_json::json!({ "id": "R-000-002", "area": awaits.area, "status": "awaits",
                                       "by": ["kernel:log"], "awaits": "billing" });
        assert_eq!(json, said);
    }
}
