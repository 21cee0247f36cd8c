//! Random walks: random people command random things of a case at random times.

use chrono::TimeDelta;
use kefu_domain::Timestamp;
use kefu_domain::case::{Command, Event, ORDINARY_ACTS, Priority, Refusal};
use kefu_domain::who::Actor;
use proptest::collection::vec;
use proptest::prelude::{Strategy, any};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::people::{ANN, BEN, DAN, EVE, TOM, ann, ben, cat, dan, eve, system, tom, zoe};
use crate::support::{Story, act_with, asked, child, fields, fixture, instant, patch, priority};

/// One step of a walk, read against the case as it is then.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    who: u8,
    what: u8,
    which: u16,
    wait: u8,
}

/// Who opens what when, and what comes after.
#[derive(Debug, Clone)]
pub(crate) struct Walk {
    ladder: bool,
    opener: u8,
    minute: i64,
    second: i64,
    grade: bool,
    urgent: bool,
    pub(crate) steps: Vec<Step>,
}

pub(crate) fn walks(longest: usize) -> impl Strategy<Value = Walk> {
    let step = any::<(u8, u8, u16, u8)>();
    let step = step.prop_map(|(who, what, which, wait)| Step { who, what, which, wait });
    // From the middle of September to the middle of November 2026: two holidays, two make-up days.
    let start = (0..60 * 24 * 60_i64, 0..60_i64);
    (any::<(bool, u8, bool, bool)>(), start, vec(step, 0..longest)).prop_map(
        |((ladder, opener, grade, urgent), (minute, second), steps)| {
            let ladder = ladder && grade;
            Walk { ladder, opener, minute, second, grade, urgent, steps }
        },
    )
}

/// Everybody there is.
pub(crate) fn everybody() -> Vec<Actor> {
    vec![ann(), ben(), dan(), eve(), tom(), cat(), zoe(), system()]
}

const WAITS: [i64; 10] =
    [0, 0, 1, 60, 3_547, 2 * 3_600, 7 * 3_600 + 13, 86_400, 3 * 86_400 + 5, 9 * 86_400];

impl Walk {
    /// The same walk through the desk's procedure.
    pub(crate) fn at_the_desk(self) -> Self {
        Self { ladder: false, ..self }
    }

    /// The case that is opened, and when.
    pub(crate) fn begin(&self) -> (Story, Timestamp) {
        let now = instant("09-14 00:00") + TimeDelta::seconds(self.minute * 60 + self.second);
        let openers = [ann(), eve(), cat()];
        let by = &openers[usize::from(self.opener) % 3];
        let mut story = Story::of(fixture(if self.ladder { "ladder" } else { "desk" }));
        story.world.site_calendar = Some("office".to_owned());
        let mut what = asked();
        what.fields = match (self.ladder, self.grade) {
            (true, _) => fields(json!({})),
            (false, true) => fields(json!({ "what": "x", "grade": "major" })),
            (false, false) => fields(json!({ "what": "x" })),
        };
        if self.urgent {
            what.priority = Priority::Urgent;
        }
        story.open_at(now, by, what).unwrap();
        (story, now)
    }
}

impl Step {
    pub(crate) fn wait(self) -> TimeDelta {
        TimeDelta::seconds(WAITS[usize::from(self.wait) % WAITS.len()])
    }

    /// Whether the office's hours are changed before the command.
    pub(crate) fn changes_the_calendar(self) -> bool {
        self.what % 20 == 5
    }

    /// Who acts: mostly those who can do much.
    pub(crate) fn who(self) -> Actor {
        let all =
            [ann(), ann(), ben(), ben(), eve(), eve(), eve(), dan(), tom(), cat(), zoe(), system()];
        all[usize::from(self.who) % all.len()].clone()
    }

    /// What is commanded: half of the time something that is offered.
    pub(crate) fn command(self, story: &mut Story, now: Timestamp) -> Command {
        let which = usize::from(self.which);
        match self.what % 20 {
            0 => Command::Tick,
            1 => priority(Priority::ALL[which % 4]),
            2 => {
                let grade = ["major", "ordinary"][which % 2];
                patch(json!({ "grade": grade }))
            }
            3 => Command::Comment { text: ["好", ""][which % 2].to_owned() },
            4 => {
                let satisfied = json!({ "satisfied": which.is_multiple_of(2), "urgent": which.is_multiple_of(3) });
                let child = child("call", "done", satisfied);
                story.world.children = vec![child.clone()];
                Command::FollowUpClosed { child }
            }
            5 => {
                let day = 14 + which % 16;
                let date = format!("2026-10-{day}");
                story.world.put_office(&json!({ "holidays": [{ "date": date, "name": "停电" }] }));
                Command::Retarget { calendar: "office".to_owned() }
            }
            6..=9 => {
                let codes = codes(story);
                let code = codes[which % codes.len()].clone();
                self.act(story, &code)
            }
            _ => {
                let offered = story.offers_at(now, &self.who());
                let last = offered.len().max(1);
                match offered.get(which % last) {
                    Some(code) => self.act(story, code),
                    None => Command::Tick,
                }
            }
        }
    }

