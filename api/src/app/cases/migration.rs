//! Moving running cases to another version of their procedure.

use std::sync::Arc;

use kefu_domain::case::{self, Obstacle};
use kefu_domain::procedure::Procedure;
use kefu_domain::text::Text;
use kefu_persistence::{Conn, cases};
use uuid::Uuid;

use super::desk::Desk;
use super::surroundings::Surroundings;
use super::{desk, notify};
use crate::app::{Answer, App, Effect, Failure, Moment, Request};
use crate::params::NewMigration;
use crate::views::{MigrationItem, MigrationReport, MigrationStatus, ObstacleView};

/// So many cases, if nothing is said.
const USUAL: i64 = 100;
const MOST: i64 = 200;

impl App {
    /// Moves cases, or says what would become of them.
    pub async fn migrate_cases(
        &self,
        request: Request,
        code: String,
        draft: NewMigration,
    ) -> Result<Answer, Failure> {
        self.refresh().await?;
        let draft = Arc::new(draft);
        self.write(request, move |conn, moment| {
            let report = migrated(conn, moment, &code, &draft)?;
            Effect::changed(None, &report)
        })
        .await
    }
}

fn migrated(
    conn: &mut Conn,
    moment: &Moment<'_>,
    code: &str,
    draft: &NewMigration,
) -> Result<MigrationReport, Failure> {
    let newest = moment.book.procedure(code).ok_or(Failure::NotFound)?;
    let wanted = draft.to_version.unwrap_or(newest.version);
    let to = moment.book.procedure_version(code, wanted).ok_or_else(|| {
        Failure::invalid(
            "/to_version",
            "unknown_version",
            "没有这个版本。",
            "There is no such version.",
        )
    })?;
    let limit = draft.limit.unwrap_or(USUAL).clamp(1, MOST);
    let ids = candidates(conn, code, &to, draft, limit)?;
    let next = ids.last().copied().filter(|_| draft.cases.is_empty());
    let more = i64::try_from(ids.len()).is_ok_and(|it| it == limit);
    let mut desk = desk(conn, moment);
    let mut items = Vec::new();
    for id in ids {
        items.extend(one(&mut desk, moment, id, &to, draft)?);
    }
    let blocked = items.iter().filter(|it| it.status == MigrationStatus::Blocked).count();
    Ok(MigrationReport {
        procedure: code.to_owned(),
        to_version: to.version,
        dry_run: draft.dry_run,
        movable: items.len() - blocked,
        blocked,
        items,
        next_after: next.filter(|_| more),
    })
}

fn candidates(
    conn: &mut Conn,
    code: &str,
    to: &Procedure,
    draft: &NewMigration,
    limit: i64,
) -> Result<Vec<Uuid>, Failure> {
    if !draft.cases.is_empty() {
        return Ok(draft.cases.clone());
    }
    let version = i32::try_from(to.version).unwrap_or(i32::MAX);
    let versions = &draft.from_versions;
    Ok(cases::of_other_versions(conn, code, version, versions, draft.after, limit)?)
}

/// One case; none where it is not the caller's to know of.
fn one(
    desk: &mut Desk<'_>,
    moment: &Moment<'_>,
    id: Uuid,
    to: &Arc<Procedure>,
    draft: &NewMigration,
) -> Result<Option<MigrationItem>, Failure> {
    let actor = &moment.caller.actor;
    let Some(held) = cases::find_for_update(desk.conn, id)? else { return Ok(None) };
    if held.case.procedure != to.code() || !case::may_see(&held.case, actor) {
        return Ok(None);
    }
    let before = held.case.clone();
    let surroundings = Surroundings::of(desk.conn, desk.book, to, &before)?;
    let book = desk.book;
    let people = |id| book.person(id);
    let context = surroundings.context(book, &people, desk.now);
    let decided = case::migrate(to, &before, actor, &draft.states, &context);
    let to_state = draft.states.get(&before.state).unwrap_or(&before.state).clone();
    let (status, obstacles) = match decided {
        Err(obstacles) => (MigrationStatus::Blocked, obstacles),
        Ok(_) if draft.dry_run => (MigrationStatus::Movable, Vec::new()),
        Ok(events) => {
            desk.moved(&held, to, &events, actor)?;
            (MigrationStatus::Moved, Vec::new())
        }
    };
    Ok(Some(MigrationItem {
        case_id: id,
        number: before.number,
        from_version: before.procedure_version,
        state: before.state,
        to_state,
        status,
        obstacles: obstacles.iter().map(|it| view(it, moment)).collect(),
    }))
}

fn view(obstacle: &Obstacle, moment: &Moment<'_>) -> ObstacleView {
    let detail: &Text = &obstacle.detail;
    ObstacleView { code: obstacle.code.to_owned(), detail: detail.get(moment.lang).to_owned() }
}

impl Desk<'_> {
    /// Stores a case that goes on by another version.
    fn moved(
        &mut self,
        held: &cases::Held,
        to: &Arc<Procedure>,
        events: &[case::Event],
        actor: &kefu_domain::who::Actor,
    ) -> Result<(), Failure> {
        let before = held.case.clone();
        let after = events.iter().fold(Some(before.clone()), case::evolve);
        let after = after.ok_or_else(|| super::refusal::broken("a case that vanished"))?;
        self.holds_are_free(Some(&before), &after, actor)?;
        let stored = cases::save(self.conn, held, &after, events, None)?;
        notify::tell(self, to, Some(&before), &stored.case, events)
    }
}
