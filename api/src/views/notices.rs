//! What a notice says, in both languages. One match: a new kind does not compile without its words.

use kefu_domain::case::NoticeKind;
use kefu_domain::text::{Lang, Text};
use serde_json::Value;

/// Under this member of a notice's data is what only its words need; clients are not shown it.
pub(crate) const WORDS: &str = "words";

/// A title and a sentence in one language.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) title: String,
    pub(super) text: String,
}

/// The words for a stored notice. One of a kind that this program does not know yet, stored by a
/// newer node, is called a notice.
pub(super) fn said(kind: &str, data: &Value, lang: Lang) -> Said {
    let kind = NoticeKind::ALL.iter().copied().find(|it| it.as_str() == kind);
    let (title, sentence) = match kind {
        Some(kind) => words(kind, &Told::of(data)),
        None => (Text::new("通知", "A notice"), Text::new("请查看服务单。", "See the case.")),
    };
    let of = |name: &str| data.get(name).and_then(Value::as_str).unwrap_or_default();
    let sentence = sentence.get(lang);
    // What it is about: a case by its number and subject, a webhook by its address.
    let about = match (of("number"), of("url")) {
        ("", url) => url.to_owned(),
        (number, _) => format!("{number} {}", of("subject")),
    };
    let text = match lang {
        _ if about.trim().is_empty() => sentence.to_owned(),
        Lang::Zh => format!("{about}：{sentence}"),
        Lang::En => format!("{about}: {sentence}"),
    };
    Said { title: title.get(lang).to_owned(), text }
}

/// What sentences mention.
struct Told {
    /// The clock's title; its code in notices from before titles were kept.
    clock: Text,
    /// The deadline, as clocks on the wall show it there.
    due: String,
}

impl Told {
    fn of(data: &Value) -> Self {
        let of = |pointer: &str| data.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        let title = data.pointer("/words/clock").cloned();
        let title = title.and_then(|it| serde_json::from_value(it).ok());
        let clock = title.unwrap_or_else(|| Text::new(of("/clock"), of("/clock")));
        let due = if of("/words/due").is_empty() { of("/due_at") } else { of("/words/due") };
        Self { clock, due: due.to_owned() }
    }
}

/// A title and a sentence about the case.
fn words(kind: NoticeKind, told: &Told) -> (Text, Text) {
    use NoticeKind as Kind;
    let pair = |zh: &str, en: &str, said_zh: &str, said_en: &str| {
        (Text::new(zh, en), Text::new(said_zh, said_en))
    };
    match kind {
        Kind::Assigned => {
            pair("有新的服务单", "A case for you", "交由您办理。", "it is yours to work on.")
        }
        Kind::Waiting => pair(
            "服务单待认领",
            "A case waits",
            "等待您所在岗位的人员认领。",
            "it waits for somebody of your post.",
        ),
        Kind::TransferOffered => pair(
            "有服务单要转给您",
            "A case is offered to you",
            "请接受或谢绝。",
            "accept it or decline it.",
        ),
        Kind::TransferDeclined => pair(
            "转办被谢绝",
            "Your offer was declined",
            "对方没有接受，仍由您负责。",
            "it was not taken and stays with you.",
        ),
        Kind::Returned => pair(
            "服务单被退回",
            "A case came back",
            "经办人已退回，请重新分派。",
            "it was given back; assign it anew.",
        ),
        Kind::Urged => pair("有人催办", "Somebody urges", "请尽快处理。", "please see to it soon."),
        Kind::Supervised => pair(
            "服务单被督办",
            "A case is under supervision",
            "已列入督办。",
            "it is watched over from now on.",
        ),
        Kind::FollowUpClosed => pair(
            "后续服务单已办结",
            "A follow-up was closed",
            "由它产生的后续服务单已办结。",
            "a case that followed from it is closed.",
        ),
        Kind::Reopened => {
            pair("服务单重新打开", "A case was reopened", "已重新打开。", "it was opened again.")
        }
        Kind::Withdrawn => pair(
            "服务单已撤回",
            "A case was withdrawn",
            "已被撤回，无需再办。",
            "it was taken back; nothing is left to do.",
        ),
        Kind::ApprovalAsked => {
            pair("待您审批", "Your decision is asked for", "请审批。", "approve or refuse.")
        }
        Kind::ApprovalDecided => pair(
            "审批已有结果",
            "An approval was decided",
            "审批已有结果，请查看。",
            "it was decided; see how.",
        ),
        Kind::Commented => {
            pair("有新的留言", "A new comment", "有人留言。", "somebody commented on it.")
        }
        Kind::WebhookDisabled => pair(
            "推送订阅已停用",
            "A webhook was disabled",
            "接收方长时间不接收或已不存在，请检查地址后重新启用。",
            "it did not answer for long or is gone; check its address and enable it again.",
        ),
        Kind::ExtensionRequested
        | Kind::ExtensionApproved
        | Kind::ExtensionRefused
        | Kind::ClockWarned
        | Kind::ClockBreached
        | Kind::ClockEscalated => about_clock(kind, told),
    }
}

