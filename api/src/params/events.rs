//! The feed.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Where the feed goes on.
#[derive(Deserialize, IntoParams, Debug, Clone)]
#[into_params(parameter_in = Query)]
pub struct EventsQuery {
    /// The last position known: `next_position` of the last page; 0 is before the first event.
    #[param(minimum = 0, default = 0)]
    pub after: Option<i64>,
    /// At most so many.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<i64>,
    /// Only of these types, between commas: `case.opened,case.closed`; `case.*` is all of a kind.
    #[param(inline, max_items = 50, explode = false)]
    #[serde(default)]
    pub types: Vec<TypePattern>,
}

/// Where the stream begins.
#[derive(Deserialize, IntoParams, Debug, Clone)]
#[into_params(parameter_in = Query)]
pub struct StreamQuery {
    /// The last position known; 0 is before the first event. `Last-Event-ID` goes before it.
    #[param(minimum = 0, default = 0)]
    pub after: Option<i64>,
    /// Only of these types, between commas: `case.opened,case.closed`; `case.*` is all of a kind.
    #[param(inline, max_items = 50, explode = false)]
    #[serde(default)]
    pub types: Vec<TypePattern>,
}

/// Where a broken stream goes on.
#[derive(IntoParams, Debug)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "it stands for a header in the document")]
pub struct LastEventId {
    /// The `id` of the last message received.
    #[param(
        rename = "Last-Event-ID",
        nullable = false,
        pattern = "^[0-9]{1,18}$",
        example = "4711"
    )]
    id: Option<String>,
}

/// A type of events (`case.opened`), or all of a kind (`case.*`).
#[derive(Serialize, Deserialize, ToSchema, Debug, Clone, PartialEq, Eq)]
#[schema(pattern = r"^[a-z][a-z0-9_]*\.([a-z][a-z0-9_]*|\*)$", example = "case.*")]
pub struct TypePattern(pub String);

impl TypePattern {
    /// What they say.
    pub fn words(patterns: Vec<Self>) -> Vec<String> {
        patterns.into_iter().map(|it| it.0).collect()
    }
}

#[cfg(test)]
mod tests {
    use kefu_domain::webhook::is_pattern;

    use super::*;
    use crate::params::compiled;

    #[test]
    fn the_schema_of_a_pattern_says_what_the_domain_says() {
        let schema = compiled::<TypePattern>();
        for text in
            ["case.opened", "case.*", "a_1.b_2", "", "case", "case.", ".x", "*", "*.*", "Case.x"]
        {
            assert_eq!(schema.is_valid(&text.into()), is_pattern(text), "{text}");
        }
        for text in ["1a.b", "a.1b", "a.b.c", "a.b*", "a. b", "é.b", "_a.b", "a._b", "a.b\n"] {
            assert_eq!(schema.is_valid(&text.into()), is_pattern(text), "{text}");
        }
    }
}
