//! What becomes of each row of a table, before anything is stored.

use std::collections::HashMap;

use kefu_domain::fault::Fault;
use kefu_domain::text::Text;
use kefu_persistence::Conn;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::columns::{Target, targets};
use super::{Importing, fault_at};
use crate::app::answer::shown;
use crate::app::{Failure, Moment, merge};
use crate::faults::faults;
use crate::ids::new_id;
use crate::sheet::Table;

/// So many are looked up in one statement.
const LOOK: usize = 500;

/// What becomes of a table.
pub(super) struct Plan<R: Importing> {
    /// How many rows it has.
    pub(super) rows: usize,
    /// What becomes of the good ones.
    pub(super) steps: Vec<Step<R>>,
    /// What is wrong with the others, in the order of rows.
    pub(super) faults: Vec<Fault>,
}

/// What becomes of a row.
pub(super) enum Step<R: Importing> {
    /// It makes a record.
    Create(R::Row),
    /// It changes one, from the first to the second.
    Change(Box<(R::Row, R::Row)>),
    /// It says what is known.
    Keep,
}

/// A row as it is understood.
struct Line {
    row: u32,
    id: Option<Uuid>,
    said: Map<String, Value>,
    faults: Vec<Fault>,
}

/// Looks at every row.
pub(super) fn plan<R: Importing>(
    conn: &mut Conn,
    moment: &Moment<'_>,
    table: &Table,
) -> Result<Plan<R>, Failure> {
    let targets = targets::<R>(table).map_err(Failure::Invalid)?;
    let read = |(row, cells): &(u32, Vec<String>)| line::<R>(moment, &targets, *row, cells);
    let mut lines: Vec<Line> = table.rows.iter().map(read).collect();
    for line in &mut lines {
        line.faults.extend(R::resolve(conn, moment, &mut line.said)?.err());
    }
    let known = Known::<R>::look(conn, moment, &lines)?;
    let mut plan = Plan { rows: lines.len(), steps: Vec::new(), faults: Vec::new() };
    let mut taken: HashMap<String, u32> = HashMap::new();
    for line in lines {
        let row = line.row;
        match step::<R>(conn, moment, &known, &mut taken, line)? {
            Ok(step) => plan.steps.push(step),
            Err(faults) => plan.faults.extend(named(row, faults)),
        }
    }
    Ok(plan)
}

/// What a row says.
fn line<R: Importing>(moment: &Moment<'_>, targets: &[Target], row: u32, cells: &[String]) -> Line {
    let mut line = Line { row, id: None, said: Map::new(), faults: Vec::new() };
    for (target, text) in targets.iter().zip(cells) {
        let text = text.trim();
        if text.is_empty() || *target == Target::Nothing {
            continue;
        }
        let mut fault = |code, zh: &str, en: &str| {
            line.faults.push(Fault::new(at(target), code, Text::new(zh, en)));
        };
        if text.contains('\0') {
            fault("format", "不得含有 U+0000。", "Must not hold U+0000.");
        } else if *target == Target::Column("id") {
            match text.parse() {
                Ok(id) => line.id = Some(id),
                Err(_) => fault("format", "格式应为 uuid。", "Must be in the format uuid."),
            }
        } else if let Err((code, detail)) = R::say(&mut line.said, target, text, moment.book) {
            line.faults.push(Fault::new(at(target), code, detail));
        }
    }
    line
}

fn at(target: &Target) -> String {
    format!("/{}", target.name())
}

/// The records that rows may mean.
struct Known<R: Importing> {
    by_id: HashMap<Uuid, R::Row>,
    by_key: HashMap<String, Vec<R::Row>>,
}

