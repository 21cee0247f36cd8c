//! Letting a duty rest at a site, and letting it arise again.

use kefu_domain::duty::{Duty, MOST_MISSED, floor};
use kefu_domain::text::Text;
use kefu_persistence::Conn;
use kefu_persistence::duties::{self, Pause, Standing};
use kefu_persistence::events::NewEvent;
use serde_json::json;
use uuid::Uuid;

use super::{MANAGE, READ, at_site};
use crate::app::book::Site;
use crate::app::{Answer, App, Effect, Failure, Moment, Refused, Request};
use crate::params::{PauseDuty, ResumeDuty};
use crate::problem::Code;

impl App {
    /// Lets a duty rest at a site: until it is resumed it opens no case there.
    pub async fn pause_duty(
        &self,
        request: Request,
        code: String,
        body: PauseDuty,
    ) -> Result<Answer, Failure> {
        self.write(request, move |conn, moment| {
            let (duty, _, mut standing) = kept(conn, moment, &code, body.site_id)?;
            if standing.paused.is_some() {
                return Err(refused("该任务在此处已暂停。", "The duty rests there already."));
            }
            let (at, by) = (moment.now, Some(moment.caller.user_id));
            let data = json!({ "duty": code, "site_id": body.site_id, "reason": body.reason });
            let fact = NewEvent { kind: "duty.paused".to_owned(), data, actor: by, at };
            duties::log(conn, &mut standing, fact)?;
            standing.paused = Some(Pause { at, by, why: body.reason });
            save(conn, moment, duty, &standing)
        })
        .await
    }

    /// Lets a duty arise again at a site. What was missed meanwhile is made up for only if that is said.
    pub async fn resume_duty(
        &self,
        request: Request,
        code: String,
        body: ResumeDuty,
    ) -> Result<Answer, Failure> {
        self.write(request, move |conn, moment| {
            let (duty, site, mut standing) = kept(conn, moment, &code, body.site_id)?;
            if standing.paused.take().is_none() {
                return Err(refused("该任务在此处没有暂停。", "The duty does not rest there."));
            }
            let now = moment.now;
            let there = moment.book.there(duty, body.site_id, &site.calendar);
            let since = floor(duty, &there, standing.done, standing.since, now);
            let missed = duty.occurrences(&there, standing.done, since);
            let missed = missed.take_while(|it| it.occurs_at <= now).take(MOST_MISSED);
            let (mut skipped, mut last) = (0, None);
            if !body.backfill {
                for it in missed {
                    (skipped, last) = (skipped + 1, Some(it.mark));
                }
                standing.done = last.or(standing.done);
            }
            standing.since = since;
            let next = duty.next(&there, standing.done, standing.since);
            standing.next_at = next.map(|it| it.occurs_at);
            let data = json!({
                "duty": code, "site_id": body.site_id, "reason": body.reason,
                "backfill": body.backfill, "skipped": skipped,
            });
            let actor = Some(moment.caller.user_id);
            let fact = NewEvent { kind: "duty.resumed".to_owned(), data, actor, at: now };
            duties::log(conn, &mut standing, fact)?;
            save(conn, moment, duty, &standing)
        })
        .await
    }
}

fn save(
    conn: &mut Conn,
    moment: &Moment<'_>,
    duty: &Duty,
    standing: &Standing,
) -> Result<Effect, Failure> {
    duties::update(conn, standing)?;
    Effect::changed(Some(standing.version.into()), &at_site(moment.book, duty, standing))
}

/// A duty at a site that the caller may know of and keep.
fn kept<'a>(
    conn: &mut Conn,
    moment: &Moment<'a>,
    code: &str,
    site_id: Uuid,
) -> Result<(&'a Duty, &'a Site, Standing), Failure> {
    let duty = moment.book.duty(code).ok_or(Failure::NotFound)?;
    let posted =
        |permission| moment.caller.posts(permission).is_none_or(|sites| sites.contains(&site_id));
    let site = moment.book.site_of(Some(site_id)).filter(|_| posted(READ) || posted(MANAGE));
    let site = site.ok_or_else(|| {
        Failure::invalid("/site_id", "unknown_site", "没有这个管理处。", "There is no such site.")
    })?;
    if !moment.caller.may_keep(MANAGE, Some(site_id), None) {
        return Err(Failure::Forbidden { needs: MANAGE.to_owned() });
    }
    let standing = duties::find_for_update(conn, code, site_id)?.filter(Standing::runs);
    let standing = standing.ok_or_else(|| {
        Failure::invalid(
            "/site_id",
            "not_a_duty_there",
            "该管理处没有这项例行任务。",
            "The site does not have this duty.",
        )
    })?;
    Ok((duty, site, standing))
}

fn refused(zh: &str, en: &str) -> Failure {
    Failure::Refused(Box::new(Refused::new(Code::ActionNotOpen, Text::new(zh, en))))
}
