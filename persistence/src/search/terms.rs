//! Cutting text into the terms it is found by.
//!
//! Han text is cut by jieba's dictionary, without guessing at unknown words: a guess depends on the
//! words around, and the same name would be cut differently in a case and in a query. What the
//! dictionary leaves over as single characters is indexed in pairs with its neighbours instead, so
//! that a name or a rare word of two characters is found too.
//!
//! Letters and digits are cut at every change between the two and at every sign; what stood together
//! is a term as a whole as well, without its signs: `TS-20261122-000184` is found by itself, by
//! `20261122`, by `000184` and by `184`; a telephone number also by its last four digits.

use jieba_rs::Jieba;
use serde_json::{Map, Value};
use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

static DICTIONARY: LazyLock<Jieba> = LazyLock::new(Jieba::new);

/// Longer terms are cut off: no word is so long, and index entries have a limit.
const LONGEST: usize = 64;

/// Everything the texts are found by, sorted, each once.
pub fn of_texts<'a>(texts: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut terms = BTreeSet::new();
    texts.into_iter().for_each(|text| cut(text, &mut terms));
    terms.into_iter().collect()
}

fn cut(text: &str, terms: &mut BTreeSet<String>) {
    for run in runs(&normal(text)) {
        match run {
            Run::Words(text) => index_words(&text, terms),
            Run::Signs(text) => index_signs(&text, terms),
        }
    }
}

/// Texts cut ahead of time, so that the one thread which writes to SQLite need not.
#[derive(Debug, Clone, Default)]
pub struct Cut(HashMap<String, Vec<String>>);

impl Cut {
    /// What a case's record says: its subject and the texts of its fields.
    pub fn of_record(subject: &str, fields: &Map<String, Value>) -> Self {
        let mut texts = vec![subject];
        fields.values().for_each(|value| texts_of(value, &mut texts));
        Self(texts.into_iter().map(|text| (text.to_owned(), of_texts([text]))).collect())
    }

    /// Everything the texts are found by, sorted, each once; what is not known here is cut now.
    pub(crate) fn terms<'a>(&self, texts: impl IntoIterator<Item = &'a str>) -> Vec<String> {
        let mut terms = BTreeSet::new();
        for text in texts {
            match self.0.get(text) {
                Some(known) => terms.extend(known.iter().cloned()),
                None => cut(text, &mut terms),
            }
        }
        terms.into_iter().collect()
    }
}

