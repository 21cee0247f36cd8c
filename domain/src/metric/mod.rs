//! Metrics (指标): a numerator, a denominator, a target.

mod check;
mod definition;
mod measure;
mod period;

pub use check::check;
pub use definition::{Aggregate, Definition, Over, Period, Sign, Target};
pub use measure::{Figure, Metric, Sum, Weight, per_cent};
pub use period::{Stretch, how_many, stretches};
