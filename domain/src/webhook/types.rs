//! Which events somebody asks for: `case.opened`, or all of a kind: `case.*`.

/// Whether `pattern` names an event type, or all types of one kind of thing.
pub fn is_pattern(pattern: &str) -> bool {
    let word = |it: &str| {
        let first = it.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase());
        let rest = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        first && it.bytes().all(rest)
    };
    match pattern.split_once('.') {
        Some((kind, "*")) => word(kind),
        Some((kind, what)) => word(kind) && word(what),
        None => false,
    }
}

/// Whether an event of that type is among those asked for. Who names none asks for all.
pub fn matches<T: AsRef<str>>(patterns: &[T], kind: &str) -> bool {
    let one = |pattern: &T| {
        let pattern = pattern.as_ref();
        match pattern.strip_suffix('*') {
            Some(start) => kind.starts_with(start),
            None => kind == pattern,
        }
    };
    patterns.is_empty() || patterns.iter().any(one)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_a_type_or_everything_of_a_kind() {
        for good in ["case.opened", "case.*", "customer.deleted", "api_key.revoked"] {
            assert!(is_pattern(good), "{good}");
        }
        for bad in
            ["", "*", "case", "case.", ".opened", "case.op*", "Case.opened", "case.a.b", "case.%"]
        {
            assert!(!is_pattern(bad), "{bad}");
        }
    }

    #[test]
    fn a_kind_does_not_match_one_that_begins_like_it() {
        assert!(matches(&["case.*"], "case.opened"));
        assert!(!matches(&["case.*"], "casework.opened"));
        assert!(!matches(&["case.opened"], "case.opened_again"));
        assert!(matches(&["case.closed", "asset.*"], "asset.deleted"));
        assert!(matches::<&str>(&[], "anything.at_all"));
    }
}
