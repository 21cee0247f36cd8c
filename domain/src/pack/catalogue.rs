//! The catalogue: every rule of the regulations as a fact (id, area, kind, whether a test can check it,
//! its numbers), without its sentence. What the packs carry out is held against it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::shipped::file;

/// A rule of the regulations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// The id of its clause.
    pub id: &'static str,
    /// What it is about: `complaint`.
    pub area: &'static str,
    /// What kind of rule it is: `sla`, `policy`, …
    pub kind: &'static str,
    /// Whether a test can check that it is kept.
    pub testable: Testable,
    /// Its numbers, as the catalogue words them: `24 hours`, `>=95%`.
    pub numbers: Vec<String>,
}

/// Whether a test can check that a rule is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Testable {
    /// It can.
    Yes,
    /// Some of it.
    Partly,
    /// A smile, a tone of voice: it cannot.
    No,
}

/// Every rule, by id.
pub fn catalogue() -> &'static BTreeMap<&'static str, Rule> {
    static CATALOGUE: LazyLock<BTreeMap<&'static str, Rule>> = LazyLock::new(|| {
        let lines = file("catalogue.csv").unwrap_or_default().lines().skip(1);
        lines.filter_map(rule).map(|it| (it.id, it)).collect()
    });
    &CATALOGUE
}

/// `R-000-012,intake,sla,yes,"24 hours; 3 rings"`: only the last column may be in quotes.
fn rule(line: &'static str) -> Option<Rule> {
    let mut columns = line.splitn(5, ',');
    let (id, area, kind) = (columns.next()?, columns.next()?, columns.next()?);
    let testable = match columns.next()? {
        "yes" => Testable::Yes,
        "partly" => Testable::Partly,
        "no" => Testable::No,
        _ => return None,
    };
    let numbers = columns.next()?;
    let quoted = numbers.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
    let numbers = quoted.map_or_else(|| numbers.to_owned(), |it| it.replace("\"\"", "\""));
    let numbers = numbers.split("; ").filter(|it| !it.is_empty()).map(str::to_owned).collect();
    Some(Rule { id, area, kind, testable, numbers })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_catalogue_is_a_rule() {
        let lines = file("catalogue.csv").unwrap().lines().count();
        assert_eq!((catalogue().len(), lines), (1_647, 1_648));
        let testable = catalogue().values().filter(|it| it.testable == Testable::Yes).count();
        assert_eq!(testable, 1_079);
        let figures = catalogue().values().filter(|it| !it.numbers.is_empty()).count();
        assert_eq!(figures, 307);
    }

    #[test]
    fn numbers_are_apart_also_where_they_hold_commas() {
        assert_eq!(
            catalogue().get("R-001-148").unwrap().numbers,
            ["daily, after the daily meeting"]
        );
    }
}
