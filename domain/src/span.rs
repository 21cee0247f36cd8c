//! A span: how long a promise lasts, as a regulation writes it: `30m`, `72h`, `7d`, `2w`, `1M`,
//! `90wm`, `4wh`, `3wd` (DESIGN §4.1). What a span means on a calendar is in `calendar`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A count of one unit. Written without a sign, a space or a leading zero, so that text and value
/// are the same thing.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Span {
    /// How many; at most twenty years' worth of the unit, see [`Unit::most`].
    pub count: u32,
    /// Of what.
    pub unit: Unit,
}

/// What a span counts.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Unit {
    /// `m`: sixty elapsed seconds.
    Minute,
    /// `h`: sixty elapsed minutes.
    Hour,
    /// `d`: to the same local time of the next date.
    Day,
    /// `w`: seven dates.
    Week,
    /// `M`: to the same day of the next month, or that month's last.
    Month,
    /// `wm`: sixty seconds of working time.
    WorkingMinute,
    /// `wh`: sixty minutes of working time.
    WorkingHour,
    /// `wd`: to the close of the next working day.
    WorkingDay,
}

/// Why a text is not a span.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SpanError {
    /// Not a count and a unit.
    #[error(
        "`{0}` is not a span: write a whole number and a unit, one of m (minutes), h (hours), \
         d (days), w (weeks), M (months), wm (working minutes), wh (working hours), \
         wd (working days), as in 30m, 72h or 3wd"
    )]
    Malformed(String),
    /// More than twenty years of it.
    #[error("`{text}` is longer than twenty years: at most {most}{unit}")]
    TooLong {
        /// The text as given.
        text: String,
        /// The largest count of that unit.
        most: u32,
        /// The unit.
        unit: Unit,
    },
}

impl Unit {
    const ALL: [Unit; 8] = [
        Unit::Minute,
        Unit::Hour,
        Unit::Day,
        Unit::Week,
        Unit::Month,
        Unit::WorkingMinute,
        Unit::WorkingHour,
        Unit::WorkingDay,
    ];

    /// The letters a span ends in.
    pub fn symbol(self) -> &'static str {
        match self {
            Unit::Minute => "m",
            Unit::Hour => "h",
            Unit::Day => "d",
            Unit::Week => "w",
            Unit::Month => "M",
            Unit::WorkingMinute => "wm",
            Unit::WorkingHour => "wh",
            Unit::WorkingDay => "wd",
        }
    }

    /// The largest count a span may have: twenty years (7,305 days) of the unit, so that no
    /// arithmetic on a span can overflow and no search for its end is long.
    pub fn most(self) -> u32 {
        match self {
            Unit::Minute | Unit::WorkingMinute => 7_305 * 24 * 60,
            Unit::Hour | Unit::WorkingHour => 7_305 * 24,
            Unit::Day | Unit::WorkingDay => 7_305,
            Unit::Week => 7_305 / 7,
            Unit::Month => 240,
        }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.symbol())
    }
}

impl Span {
    /// No time at all: `0m`.
    pub const ZERO: Span = Span { count: 0, unit: Unit::Minute };

    /// A span of `count` units, or an error when it is over twenty years.
    pub fn new(count: u32, unit: Unit) -> Result<Span, SpanError> {
        if count > unit.most() {
            let text = format!("{count}{unit}");
            return Err(SpanError::TooLong { text, most: unit.most(), unit });
        }
        Ok(Span { count, unit })
    }

    /// Whether it is counted in working time (`wm`, `wh`, `wd`), and so needs a calendar that
    /// opens.
    pub fn is_working(self) -> bool {
        match self.unit {
            Unit::WorkingMinute | Unit::WorkingHour | Unit::WorkingDay => true,
            Unit::Minute | Unit::Hour | Unit::Day | Unit::Week | Unit::Month => false,
        }
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.count, self.unit)
    }
}

impl FromStr for Span {
    type Err = SpanError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let malformed = || SpanError::Malformed(text.chars().take(40).collect());
        let letters = text.trim_start_matches(|c: char| c.is_ascii_digit());
        let digits = text.strip_suffix(letters).unwrap_or_default();
        let unit = Unit::ALL.into_iter().find(|unit| unit.symbol() == letters);
        let unit = unit.ok_or_else(malformed)?;
        if digits.is_empty() || (digits.len() > 1 && digits.starts_with('0')) {
            return Err(malformed());
        }
        match digits.parse().ok().filter(|count| *count <= unit.most()) {
            Some(count) => Ok(Span { count, unit }),
            None => Err(SpanError::TooLong {
                text: text.chars().take(40).collect(),
                most: unit.most(),
                unit,
            }),
        }
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_unit_round_trips() {
        for text in ["30m", "72h", "7d", "2w", "1M", "90wm", "4wh", "3wd", "0wd", "240M", "1043w"] {
            assert_eq!(text.parse::<Span>().unwrap().to_string(), text);
            let json = serde_json::to_string(&text.parse::<Span>().unwrap()).unwrap();
            assert_eq!(json, format!("\"{text}\""));
            assert_eq!(serde_json::from_str::<Span>(&json).unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_no_span_says_what_a_span_is() {
        for text in ["", "3", "wd", "-1d", "+1d", "1.5h", " 3d", "3 d", "3D", "03d", "3wM", "三d"]
        {
            let error = text.parse::<Span>().unwrap_err();
            assert_eq!(error, SpanError::Malformed(text.to_owned()));
            assert!(error.to_string().contains("wd (working days)"), "{error}");
        }
    }

    #[test]
    fn more_than_twenty_years_is_refused() {
        for text in ["7306d", "7306wd", "241M", "1044w", "175321wh", "10519201m", "99999999999h"] {
            let error = text.parse::<Span>().unwrap_err();
            assert!(matches!(error, SpanError::TooLong { .. }), "{error}");
        }
        assert_eq!(
            "241M".parse::<Span>().unwrap_err().to_string(),
            "`241M` is longer than twenty years: at most 240M"
        );
    }
}
