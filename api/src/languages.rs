//! No message is there in one language only. `Text` holds both, so none can be missing; what the
//! compiler does not see is a text that is empty, or in the wrong one of the two. That is read out of
//! the sources of the whole workspace.

use std::fs;
use std::path::Path;

use crate::problem::Code;

/// Calls whose last two arguments are the Chinese and the English words.
const CALLS: [&str; 8] = [
    "Text::new(",
    "Failure::invalid(",
    "faults.add(",
    "pair(",
    "unready(",
    "let (zh, en) = (",
    "add(",
    "permission(",
];

fn chinese(text: &str) -> bool {
    text.chars().any(|it| ('\u{4e00}'..='\u{9fff}').contains(&it))
}

/// Every source file of the crates that speak to people, but for their tests.
fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut open = ["domain/src", "api/src", "persistence/src"].map(|it| root.join(it)).to_vec();
    let mut found = Vec::new();
    while let Some(dir) = open.pop() {
        for entry in fs::read_dir(&dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|it| it == "rs")
                && !path.ends_with("languages.rs")
            {
                let text = fs::read_to_string(&path).unwrap();
                let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap().to_owned();
                found.push((path.display().to_string(), text));
            }
        }
    }
    found
}

/// The literals of each argument of a call whose text begins after its bracket.
fn arguments(text: &str) -> Vec<Vec<String>> {
    let (mut depth, mut all, mut literals) = (0, Vec::new(), Vec::new());
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            '"' => {
                let mut literal = String::new();
                while let Some(char) = chars.next().filter(|it| *it != '"') {
                    literal.push(char);
                    if char == '\\' {
                        literal.extend(chars.next());
                    }
                }
                literals.push(literal);
            }
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' if depth == 0 => break,
            ')' | ']' | '}' => depth -= 1,
            ',' if depth == 0 => all.push(std::mem::take(&mut literals)),
            '/' if chars.peek() == Some(&'/') => while chars.next_if(|it| *it != '\n').is_some() {},
            _ => {}
        }
    }
    all.push(literals);
    all
}

/// Whether there is anything to read but placeholders and punctuation.
fn says_something(literal: &str) -> bool {
    let mut depth = 0;
    literal.chars().any(|it| {
        depth += i32::from(it == '{') - i32::from(it == '}');
        depth == 0 && it.is_alphabetic()
    })
}

/// Whether each argument with Chinese in it is followed by one in English. Arguments without a
/// literal are variables, said elsewhere; a call without any Chinese speaks to nobody, unless it is
/// one of `two` texts that are not the same name.
fn is_said_in_both(said: &[String], two: bool) -> bool {
    let spoken = |it: &str| it.contains(' ') && says_something(it);
    if !said.iter().any(|it| chinese(it)) {
        return !(two && said.iter().any(|it| spoken(it)));
    }
    let pairs = said.iter().zip(said.iter().skip(1));
    let followed = pairs
        .clone()
        .all(|(zh, en)| !chinese(zh) || en.is_empty() || (says_something(en) && !chinese(en)));
    followed && !(two && said.first().is_some_and(|it| spoken(it) && !chinese(it)))
}

#[test]
fn every_message_in_the_sources_is_said_in_both_languages() {
    let (mut found, mut wrong) = (0, Vec::new());
    for (path, text) in sources() {
        for call in CALLS {
            for (at, _) in text.match_indices(call) {
                let (above, rest) = text.split_at(at);
                let before = above.chars().next_back().unwrap_or(' ');
                if before.is_alphanumeric() || before == '_' || before == '"' {
                    continue;
                }
                let said: Vec<_> = arguments(rest.strip_prefix(call).unwrap())
                    .iter()
                    .map(|it| it.concat())
                    .collect();
                found += 1;
                if !is_said_in_both(&said, call == "Text::new(") {
                    let line = above.lines().count();
                    wrong.push(format!("{path}:{line}: {said:?}"));
                }
            }
        }
    }
    assert!(found > 200, "{found} messages are too few to be all");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_problem_is_explained_in_both_languages() {
    for code in Code::ALL {
        let entry = code.entry();
        for words in [entry.title, entry.explanation] {
            assert!(chinese(words.zh), "{}: {}", entry.code, words.zh);
            assert!(says_something(words.en) && !chinese(words.en), "{}: {}", entry.code, words.en);
        }
    }
}

#[test]
fn the_reader_of_sources_reads_arguments() {
    let call = r#"at, "code", format!("第 {n}，行"), if x { "a" } else { "b, c" }) more"#;
    let read = arguments(call);
    assert_eq!(
        read,
        [
            vec![],
            vec!["code".to_owned()],
            vec!["第 {n}，行".to_owned()],
            vec!["a".to_owned(), "b, c".to_owned()]
        ]
    );
    let both = |zh: &str, en: &str| is_said_in_both(&[zh.to_owned(), en.to_owned()], true);
    assert!(both("缺少此项。", "This is missing.") && both("必填", "") && both("/clock", "/clock"));
    assert!(!both("缺少此项。", "缺少此项。") && !both("This is missing.", "缺少此项。"));
    assert!(!both("This is missing.", "This is missing.") && !both("缺少此项。", "{n}"));
    assert!(!says_something("{zh} 「{en}」: ") && says_something("{n} left"));
}
