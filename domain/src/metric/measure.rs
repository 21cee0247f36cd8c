//! What a metric comes to: each case weighed by its expressions, the weights summed up exactly.
//!
//! **Invariant.** Nothing is counted in floating point, and a target is held against the exact figure,
//! not against the one that is shown.

use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::{Value, json};

use super::{Aggregate, Definition};
use crate::Timestamp;
use crate::case::{Case, ClockState};
use crate::procedure::{Condition, Scope};

/// A metric, ready to be measured.
#[derive(Debug)]
pub struct Metric {
    /// As written.
    pub definition: Definition,
    among: Option<Condition>,
    counts: Option<Condition>,
    value: Option<Condition>,
}

/// What one case counts for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// Nothing: it is not among those the metric is about.
    None,
    /// It is among them, and does not count.
    Among,
    /// It counts: for one, or for its value.
    Counts(Decimal),
}

/// What the cases of a period come to so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sum {
    among: u64,
    counted: u64,
    total: Decimal,
}

/// What a metric comes to in a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figure {
    /// What is above the line.
    pub numerator: Decimal,
    /// What is below; a number of cases and a sum have no line.
    pub denominator: Option<Decimal>,
    /// The figure, a rate in per cent; `None`: there is nothing to divide by.
    pub value: Option<Decimal>,
    /// Whether it is what it is to be; `None` without a target or a figure.
    pub met: Option<bool>,
}

impl Metric {
    /// Parses the expressions of a definition.
    ///
    /// # Errors
    /// What is wrong with one of them. [`super::check()`] says more, and where.
    pub fn new(definition: Definition) -> Result<Self, String> {
        let parsed = |source: &Option<String>| source.as_deref().map(Condition::parse).transpose();
        let (among, counts) = (parsed(&definition.among)?, parsed(&definition.counts)?);
        let value = parsed(&definition.value)?;
        Ok(Self { definition, among, counts, value })
    }

    /// What a case counts for.
    ///
    /// # Errors
    /// What went wrong with an expression: the case cannot be counted.
    pub fn weigh(&self, case: &Case, now: Timestamp) -> Result<Weight, String> {
        let case = seen(case);
        let nobody = |_: &str| false;
        let scope = Scope {
            case: &case,
            actor_id: None,
            has: &nobody,
            customer: None,
            site: None,
            children: &[],
            child: None,
            item: None,
            input: None,
            now,
        };
        if let Some(among) = &self.among
            && !among.holds(&scope)?
        {
            return Ok(Weight::None);
        }
        if let Some(counts) = &self.counts {
            let counts = counts.holds(&scope)?;
            return Ok(if counts { Weight::Counts(Decimal::ONE) } else { Weight::Among });
        }
        let Some(value) = &self.value else { return Ok(Weight::Counts(Decimal::ONE)) };
        match value.value(&scope)? {
            Value::Null => Ok(Weight::Among),
            found => decimal(&found).map(Weight::Counts),
        }
    }

    /// What the weights come to.
    pub fn figure(&self, sum: &Sum) -> Figure {
        let (counted, among) = (Decimal::from(sum.counted), Decimal::from(sum.among));
        let (numerator, denominator) = match (&self.counts, self.definition.aggregate) {
            (Some(_), _) => (counted, Some(among)),
            (None, Some(Aggregate::Avg)) => (sum.total, Some(counted)),
            (None, Some(Aggregate::Sum)) => (sum.total, None),
            (None, None) if self.value.is_some() => (sum.total, None),
            (None, None) => (counted, None),
        };
        let value = match denominator {
            Some(below) if self.counts.is_some() => per_cent(numerator, below),
            Some(below) => numerator.checked_div(below).map(shown),
            None => Some(numerator.normalize()),
        };
        let target = self.definition.target.as_ref().filter(|_| value.is_some());
        let factor = if self.counts.is_some() { Decimal::ONE_HUNDRED } else { Decimal::ONE };
        let met = target.and_then(|it| {
            let above = numerator.checked_mul(factor)?;
            let bound = it.bound.checked_mul(denominator.unwrap_or(Decimal::ONE))?;
            Some(it.sign.holds(above, bound))
        });
        Figure { numerator: numerator.normalize(), denominator, value, met }
    }
}

impl Sum {
    /// Counts a case in.
    ///
    /// # Errors
    /// The sum has more digits than can be kept: the case is left out.
    pub fn add(&mut self, weight: Weight) -> Result<(), String> {
        let Weight::Counts(value) = weight else {
            self.among += u64::from(weight == Weight::Among);
            return Ok(());
        };
        let total = self.total.checked_add(value);
        self.total = total.ok_or_else(|| format!("{} + {value} is too large", self.total))?;
        self.among += 1;
        self.counted += 1;
        Ok(())
    }
}

/// So many of so many in per cent, as it is shown; `None` of none.
pub fn per_cent(part: Decimal, of: Decimal) -> Option<Decimal> {
    part.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(of).map(shown)
}

/// Four places, the last one rounded as at school, and no zeros at the end.
fn shown(figure: Decimal) -> Decimal {
    figure.round_dp_with_strategy(4, RoundingStrategy::MidpointAwayFromZero).normalize()
}

/// A number exactly as it is written, also where it is text (the amount of a sum of money).
fn decimal(value: &Value) -> Result<Decimal, String> {
    let text = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        other => return Err(format!("{other} is no number")),
    };
    let read = text.parse().or_else(|_fraction| Decimal::from_scientific(&text));
    read.map_err(|_not_a_number| format!("`{text}` is no number that can be summed up"))
}

/// A case as a metric's expressions see it.
fn seen(case: &Case) -> Value {
    let late = case.promises().filter(|it| match it.state {
        ClockState::Breached | ClockState::MetLate => true,
        ClockState::Running | ClockState::Paused => it.breached_at.is_some(),
        ClockState::Met | ClockState::Cancelled => false,
    });
    json!({
        "id": case.id,
        "number": case.number,
        "procedure": case.procedure,
        "state": case.state,
        "priority": case.priority.as_str(),
        "channel": case.channel.as_str(),
        "kind": case.kind.as_str(),
        "opened_at": case.opened_at,
        "closed_at": case.closed_at,
        "urged": case.urged,
        "late": late.map(|it| it.code.as_str()).collect::<Vec<_>>(),
        "fields": case.fields,
    })
}