/// Every text in a document.
pub(crate) fn texts_of<'a>(value: &'a Value, texts: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => texts.push(text),
        Value::Array(values) => values.iter().for_each(|value| texts_of(value, texts)),
        Value::Object(members) => members.values().for_each(|value| texts_of(value, texts)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// What a case must be found by to answer `query`; every one of them. Empty: the query says nothing.
pub fn of_query(query: &str) -> Vec<String> {
    let mut terms = BTreeSet::new();
    for run in runs(&normal(query)) {
        match run {
            Run::Words(text) => query_words(&text, &mut terms),
            Run::Signs(text) => {
                let whole: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
                push(&mut terms, &whole);
            }
        }
    }
    terms.into_iter().collect()
}

/// Lower case; full-width letters, digits and signs as their ordinary ones.
fn normal(text: &str) -> String {
    let narrow = |c: char| match u32::from(c) {
        code @ 0xFF01..=0xFF5E => char::from_u32(code - 0xFEE0).unwrap_or(c),
        0x3000 => ' ',
        _ => c,
    };
    text.chars().map(narrow).flat_map(char::to_lowercase).collect()
}

#[derive(Debug, PartialEq)]
enum Run {
    /// Han and other text written without spaces.
    Words(String),
    /// Letters and digits, with the signs that join them.
    Signs(String),
}

/// Splits at spaces, punctuation, and between Han and everything else.
fn runs(text: &str) -> Vec<Run> {
    let mut runs = Vec::new();
    let mut current = String::new();
    let mut han = false;
    for c in text.chars() {
        let joins = !han && !current.is_empty() && "-_.@/+#:&'".contains(c);
        if !c.is_alphanumeric() && !joins {
            finish(&mut current, han, &mut runs);
            continue;
        }
        if is_han(c) != han {
            finish(&mut current, han, &mut runs);
        }
        han = is_han(c);
        current.push(c);
    }
    finish(&mut current, han, &mut runs);
    runs
}

fn finish(current: &mut String, han: bool, runs: &mut Vec<Run>) {
    if !current.is_empty() {
        let text = std::mem::take(current);
        runs.push(if han { Run::Words(text) } else { Run::Signs(text) });
    }
}

fn is_han(c: char) -> bool {
    matches!(u32::from(c), 0x2E80..=0x2FDF | 0x3400..=0x4DBF | 0x4E00..=0x9FFF
        | 0xF900..=0xFAFF | 0x20000..=0x3FFFF)
}

/// Every word of the dictionary that stands anywhere in the text, also across the words of the most
/// likely cut; the single characters of that cut; and pairs of characters where one is such a single
/// one or both are inside a longer word.
fn index_words(text: &str, terms: &mut BTreeSet<String>) {
    for token in DICTIONARY.cut_all(text).iter().filter(|token| !is_single(token.word)) {
        push(terms, token.word);
    }
    let words: Vec<&str> = DICTIONARY.cut(text, false).iter().map(|token| token.word).collect();
    for (place, word) in words.iter().enumerate() {
        if is_single(word) {
            push(terms, word);
        }
        if word.chars().nth(2).is_some() {
            for (left, right) in word.chars().zip(word.chars().skip(1)) {
                push(terms, &String::from_iter([left, right]));
            }
        }
        if let Some(next) = words.get(place + 1)
            && (is_single(word) || is_single(next))
        {
            push(terms, &pair(word, next));
        }
    }
}

/// Words of two and more characters count as they are, single ones that stand together in pairs. A
/// single character beside words is left out: in the case it may be a part of another word.
fn query_words(text: &str, terms: &mut BTreeSet<String>) {
    let words: Vec<&str> = DICTIONARY.cut(text, false).iter().map(|token| token.word).collect();
    if let [only] = words.as_slice() {
        return push(terms, only);
    }
    for word in words.iter().filter(|word| !is_single(word)) {
        push(terms, word);
    }
    for (left, right) in words.iter().zip(words.iter().skip(1)) {
        if is_single(left) && is_single(right) {
            push(terms, &pair(left, right));
        }
    }
}

fn is_single(word: &str) -> bool {
    word.chars().nth(1).is_none()
}

/// The last character of one word with the first of the next.
fn pair(left: &str, right: &str) -> String {
    left.chars().last().into_iter().chain(right.chars().next()).collect()
}

fn index_signs(text: &str, terms: &mut BTreeSet<String>) {
    let whole: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
    for run in text.split(|c: char| !c.is_alphanumeric()) {
        push(terms, run);
        for part in letters_and_digits(run) {
            push(terms, &part);
            let trimmed = part.trim_start_matches('0');
            if trimmed.len() < part.len() {
                push(terms, trimmed);
            }
        }
    }
    push(terms, &whole);
    let digits: Vec<char> = whole.chars().filter(char::is_ascii_digit).collect();
    if digits.len() >= 7 && digits.len() == whole.chars().count() {
        for last in [4, 8] {
            let from = digits.len().saturating_sub(last);
            push(terms, &digits.iter().skip(from).collect::<String>());
        }
    }
}

/// `b2f` is `b`, `2`, `f`.
fn letters_and_digits(run: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut digits = None;
    for c in run.chars() {
        match parts.last_mut() {
            Some(part) if digits == Some(c.is_numeric()) => part.push(c),
            _ => parts.push(c.to_string()),
        }
        digits = Some(c.is_numeric());
    }
    parts
}

fn push(terms: &mut BTreeSet<String>, term: &str) {
    if !term.is_empty() {
        terms.insert(term.chars().take(LONGEST).collect());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, query: &str) -> bool {
        let (text, query) = (of_texts([text]), of_query(query));
        !query.is_empty() && query.iter().all(|term| text.contains(term))
    }

    #[test]
    fn words_of_two_characters_are_found() {
        let text = "三号楼电梯异响，业主王小明投诉物业管理处";
        for query in ["电梯", "异响", "投诉", "业主", "物业", "管理处", "王小明", "小明", "三号楼"]
        {
            assert!(found(text, query), "{query}: {:?} in {:?}", of_query(query), of_texts([text]));
        }
        for query in ["漏水", "停车", "张三"] {
            assert!(!found(text, query), "{query}");
        }
    }

    #[test]
    fn a_sentence_is_found_by_all_its_words() {
        assert!(found("厨房漏水，多次投诉无人处理", "漏水投诉"));
        assert!(!found("厨房漏水", "漏水投诉"));
        assert!(found("维修电梯", "修电梯"));
    }

    #[test]
    fn numbers_are_found_whole_and_by_their_parts() {
        for query in ["TS-20261122-000184", "ts-20261122-000184", "20261122", "000184", "184", "ts"]
        {
            assert!(found("TS-20261122-000184", query), "{query}");
        }
        assert!(!found("TS-20261122-000184", "TS-20261122-000185"));
        for query in ["13800138000", "138-0013-8000", "8000", "00138000"] {
            assert!(found("电话13800138000。", query), "{query}");
            assert!(found("电话 138-0013-8000", query), "{query}");
        }
    }

    #[test]
    fn case_and_width_do_not_matter() {
        assert!(found("Ａ座 WiFi 故障", "a座"));
        assert!(found("Ａ座 WiFi 故障", "wifi"));
        assert!(found("iPhone15 丢失", "iphone"));
        assert!(found("b2f 车位", "B2F"));
    }

    #[test]
    fn a_query_without_words_has_no_terms() {
        for query in ["", "  ", "，。！", "\"*'"] {
            assert_eq!(of_query(query), Vec::<String>::new(), "{query}");
        }
    }
}
