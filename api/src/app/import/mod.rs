//! Records taken in from a table. Each row makes a record, or changes the one it means, by the same
//! rules as one sent alone; what an empty cell would say is not said.
//!
//! **Invariant.** Unless the good rows alone were asked for, one bad row means that nothing is stored.
//! **Invariant.** A dry run is the same look at the same rows, on a connection that cannot write.

mod assets;
mod columns;
mod customers;
mod plan;

use std::sync::Arc;

use kefu_domain::fault::Fault;
use kefu_domain::text::{Lang, Text};
use kefu_persistence::Conn;
use kefu_persistence::events::{NewEvent, append};
use serde_json::{Map, Value, json};
use tokio::sync::Semaphore;
use uuid::Uuid;

use self::columns::Target;
use self::plan::{Plan, Step, plan};
use super::answer::shown;
use super::records::change;
use super::{Answer, App, Book, Caller, Effect, Failure, Moment, Request, Resource};
use crate::ids::new_id;
use crate::params::{ImportQuery, ListName};
use crate::sheet::{Table, Unreadable, read};
use crate::views::{ImportReport, RowFault};

/// So many rows are taken in at once.
const ROWS: usize = 10_000;

/// So many faults are named; of more, how many there are.
const FAULTS: usize = 1_000;

/// So many files are read at once.
static TURNS: Semaphore = Semaphore::const_new(2);

/// What the log calls a table that was taken in.
const AGGREGATE: &str = "import";

/// A kind of record that can be taken in from a table.
pub trait Importing: Resource<Key = Uuid, Row: PartialEq> {
    /// Its list, whose columns are those of the table.
    const LIST: ListName;
    /// The columns that say something of a record; the others of its list are passed over.
    const SAID: &'static [&'static str];

    /// A record of which nothing has been said yet.
    fn fresh(id: Uuid) -> Self::Row;
    /// Its identity.
    fn id(row: &Self::Row) -> Uuid;
    /// What one cell says, put into what its row says; an `Err` says what is wrong with it.
    fn say(
        said: &mut Map<String, Value>,
        column: &Target,
        text: &str,
        book: &Book,
    ) -> Result<(), Saying>;
    /// Finds what a row refers to in words, once it is known where; `Err`s are faults of the row.
    fn resolve(
        _conn: &mut Conn,
        _moment: &Moment<'_>,
        _said: &mut Map<String, Value>,
    ) -> Result<Result<(), Fault>, Failure> {
        Ok(Ok(()))
    }
    /// What tells a record from all others where no identity is given; nothing if too little is said.
    fn key(said: &Map<String, Value>) -> Option<String>;
    /// The key of a record that is there.
    fn key_of(row: &Self::Row) -> String;
    /// Those with these identities.
    fn by_ids(conn: &mut Conn, ids: &[Uuid]) -> Result<Vec<Self::Row>, Failure>;
    /// Those that the rows may mean by their keys, and perhaps others.
    fn by_keys(conn: &mut Conn, said: &[&Map<String, Value>]) -> Result<Vec<Self::Row>, Failure>;
}

