//! A metric as it is written in `metrics.toml`.

use std::str::FromStr;

use rust_decimal::Decimal;
use serde::de::Error;
use serde::{Deserialize, Serialize};

use crate::text::Text;

/// A figure over cases, and what it is to be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// What files and the API call it: `mall_complaint_satisfaction`.
    pub code: String,
    /// What people call it.
    pub title: Text,
    /// Over the cases of these procedures …
    pub procedures: Vec<String>,
    /// … closed or opened in the period.
    #[serde(default)]
    pub over: Over,
    /// How long the period is.
    pub period: Period,
    /// A CEL condition on one case: which cases count; all if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub among: Option<String>,
    /// A CEL condition on one case: the numerator of a rate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counts: Option<String>,
    /// A CEL expression on one case: a number that is summed up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// How the numbers are summed up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aggregate: Option<Aggregate>,
    /// What it is to be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<Target>,
    /// Clauses it carries out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clauses: Vec<String>,
}

/// Which cases belong to a period.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Over {
    /// Those opened in it.
    Opened,
    /// Those closed in it.
    #[default]
    Closed,
}

/// How long the period of a metric is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// A local day.
    Day,
    /// A week from Monday.
    Week,
    /// A month of the calendar.
    Month,
    /// A quarter of the calendar.
    Quarter,
    /// A year of the calendar.
    Year,
}

/// How numbers are summed up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aggregate {
    /// Their mean.
    Avg,
    /// Their sum.
    Sum,
}

/// `>= 95%`, `< 2`: what a metric is to be. A per cent is kept as it is written: 95, not 0.95.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// How it compares.
    pub sign: Sign,
    /// With what.
    pub bound: Decimal,
    /// Whether it was written in per cent.
    pub percent: bool,
}

/// How a metric compares with its target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// `>=`
    AtLeast,
    /// `<=`
    AtMost,
    /// `>`
    Over,
    /// `<`
    Under,
    /// `=`
    Exactly,
}

const SIGNS: [(&str, Sign); 5] = [
    (">=", Sign::AtLeast),
    ("<=", Sign::AtMost),
    (">", Sign::Over),
    ("<", Sign::Under),
    ("=", Sign::Exactly),
];

impl Target {
    /// Whether a figure is what it is to be.
    pub fn met(&self, figure: Decimal) -> bool {
        self.sign.holds(figure, self.bound)
    }
}

impl Sign {
    /// Whether one number stands so to the other.
    pub fn holds(self, figure: Decimal, bound: Decimal) -> bool {
        match self {
            Self::AtLeast => figure >= bound,
            Self::AtMost => figure <= bound,
            Self::Over => figure > bound,
            Self::Under => figure < bound,
            Self::Exactly => figure == bound,
        }
    }
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = SIGNS.iter().find(|(_, it)| *it == self.sign).map_or("=", |(word, _)| word);
        write!(f, "{sign} {}{}", self.bound, if self.percent { "%" } else { "" })
    }
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no target: `>= 95%`, `<= 2`");
        let (rest, sign) = SIGNS
            .iter()
            .find_map(|(word, sign)| Some((text.trim().strip_prefix(word)?, *sign)))
            .ok_or_else(wrong)?;
        let rest = rest.trim();
        let (number, percent) = rest.strip_suffix('%').map_or((rest, false), |it| (it, true));
        let bound = number.trim().parse().map_err(|_not_a_number| wrong())?;
        Ok(Self { sign, bound, percent })
    }
}

impl Serialize for Target {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Target {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(Error::custom)
    }
}
