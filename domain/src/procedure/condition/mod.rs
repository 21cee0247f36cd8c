//! Conditions: CEL expressions over a case and what surrounds it.
//!
//! **A value that is not there is null, and null is never an error.** A member that is absent reads
//! as null; null equals nothing but null; ordering against it is false; arithmetic with it is null;
//! it contains nothing and has size 0; where a yes or no is wanted it counts as no. So
//! `!child.fields.satisfied` holds and `child.fields.satisfied` does not while nobody has said
//! whether the customer is satisfied. `has(x.y)` asks whether a value is there.

mod calls;
mod check;
mod evaluate;
mod limits;
mod lower;
mod scope;
mod types;
mod values;

use std::collections::BTreeSet;

use cel::IdedExpr;
use serde_json::Value;

pub use check::Wants;
pub use scope::Scope;
pub use types::{Type, Types};

use crate::text::Text;

/// A CEL expression, parsed once.
pub struct Condition {
    source: String,
    written: IdedExpr,
    lowered: IdedExpr,
    free: BTreeSet<String>,
}

impl std::fmt::Debug for Condition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Condition").field(&self.source).finish()
    }
}

impl Condition {
    /// Parses an expression. It is not checked against anything yet: see [`Condition::check`].
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn parse(source: &str) -> Result<Self, String> {
        limits::check(source)?;
        let written = cel::parser::Parser::new().parse(source).map_err(|errors| {
            let words: Vec<_> = errors.errors.iter().map(|it| it.msg.as_str()).collect();
            words.join("; ")
        })?;
        lower::refuse_unsupported(&written)?;
        let mut free = BTreeSet::new();
        lower::free_variables(&written, &mut Vec::new(), &mut free);
        let lowered = lower::lower(written.clone());
        Ok(Self { source: source.to_owned(), written, lowered, free })
    }

    /// As it was written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whether it reads this variable: `customer`, `children`.
    pub fn uses(&self, variable: &str) -> bool {
        self.free.contains(variable)
    }

    /// Whether it holds. Null counts as no.
    ///
    /// # Errors
    /// What went wrong: a value of another type than the check could know, an index out of range.
    pub fn holds(&self, scope: &Scope<'_>) -> Result<bool, String> {
        match evaluate::run(&self.lowered, scope)? {
            Value::Bool(answer) => Ok(answer),
            Value::Null => Ok(false),
            other => Err(format!("`{}` is {other}, neither true nor false", self.source)),
        }
    }

    /// What it comes to.
    ///
    /// # Errors
    /// What went wrong, as [`Condition::holds`].
    pub fn value(&self, scope: &Scope<'_>) -> Result<Value, String> {
        evaluate::run(&self.lowered, scope)
    }

    /// Every fault a look at the expression alone can find: `(code, words)`.
    pub fn check(&self, types: &Types, wants: Wants) -> Vec<(&'static str, Text)> {
        check::check(&self.written, types, wants)
    }
}