/// The same, where it is about a promise.
fn about_clock(kind: NoticeKind, Told { clock: Text { zh, en }, due }: &Told) -> (Text, Text) {
    use NoticeKind as Kind;
    let (title, said_zh, said_en) = match kind {
        Kind::ExtensionRequested => (
            Text::new("有延期申请", "More time is asked for"),
            format!("时限「{zh}」（{due} 到期）申请延期，请审批。"),
            format!("more time is asked for “{en}”, due {due}; approve or refuse."),
        ),
        Kind::ExtensionApproved => (
            Text::new("延期已批准", "More time was given"),
            format!("时限「{zh}」延至 {due}。"),
            format!("“{en}” is now due {due}."),
        ),
        Kind::ExtensionRefused => (
            Text::new("延期未获批准", "More time was refused"),
            format!("时限「{zh}」仍于 {due} 到期。"),
            format!("“{en}” is due {due} as before."),
        ),
        Kind::ClockWarned => (
            Text::new("时限将到", "A deadline comes near"),
            format!("时限「{zh}」将于 {due} 到期。"),
            format!("“{en}” is due {due}."),
        ),
        Kind::ClockBreached => (
            Text::new("时限已过", "A deadline has passed"),
            format!("时限「{zh}」已于 {due} 到期，尚未完成。"),
            format!("“{en}” was due {due} and has not been kept."),
        ),
        _ => (
            Text::new("时限升级提醒", "A deadline was escalated"),
            format!("时限「{zh}」（{due} 到期）已升级至您处。"),
            format!("“{en}”, due {due}, has been escalated to you."),
        ),
    };
    (title, Text::new(said_zh, said_en))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_kind_of_notice_is_said_in_both_languages() {
        let data = json!({
            "number": "TS-1", "subject": "Lift", "clock": "reply", "due_at": "2026-11-30T08:00:00Z",
            WORDS: { "clock": { "zh": "答复", "en": "Reply" }, "due": "2026-11-30 16:00" },
        });
        for kind in NoticeKind::ALL {
            let [zh, en] = [Lang::Zh, Lang::En].map(|it| said(kind.as_str(), &data, it));
            let chinese = |it: &str| it.chars().any(|it| ('\u{4e00}'..='\u{9fff}').contains(&it));
            assert!(chinese(&zh.title) && chinese(&zh.text), "{zh:?}");
            assert!(!chinese(&en.title) && !chinese(&en.text), "{en:?}");
            assert!(zh.text.contains("TS-1") && en.text.contains("TS-1"));
        }
    }

    #[test]
    fn a_deadline_is_named_as_people_name_it() {
        let data = json!({
            "number": "TS-1", "subject": "异响", "clock": "reply",
            WORDS: { "clock": { "zh": "答复", "en": "Reply" }, "due": "2026-11-30 16:00" },
        });
        let zh = said("clock_warned", &data, Lang::Zh);
        assert_eq!(zh.text, "TS-1 异响：时限「答复」将于 2026-11-30 16:00 到期。");
        let old = json!({ "number": "TS-1", "subject": "x", "clock": "reply", "due_at": "then" });
        assert_eq!(said("clock_warned", &old, Lang::En).text, "TS-1 x: “reply” is due then.");
    }
}