/// What is wrong with a cell: a word for programs, words for people.
type Saying = (&'static str, Text);

impl App {
    /// Takes a table in, or looks at what that would do.
    pub async fn import<R: Importing>(
        &self,
        request: Request,
        file: Vec<u8>,
        query: ImportQuery,
    ) -> Result<Answer, Failure> {
        // Reading a file takes a core and some memory for a while: on a thread of its own, and of
        // many files two at a time.
        let turn = TURNS.acquire().await.map_err(|error| Failure::Broken(error.to_string()))?;
        let table = tokio::task::spawn_blocking(move || read(&file, ROWS)).await;
        let table = table.map_err(|error| Failure::Broken(error.to_string()))?;
        let table = Arc::new(table.map_err(unreadable)?);
        drop(turn);
        if query.dry_run.unwrap_or_default() {
            return self.look_at::<R>(request, table, query).await;
        }
        let partial = query.partial.unwrap_or_default();
        self.write(request, move |conn, moment| {
            let plan = plan::<R>(conn, moment, &table)?;
            if !plan.faults.is_empty() && !partial {
                return Err(refused(plan.faults));
            }
            let report = report(&plan, &query, moment.lang);
            carry_out(conn, moment, plan, &report)?;
            Effect::changed(None, &report)
        })
        .await
    }

    /// What taking it in would do.
    async fn look_at<R: Importing>(
        &self,
        request: Request,
        table: Arc<Table>,
        query: ImportQuery,
    ) -> Result<Answer, Failure> {
        let (book, now) = (self.book(), self.clock.now());
        let real_now = self.clock.real_now();
        let look = move |conn: &mut Conn| {
            let Request { caller, lang, .. } = &request;
            let caller: &Caller = caller;
            let moment = Moment { now, real_now, lang: *lang, caller, book: &book };
            let plan = conn.snapshot(|conn| plan::<R>(conn, &moment, &table))?;
            Ok(report(&plan, &query, *lang))
        };
        let report = self.read(look).await?;
        Ok(Effect::changed(None, &shown(&report)?)?.into())
    }
}

/// Stores what was planned, and notes that it was.
fn carry_out<R: Importing>(
    conn: &mut Conn,
    moment: &Moment<'_>,
    plan: Plan<R>,
    report: &ImportReport,
) -> Result<(), Failure> {
    if report.created + report.updated == 0 {
        return Ok(());
    }
    for step in plan.steps {
        match step {
            Step::Create(row) => drop(R::insert(conn, row, change(moment))?),
            Step::Change(both) => {
                let (before, after) = *both;
                let after = R::update(conn, &before, after, change(moment))?;
                R::after(conn, moment, &before, Some(&after))?;
            }
            Step::Keep => {}
        }
    }
    let data = json!({
        "list": R::LIST, "rows": report.rows, "created": report.created,
        "updated": report.updated, "unchanged": report.unchanged, "refused": report.refused,
    });
    let (actor, at) = (Some(moment.caller.user_id), moment.now);
    let fact = NewEvent { kind: format!("{AGGREGATE}.finished"), data, actor, at };
    Ok(append(conn, AGGREGATE, new_id(moment.now), 0, None, &[fact]).map(drop)?)
}

fn report<R: Importing>(plan: &Plan<R>, query: &ImportQuery, lang: Lang) -> ImportReport {
    let count = |of: fn(&Step<R>) -> bool| plan.steps.iter().filter(|it| of(it)).count();
    let fault = |it: &Fault| {
        let place = it.pointer.trim_start_matches("/rows/");
        let (row, column) = place.split_once('/').unwrap_or((place, ""));
        RowFault {
            row: row.parse().unwrap_or_default(),
            column: Some(column.to_owned()).filter(|it| !it.is_empty()),
            code: it.code.to_owned(),
            detail: it.detail.get(lang).to_owned(),
        }
    };
    ImportReport {
        dry_run: query.dry_run.unwrap_or_default(),
        partial: query.partial.unwrap_or_default(),
        rows: plan.rows,
        created: count(|it| matches!(it, Step::Create(_))),
        updated: count(|it| matches!(it, Step::Change(_))),
        unchanged: count(|it| matches!(it, Step::Keep)),
        refused: plan.rows - plan.steps.len(),
        errors: plan.faults.iter().take(FAULTS).map(fault).collect(),
        errors_left_off: plan.faults.len().saturating_sub(FAULTS),
    }
}

/// The refusal of a table with bad rows.
fn refused(mut faults: Vec<Fault>) -> Failure {
    faults.truncate(FAULTS);
    Failure::Invalid(faults)
}

fn unreadable(why: Unreadable) -> Failure {
    match why {
        Unreadable::NoTable(why) => Failure::Unreadable(why),
        Unreadable::Empty => {
            Failure::invalid("", "empty_file", "文件是空的。", "The file is empty.")
        }
        Unreadable::TooLong => Failure::invalid(
            "",
            "too_many_rows",
            &format!("一次最多导入 {ROWS} 行，请分成几个文件。"),
            &format!("At most {ROWS} rows at once; split the file."),
        ),
    }
}

/// The fault of a cell, or of a row where no column is named.
fn fault_at(row: u32, column: &str, (code, detail): Saying) -> Fault {
    let pointer = format!("/rows/{row}/{column}");
    let pointer = pointer.trim_end_matches('/').to_owned();
    Fault { line: Some(row), ..Fault::new(pointer, code, detail) }
}
