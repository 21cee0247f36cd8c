//! Which column of a table says what.

use kefu_domain::fault::Fault;
use kefu_domain::text::Text;

use super::{Importing, fault_at};
use crate::app::lists::{MEMBER, columns_of};
use crate::sheet::Table;

/// What a column says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A column of the list, by its code.
    Column(&'static str),
    /// A member of `fields`.
    Member(String),
    /// Nothing that is taken in: what the server itself says of a record.
    Nothing,
}

/// What a heading is also called.
const ALSO: [(&str, &str); 14] = [
    ("客户电话", "customer_phone"),
    ("业主电话", "customer_phone"),
    ("姓名", "name"),
    ("客户名称", "name"),
    ("客户姓名", "name"),
    ("资产名称", "name"),
    ("手机", "phone"),
    ("手机号", "phone"),
    ("联系电话", "phone"),
    ("电子邮箱", "email"),
    ("联系地址", "address"),
    ("资产编码", "code"),
    ("资产类型", "kind"),
    ("客户类型", "kind"),
];

/// What the columns of a table say, by place. A heading is a column's code, or its title in either
/// language; one that is neither is a fault, and so is a column that stands twice.
pub(super) fn targets<R: Importing>(table: &Table) -> Result<Vec<Target>, Vec<Fault>> {
    let (mut targets, mut faults) = (Vec::new(), Vec::new());
    for heading in &table.headings {
        let target = target::<R>(heading);
        match target {
            None => faults.push(fault_at(table.head, heading, unknown::<R>(heading))),
            Some(target) if target != Target::Nothing && targets.contains(&target) => {
                let detail = Text::new("此列出现了两次。", "This column stands twice.");
                faults.push(fault_at(table.head, heading, ("repeated", detail)));
            }
            Some(target) => targets.push(target),
        }
    }
    if faults.is_empty() { Ok(targets) } else { Err(faults) }
}

fn target<R: Importing>(heading: &str) -> Option<Target> {
    // A column without a heading is one without a name: notes beside the table.
    if heading.is_empty() {
        return Some(Target::Nothing);
    }
    if let Some(name) = heading.strip_prefix(MEMBER).filter(|it| !it.is_empty())
        && R::SAID.contains(&"fields")
    {
        return Some(Target::Member(name.to_owned()));
    }
    let same = |it: &str| it.eq_ignore_ascii_case(heading);
    let columns = columns_of(R::LIST);
    let also = ALSO.iter().find(|it| it.0 == heading).map(|it| it.1);
    let named = |code: &str| same(code) || also == Some(code);
    if let Some(said) = R::SAID.iter().find(|code| named(code)) {
        return Some(Target::Column(said));
    }
    let column =
        columns.iter().find(|it| same(it.code) || same(it.title.zh) || same(it.title.en))?;
    let said = R::SAID.iter().find(|code| **code == column.code);
    Some(said.map_or(Target::Nothing, |code| Target::Column(code)))
}

fn unknown<R: Importing>(heading: &str) -> super::Saying {
    let known = R::SAID.join(", ");
    let detail = Text::new(
        format!("不认识“{heading}”这一列，可用：{known}。"),
        format!("There is no column “{heading}”; there are {known}."),
    );
    ("unknown_column", detail)
}

impl Target {
    /// What faults call it.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Column(code) => (*code).to_owned(),
            Self::Member(name) => format!("{MEMBER}{name}"),
            Self::Nothing => String::new(),
        }
    }
}