impl<R: Importing> Known<R> {
    fn look(conn: &mut Conn, moment: &Moment<'_>, lines: &[Line]) -> Result<Self, Failure> {
        let mut known = Self { by_id: HashMap::new(), by_key: HashMap::new() };
        let ids: Vec<Uuid> = lines.iter().filter_map(|it| it.id).collect();
        for ids in ids.chunks(LOOK) {
            let found = R::by_ids(conn, ids)?.into_iter();
            let found = found.filter(|it| R::may_read(moment.caller, it));
            known.by_id.extend(found.map(|it| (R::id(&it), it)));
        }
        let said: Vec<_> = lines.iter().filter(|it| it.id.is_none()).map(|it| &it.said).collect();
        for said in said.chunks(LOOK) {
            for row in R::by_keys(conn, said)? {
                if R::may_read(moment.caller, &row) {
                    let alike = known.by_key.entry(R::key_of(&row)).or_default();
                    if !alike.contains(&row) {
                        alike.push(row);
                    }
                }
            }
        }
        Ok(known)
    }

    /// The record that a row means; nothing if it makes one.
    fn meant(&self, line: &Line) -> Result<Option<&R::Row>, Fault> {
        let fault =
            |at: &str, code, zh: &str, en: &str| Err(Fault::new(at, code, Text::new(zh, en)));
        if let Some(id) = line.id {
            return match self.by_id.get(&id) {
                None => fault("/id", "unknown_id", "没有这条记录。", "There is no such record."),
                found => Ok(found),
            };
        }
        let alike = R::key(&line.said).and_then(|key| self.by_key.get(&key));
        match alike.map(Vec::as_slice).unwrap_or_default() {
            [] => Ok(None),
            [one] => Ok(Some(one)),
            _ => fault(
                "",
                "ambiguous",
                "有多条记录与此行相同，请用 id 列指明。",
                "Several records are like this row; name the one meant in the column `id`.",
            ),
        }
    }
}

/// What becomes of one row, or what is wrong with it.
fn step<R: Importing>(
    conn: &mut Conn,
    moment: &Moment<'_>,
    known: &Known<R>,
    taken: &mut HashMap<String, u32>,
    line: Line,
) -> Result<Result<Step<R>, Vec<Fault>>, Failure> {
    let mut found = line.faults.clone();
    let before = match known.meant(&line) {
        Ok(before) => before,
        Err(fault) => {
            found.push(fault);
            return Ok(Err(found));
        }
    };
    let mut value = match before {
        Some(row) => shown(&R::draft(row)?)?,
        None => Value::Object(Map::new()),
    };
    merge(&mut value, &Value::Object(line.said));
    let complaints = faults(R::schema(), &value);
    // What a cell could not say at all is not missing as well.
    let new = complaints
        .into_iter()
        .filter(|it| !line.faults.iter().any(|old| old.pointer == it.pointer));
    found.extend(new);
    let draft: R::Draft = match serde_json::from_value(value) {
        Ok(draft) => draft,
        Err(_) if !found.is_empty() => return Ok(Err(found)),
        Err(error) => return Err(Failure::Broken(format!("a draft: {error}"))),
    };
    let mut after = before.cloned().unwrap_or_else(|| R::fresh(new_id(moment.now)));
    R::apply(&mut after, draft.clone())?;
    let may = |row: &R::Row| R::may_write(moment.caller, moment.book, row);
    if !may(&after)? || !before.map_or(Ok(true), may)? {
        let detail = Text::new("您不能维护此处的记录。", "Records there are not yours to keep.");
        found.push(Fault::new("", "forbidden", detail));
    }
    found.extend(R::check(conn, moment, &draft, before)?);
    let name = line.id.map_or_else(|| R::key_of(&after), |id| id.to_string());
    if let Some(first) = taken.insert(name, line.row) {
        let detail = Text::new(
            format!("与第 {first} 行是同一条记录。"),
            format!("Row {first} is about the same record."),
        );
        found.push(Fault::new("", "repeated", detail));
    }
    if !found.is_empty() {
        return Ok(Err(found));
    }
    Ok(Ok(match before {
        None => Step::Create(after),
        Some(before) if *before == after => Step::Keep,
        Some(before) => Step::Change(Box::new((before.clone(), after))),
    }))
}

/// The faults of a row, at its place in the file.
fn named(row: u32, faults: Vec<Fault>) -> impl Iterator<Item = Fault> {
    faults.into_iter().map(move |it| {
        let column = it.pointer.trim_start_matches('/').replace("fields/", "fields.");
        fault_at(row, &column, (it.code, it.detail))
    })
}
