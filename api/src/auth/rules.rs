//! Which passwords are too easy to guess: the common ones, those made of one by adding digits, and
//! those made of the user name. How long one must be, the published schema says.

use std::sync::LazyLock;

use kefu_domain::fault::Fault;
use kefu_domain::text::Text;

/// Common passwords in lower case, sorted, one a line. Where they are from: `common.md` beside it.
const COMMON: &str = include_str!("common.txt");

static LIST: LazyLock<Vec<&str>> = LazyLock::new(|| COMMON.lines().collect());

/// A common word with less than this around it is still a common password.
const PADDING: usize = 10;

/// What a password must have beyond the user name.
const ENOUGH: usize = 6;

/// Why a password is too easy.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Weakness {
    /// It is one of the first that anybody would try, or one with digits and signs around it.
    Common,
    /// It is little more than the user name.
    Username,
}

/// What is wrong with a password for that user; nothing, usually.
pub fn weakness(password: &str, username: &str) -> Option<Weakness> {
    let password = password.to_lowercase();
    let username = username.to_lowercase();
    let length = |text: &str| text.chars().count();
    if length(&username) >= 3 && length(&password.replace(&username, "")) < ENOUGH
        || password == username
    {
        return Some(Weakness::Username);
    }
    let word = password.trim_matches(|it: char| !it.is_alphabetic());
    let added = length(&password) - length(word);
    let padded = !word.is_empty() && added < PADDING && is_common(word);
    (is_common(&password) || padded || is_monotonous(&password)).then_some(Weakness::Common)
}

fn is_common(password: &str) -> bool {
    LIST.binary_search(&password).is_ok()
}

/// Of three characters or fewer, however often.
fn is_monotonous(password: &str) -> bool {
    let mut seen: Vec<char> = password.chars().collect();
    seen.sort_unstable();
    seen.dedup();
    seen.len() <= 3
}

impl Weakness {
    /// The same as a fault of the member at `pointer`.
    pub fn fault(self, pointer: &str) -> Fault {
        let (code, detail) = match self {
            Self::Common => (
                "common_password",
                Text::new(
                    "此密码过于常见，或只是在常见密码前后加了数字或符号。",
                    "This password is a common one, or a common one with digits or signs around it.",
                ),
            ),
            Self::Username => (
                "contains_username",
                Text::new(
                    "密码不能由用户名构成。",
                    "The password must be more than the user name.",
                ),
            ),
        };
        Fault::new(pointer, code, detail)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_long_sorted_and_in_lower_case() {
        assert!(LIST.len() >= 1_000, "{}", LIST.len());
        assert!(LIST.is_sorted(), "or it cannot be searched");
        assert!(LIST.iter().all(|it| it.to_lowercase() == *it && !it.is_empty()));
    }

    #[test]
    fn what_is_easy_to_guess_is_named() {
        for common in [
            "1234567890",
            "Password123",
            "qwertyuiop",
            "!!password1!",
            "1111111111",
            "abcabcabcabc",
        ] {
            assert_eq!(weakness(common, "lilei"), Some(Weakness::Common), "{common}");
        }
        for own in ["LiLei-lilei", "lilei12345", "lilei"] {
            assert_eq!(weakness(own, "lilei"), Some(Weakness::Username), "{own}");
        }
        for good in [
            "correct horse battery staple",
            "a long enough passphrase 7",
            "客服中心的门在二楼左手",
            "k7#vQz!m2Lp9",
        ] {
            assert_eq!(weakness(good, "lilei"), None, "{good}");
        }
        assert_eq!(weakness("a better phrase", "a"), None, "a short name is in everything");
    }
}
