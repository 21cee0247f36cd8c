//! Codes, titles, the number's pattern, and how many of everything there may be.

use std::collections::BTreeSet;

use super::faults::Faults;
use crate::case::ORDINARY_ACTS;
use crate::procedure::WITHDRAWN;
use crate::procedure::definition::{Definition, Figure};
use crate::text::Text;

pub(super) fn check(definition: &Definition, faults: &mut Faults) {
    code(&definition.code, "/code", faults);
    title(Some(&definition.title), "/title", faults);
    number(&definition.number, faults);
    limits(definition, faults);
    let states = definition.states.iter().map(|it| (it.code.as_str(), it.title.as_ref()));
    family("states", states, faults);
    let actions = definition.actions.iter().map(|it| (it.code.as_str(), it.title.as_ref()));
    family("actions", actions, faults);
    let clocks = definition.clocks.iter().map(|it| (it.code.as_str(), it.title.as_ref()));
    family("clocks", clocks, faults);
    family("follow_ups", definition.follow_ups.iter().map(|it| (it.code(), None)), faults);
    let approvals = definition.approvals.iter().map(|it| (it.code.as_str(), it.title.as_ref()));
    family("approvals", approvals, faults);
    family("holds", definition.holds.iter().map(|it| (it.code.as_str(), None)), faults);
    reserved(definition, faults);
    for (name, figure) in &definition.figures {
        self::figure(name, figure, faults);
    }
}

/// Codes in one list: well formed, each once, titles not empty.
fn family<'a>(
    list: &str,
    members: impl Iterator<Item = (&'a str, Option<&'a Text>)>,
    faults: &mut Faults,
) {
    let mut seen = BTreeSet::new();
    for (index, (name, words)) in members.enumerate() {
        let place = format!("/{list}/{index}/code");
        code(name, &place, faults);
        title(words, &format!("/{list}/{index}/title"), faults);
        if !seen.insert(name) {
            faults.add(
                place,
                "duplicate_code",
                format!("`{name}` 出现了不止一次"),
                format!("`{name}` is there more than once"),
            );
        }
    }
}

fn reserved(definition: &Definition, faults: &mut Faults) {
    if ADDRESSES.contains(&definition.code.as_str()) {
        faults.add(
            "/code",
            "reserved_code",
            format!("`{}` 是接口自己的地址,请换一个名字", definition.code),
            format!("`{}` is an address of the API's own; take another name", definition.code),
        );
    }
    for (index, state) in definition.states.iter().enumerate() {
        if state.code == WITHDRAWN {
            faults.add(
                format!("/states/{index}/code"),
                "reserved_code",
                "状态 `withdrawn` 每个流程都有,不必也不能再写",
                "every procedure has the state `withdrawn`; it is not written",
            );
        }
    }
    for (index, action) in definition.actions.iter().enumerate() {
        if ORDINARY_ACTS.contains(&action.code.as_str()) {
            faults.add(
                format!("/actions/{index}/code"),
                "reserved_code",
                format!("`{}` 是每个流程都有的动作,请换一个名字", action.code),
                format!("`{}` is an act every procedure has; take another name", action.code),
            );
        }
    }
}

/// What stands in addresses where the code of a procedure does: `/v1/procedures/check`.
const ADDRESSES: [&str; 2] = ["check", "export"];

fn code(code: &str, place: &str, faults: &mut Faults) {
    if !is_code(code) {
        faults.add(
            place,
            "bad_code",
            format!("`{code}` 不是代码:小写字母开头,只含小写字母、数字和下划线,至多 64 个"),
            format!(
                "`{code}` is no code: a lower-case letter, then lower-case letters, digits and \
                 underscores, at most 64"
            ),
        );
    }
}

/// `^[a-z][a-z0-9_]{0,63}$`
pub(crate) fn is_code(code: &str) -> bool {
    code.len() <= 64
        && code.starts_with(|c: char| c.is_ascii_lowercase())
        && code.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

fn title(title: Option<&Text>, place: &str, faults: &mut Faults) {
    let Some(title) = title else { return };
    for (lang, words) in [("zh", &title.zh), ("en", &title.en)] {
        if words.trim().is_empty() || words.chars().count() > 200 {
            faults.add(
                format!("{place}/{lang}"),
                "bad_title",
                "名称须有 1 至 200 个字",
                "a title has 1 to 200 characters",
            );
        }
    }
}

/// `TS-{date}-{seq}`: letters, digits, dashes, `{seq}` once and `{date}` at most once.
fn number(pattern: &str, faults: &mut Faults) {
    let rest = pattern.replacen("{seq}", "", 1).replacen("{date}", "", 1);
    let plain = rest.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    if !pattern.contains("{seq}") || !plain || pattern.len() > 40 {
        faults.add(
            "/number",
            "bad_number",
            format!(
                "编号 `{pattern}` 须含一个 {{seq}}、可含一个 {{date}},其余为字母、数字和短横线"
            ),
            format!(
                "the number `{pattern}` needs {{seq}} once, may have {{date}} once, and letters, \
                 digits and dashes beside"
            ),
        );
    }
}

fn figure(name: &str, figure: &Figure, faults: &mut Faults) {
    let place = format!("/figures/{name}");
    code(name, &place, faults);
    title(Some(&figure.title), &format!("{place}/title"), faults);
    if !figure.choices.is_empty() && !figure.choices.contains(&figure.default) {
        faults.add(
            format!("{place}/default"),
            "bad_default",
            "默认值不在可选值之中",
            "the default is none of the choices",
        );
    }
}

fn limits(definition: &Definition, faults: &mut Faults) {
    let mut most = |place: String, count: usize, limit: usize| {
        if count > limit {
            faults.add(
                place,
                "too_many",
                format!("至多 {limit} 个,这里有 {count} 个"),
                format!("at most {limit}, there are {count}"),
            );
        }
    };
    most("/states".to_owned(), definition.states.len(), 50);
    most("/actions".to_owned(), definition.actions.len(), 100);
    most("/clocks".to_owned(), definition.clocks.len(), 20);
    most("/follow_ups".to_owned(), definition.follow_ups.len(), 20);
    most("/figures".to_owned(), definition.figures.len(), 50);
    for (index, clock) in definition.clocks.iter().enumerate() {
        most(format!("/clocks/{index}/within"), clock.within.len(), 20);
        most(format!("/clocks/{index}/warn"), clock.warn.len(), 10);
        most(format!("/clocks/{index}/escalate"), clock.escalate.len(), 20);
    }
    for (index, follow_up) in definition.follow_ups.iter().enumerate() {
        most(format!("/follow_ups/{index}/within"), follow_up.within.len(), 20);
        most(format!("/follow_ups/{index}/on_result"), follow_up.on_result.len(), 10);
    }
}
