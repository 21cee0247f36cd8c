//! What people call the things that carry clauses out.

use serde_json::{Map, Value};

use super::enforce::{Part, properties_of};
use super::{Enforcer, Library};
use crate::procedure::Definition;
use crate::procedure::definition::{SpanOrFigure, Within};
use crate::span::Span;
use crate::text::Text;
use crate::who::KERNEL_PERMISSIONS;

/// How long a promise is, under which condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promised {
    /// The condition; always, if there is none.
    pub when: Option<String>,
    /// How long; `None`: what whoever opens the case hands over.
    pub span: Option<Span>,
    /// The figure that holds it, which a site may choose: `repair.dispatch`.
    pub figure: Option<String>,
    /// The clauses that ask for this span.
    pub clauses: Vec<String>,
}

impl Library {
    /// The definition of a procedure.
    pub fn procedure(&self, code: &str) -> Option<&Definition> {
        self.procedures.iter().map(|it| &it.definition).find(|it| it.code == code)
    }

    /// What people call what carries a clause out.
    pub fn title(&self, by: &Enforcer) -> Text {
        let found = match by {
            Enforcer::Procedure(code) => self.procedure(code).map(|it| it.title.clone()),
            Enforcer::Part { procedure, part, code } => {
                self.procedure(procedure).and_then(|it| self.part_title(it, *part, code))
            }
            Enforcer::Duty(code) => self.duties.get(code).map(|it| it.title.clone()),
            Enforcer::Metric(code) => self.metrics.get(code).map(|it| it.title.clone()),
            Enforcer::Role(code) => self.roles.get(code).map(|it| it.title.clone()),
            Enforcer::Permission(code) => {
                let kernel = KERNEL_PERMISSIONS.iter().find(|it| it.code == code);
                let own = || self.permissions.get(code).map(|it| it.title.clone());
                kernel.map(crate::who::KernelPermission::title).or_else(own)
            }
            Enforcer::Calendar(code) => {
                let found = self.calendars.iter().find(|it| it.code == *code);
                found.map(|it| it.title.clone())
            }
            Enforcer::Kernel(code) => kernel(code),
        };
        found.unwrap_or_else(|| {
            let code = by.to_string();
            Text::new(code.clone(), code)
        })
    }

    fn part_title(&self, it: &Definition, part: Part, code: &str) -> Option<Text> {
        let or_code = |title: Option<&Text>| Some(title.cloned().unwrap_or_else(|| same(code)));
        match part {
            Part::State => or_code(
                it.states.iter().find(|it| it.code == code).and_then(|it| it.title.as_ref()),
            ),
            Part::Action => or_code(
                it.actions.iter().find(|it| it.code == code).and_then(|it| it.title.as_ref()),
            ),
            Part::Clock => {
                let clock = it.clocks.iter().find(|it| it.code == code);
                let approval = it.approvals.iter().find(|it| it.clock().as_deref() == Some(code));
                let title = clock.and_then(|it| it.title.as_ref());
                or_code(title.or(approval.and_then(|it| it.title.as_ref())))
            }
            Part::FollowUp => {
                let follow_up = it.follow_ups.iter().find(|it| it.code() == code)?;
                or_code(self.procedure(&follow_up.open).map(|it| &it.title))
            }
            Part::Figure => or_code(it.figures.get(code).map(|it| &it.title)),
            Part::Field => {
                let forms = std::iter::once(&it.form).chain(it.actions.iter().map(|it| &it.form));
                let mut titles = forms.filter_map(|form| field_title(form, code));
                Some(titles.next().unwrap_or_else(|| same(code)))
            }
            Part::Approval => or_code(
                it.approvals.iter().find(|it| it.code == code).and_then(|it| it.title.as_ref()),
            ),
            Part::Hold => Some(same(code)),
        }
    }

