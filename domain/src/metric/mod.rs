//! Metrics (指标): a numerator, a denominator, a target.

mod check;
mod definition;

pub use check::check;
pub use definition::{Aggregate, Definition, Over, Period, Target};