    fn act(self, story: &Story, code: &str) -> Command {
        act_with(code, input(story, code, usize::from(self.which)))
    }
}

/// Every action of the procedure and every ordinary act.
pub(crate) fn codes(story: &Story) -> Vec<String> {
    let actions = story.procedure.actions.iter().map(|it| it.definition.code.clone());
    actions.chain(ORDINARY_ACTS.iter().map(|it| (*it).to_owned())).collect()
}

/// Something the form of an action takes.
pub(crate) fn input(story: &Story, code: &str, which: usize) -> Value {
    let people: Vec<Uuid> = [ANN, BEN, DAN, EVE, TOM]
        .into_iter()
        .filter(|it| code != "transfer" || story.case().assignee_id != Some(*it))
        .collect();
    let somebody = people[which % people.len()];
    match code {
        "measure" => json!({ "size": which % 5 }),
        "give" => json!({ "assignee_id": somebody }),
        "answer" => json!({ "solution": "s", "again": which.is_multiple_of(2) }),
        "assign" | "transfer" => json!({ "to": somebody, "reason": "x" }),
        "add_helper" => {
            let free = people.iter().find(|id| {
                story.case().assignee_id != Some(**id) && !story.case().helpers.contains(id)
            });
            json!({ "person_id": free.unwrap_or(&ANN) })
        }
        "remove_helper" => json!({ "person_id": story.case().helpers.first() }),
        "delegate_approval" => json!({ "person_id": somebody }),
        "comment" => json!({ "text": "x" }),
        "link" => json!({ "case_id": Uuid::from_u128(9) }),
        "request_extension" => {
            let open: Vec<_> = story.case().clocks.iter().filter(|it| it.is_open()).collect();
            let clock = open.get(which % open.len().max(1)).map_or("none", |it| &it.code);
            let span = ["2h", "90wm", "1d", "2wd", "1w"][which % 5];
            json!({ "clock": clock, "span": span, "reason": "x" })
        }
        "urge" | "supervise" | "decline_transfer" | "return" | "refuse_extension" | "refuse"
        | "suspend" | "withdraw" | "reopen" => json!({ "reason": "x" }),
        _ => json!({}),
    }
}

/// Whether a refusal says that the act is not open to them now, whatever the input.
pub(crate) fn closes_the_door(refusal: &Refusal) -> bool {
    match refusal {
        Refusal::NotFound
        | Refusal::UnknownAction { .. }
        | Refusal::NotAllowed { .. }
        | Refusal::WrongState { .. }
        | Refusal::Suspended { .. }
        | Refusal::Guarded { .. }
        | Refusal::OutsideWindow { .. }
        | Refusal::TooOften { .. }
        | Refusal::OwnRequest { .. }
        | Refusal::NothingPending { .. }
        | Refusal::AlreadyPending { .. }
        | Refusal::AlreadyAssigned => true,
        Refusal::Invalid(_) | Refusal::NoDeadline { .. } | Refusal::BrokenRule { .. } => false,
    }
}

/// What one step came to.
pub(crate) struct Taken {
    pub(crate) now: Timestamp,
    pub(crate) before: kefu_domain::case::Case,
    pub(crate) events: Vec<Event>,
}

/// Walks to the end, showing every step that was not refused.
pub(crate) fn walk(walk: &Walk, mut each: impl FnMut(&Story, &Taken)) -> (Story, Timestamp) {
    let (mut story, mut now) = walk.begin();
    for step in &walk.steps {
        now += step.wait();
        let when = step.command(&mut story, now);
        let before = story.case().clone();
        let answer = story.decide(now, &step.who(), when);
        if let Ok(events) = answer {
            story.happened(events.clone());
            each(&story, &Taken { now, before, events });
        } else if let Err(refusal @ (Refusal::NoDeadline { .. } | Refusal::BrokenRule { .. })) =
            answer
        {
            panic!("no walk breaks a rule: {refusal:?}");
        }
    }
    (story, now)
}