    /// The spans of a clock or of what has one; none where nothing is timed.
    pub fn promised(&self, by: &Enforcer) -> Vec<Promised> {
        let Enforcer::Part { procedure, part, code } = by else { return Vec::new() };
        let Some(it) = self.procedure(procedure) else { return Vec::new() };
        match part {
            Part::Clock | Part::Approval => {
                if let Some(clock) = it.clocks.iter().find(|clock| clock.code == *code) {
                    return promised(it, &clock.within);
                }
                let own = |approval: &&crate::procedure::definition::Approval| {
                    approval.code == *code || approval.clock().as_deref() == Some(code)
                };
                let approval = it.approvals.iter().find(own);
                let span = approval.and_then(|it| it.within.clone());
                let entry = |span| Within {
                    when: None,
                    span: Some(span),
                    given: false,
                    until: None,
                    clauses: Vec::new(),
                };
                span.map(|span| promised(it, &[entry(span)])).unwrap_or_default()
            }
            Part::FollowUp => {
                let follow_up = it.follow_ups.iter().find(|it| it.code() == code);
                follow_up.map(|found| promised(it, &found.within)).unwrap_or_default()
            }
            Part::Figure => {
                let plain = |span| Promised {
                    when: None,
                    span: Some(span),
                    figure: Some(format!("{procedure}.{code}")),
                    clauses: Vec::new(),
                };
                it.figures.get(code).map(|it| plain(it.default)).into_iter().collect()
            }
            Part::State | Part::Action | Part::Field | Part::Hold => Vec::new(),
        }
    }
}

fn promised(procedure: &Definition, within: &[Within]) -> Vec<Promised> {
    let entry = |it: &Within| {
        let (span, figure) = match &it.span {
            Some(SpanOrFigure::Span(span)) => (Some(*span), None),
            Some(SpanOrFigure::Figure(name)) => {
                let figure = procedure.figures.get(name).map(|it| it.default);
                (figure, Some(format!("{}.{name}", procedure.code)))
            }
            None => (None, None),
        };
        Promised { when: it.when.clone(), span, figure, clauses: it.clauses.clone() }
    };
    within.iter().map(entry).collect()
}

fn same(code: &str) -> Text {
    Text::new(code, code)
}

fn field_title(form: &Map<String, Value>, name: &str) -> Option<Text> {
    let title = properties_of(form)?.get(name)?.get("title")?;
    serde_json::from_value(title.clone()).ok()
}

/// What people call what the kernel does.
fn kernel(code: &str) -> Option<Text> {
    let (zh, en) = match code {
        "log" => ("全程留痕", "Everything is in the log"),
        "permissions" => ("权限控制", "Permissions"),
        "scopes" => ("数据范围", "Who sees what"),
        "ownership" => ("首问负责", "First contact owns"),
        "transfer" => ("转办", "Hand-over"),
        "supervise" => ("督办", "Supervision"),
        "urge" => ("催办", "Urging"),
        "extension" => ("延期审批", "Extensions"),
        "suspend" => ("挂起与恢复", "Suspension"),
        "attachments" => ("附件", "Attachments"),
        "customers" => ("客户档案", "Customers"),
        "assets" => ("资产档案", "Assets"),
        "search" => ("检索", "Search"),
        "export" => ("导出", "Export"),
        "notifications" => ("通知", "Notices"),
        "calendars" => ("工作日历", "Calendars"),
        "accounts" => ("账号管理", "Accounts"),
        _ => return None,
    };
    Some(Text::new(zh, en))
}

#[cfg(test)]
mod tests {
    use super::super::{KERNEL, load_shipped};
    use super::*;

    #[test]
    fn whatever_carries_a_clause_out_has_a_name() {
        for code in KERNEL {
            assert!(kernel(code).is_some(), "{code}");
        }
        let library = load_shipped(&["property"]).unwrap();
        for by in library.enforcers.values().flatten() {
            let title = library.title(by);
            assert!(title.zh != by.to_string(), "{by} has no name: {}", title.zh);
        }
        let clock = "procedure:complaint/clock:resolution".parse().unwrap();
        assert_eq!(library.title(&clock).en, "Put right");
    }

    #[test]
    fn a_clock_says_how_long_and_where_the_figure_comes_from() {
        let library = load_shipped(&["property"]).unwrap();
        let promised = library.promised(&"procedure:repair/clock:dispatch".parse().unwrap());
        assert_eq!(promised.len(), 2);
        assert_eq!(promised[0].when.as_deref(), Some("case.fields.emergency"));
        assert_eq!(promised[0].span.map(|it| it.to_string()).as_deref(), Some("15m"));
        assert_eq!(promised[1].figure.as_deref(), Some("repair.dispatch"));
        let given = library.promised(&"procedure:callback/clock:callback".parse().unwrap());
        assert_eq!(given[0].span, None);
    }
}
