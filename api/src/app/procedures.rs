//! Procedures: read them, check a draft, publish a version.

use std::sync::Arc;

use kefu_domain::fault::Fault;
use kefu_domain::procedure::{
    Definition, Procedure, check_together, from_json_with, from_toml_with,
};
use kefu_persistence::published::{self, Published};
use serde_json::Value;

use super::lists::{Asker, Listing};
use super::shelf::{holds, shelf};
use super::{Answer, App, Book, Caller, Effect, Failure, Page, Request, Shown};
use crate::params::{ListName, Paging, ProcedureFilter};
use crate::views::ProcedureView;
use kefu_domain::text::Lang;

/// A procedure as somebody hands it in.
#[derive(Debug, Clone)]
pub enum Draft {
    /// The JSON model.
    Json(Value),
    /// The file, as it is written.
    Toml(String),
}

/// Procedures, as a list.
#[derive(Debug)]
pub struct Procedures;

impl Listing for Procedures {
    type Filter = ProcedureFilter;
    type Item = ProcedureView;

    const NAME: ListName = ListName::Procedures;
    const LOOK: &'static str = "procedure.read";
    const EXPORT: &'static str = "procedure.read";

    /// The newest version of each, by code.
    async fn page(
        app: &App,
        asker: &Asker,
        filter: ProcedureFilter,
        paging: &Paging,
    ) -> Result<Page<ProcedureView>, Failure> {
        let book = app.book();
        let all = book.procedures().map(|it| ProcedureView::summary(it, asker.lang));
        let wanted = |it: &ProcedureView| {
            let kind = super::answer::shown(&it.kind).ok();
            let kind = kind.as_ref().and_then(Value::as_str).unwrap_or_default();
            holds(&format!("{} {}", it.code, it.title), filter.q.as_deref())
                && (filter.kind.is_empty() || filter.kind.iter().any(|asked| asked == kind))
        };
        let part = (paging.limit, paging.cursor.as_deref(), paging.count);
        shelf(all.filter(wanted), |it| it.code.clone(), part, |it| it)
    }
}

impl App {
    /// One procedure: the version asked for, or the newest.
    pub fn get_procedure(
        &self,
        caller: &Caller,
        lang: Lang,
        code: &str,
        version: Option<u32>,
    ) -> Result<Shown<ProcedureView>, Failure> {
        may(caller, "procedure.read")?;
        let book = self.book();
        let found = match version {
            Some(version) => book.procedure_version(code, version),
            None => book.procedure(code),
        };
        let procedure = found.ok_or(Failure::NotFound)?;
        let version = i64::from(procedure.version);
        Ok(Shown { view: ProcedureView::whole(&procedure, lang), version })
    }

    /// Checks a draft as publishing would, and keeps nothing.
    pub fn check_procedure(
        &self,
        caller: &Caller,
        lang: Lang,
        draft: &Draft,
    ) -> Result<ProcedureView, Failure> {
        may(caller, "procedure.publish")?;
        let (procedure, _) = compiled(&self.book(), draft)?;
        Ok(ProcedureView::whole(&procedure, lang))
    }

    /// Publishes a new version; cases that run keep theirs.
    pub async fn publish_procedure(
        &self,
        request: Request,
        draft: Draft,
    ) -> Result<Answer, Failure> {
        may(&request.caller, "procedure.publish")?;
        let (procedure, source) = compiled(&self.book(), &draft)?;
        let procedure = Arc::new(procedure);
        self.write(request, move |conn, moment| {
            let code = procedure.code().to_owned();
            let latest = published::procedures::latest_version(conn, &code)?;
            let document = serde_json::to_value(&*procedure.definition)
                .map_err(|error| Failure::Broken(error.to_string()))?;
            let new = Published {
                code: code.clone(),
                version: latest + 1,
                document,
                source: source.clone(),
                published_at: moment.now,
                published_by: Some(moment.caller.user_id),
            };
            published::procedures::publish(conn, &new)?;
            let version = u32::try_from(new.version).unwrap_or_default();
            let view = ProcedureView { version, ..ProcedureView::whole(&procedure, moment.lang) };
            let location = format!("/v1/procedures/{code}/versions/{version}");
            Ok(Effect::created(location, i64::from(version), &view)?.changing_rules())
        })
        .await
    }
}

fn compiled(book: &Book, draft: &Draft) -> Result<(Procedure, String), Failure> {
    let fields = &|code: &str| book.library().fields_of(code);
    let (definition, source, lines) = match draft {
        Draft::Json(value) => (from_json_with(value.clone(), fields)?, String::new(), None),
        Draft::Toml(text) => {
            let (definition, lines) = from_toml_with(text, fields)?;
            (definition, text.clone(), Some(lines))
        }
    };
    let version = book.procedure(&definition.code).map_or(0, |it| it.version) + 1;
    let compiled = compile(book, definition, version);
    let procedure = compiled.map_err(|mut faults| {
        if let Some(lines) = &lines {
            lines.locate(&mut faults);
        }
        Failure::Invalid(faults)
    })?;
    Ok((procedure, source))
}

fn compile(book: &Book, definition: Definition, version: u32) -> Result<Procedure, Vec<Fault>> {
    let mut names = book.names();
    // A procedure may open cases of its own kind.
    names.procedures.insert(definition.code.clone());
    let procedure = Procedure::new(definition, version, &names.surroundings())?;
    // What it opens and what opens it: forms and results have to fit each other.
    let others = book.procedures().filter(|it| it.code() != procedure.code());
    let mut around: Vec<&Definition> = vec![&procedure.definition];
    let others: Vec<_> = others.map(|it| Arc::clone(&it.definition)).collect();
    around.extend(others.iter().map(|it| &**it));
    let faults = check_together(&procedure.definition, &around);
    if faults.is_empty() { Ok(procedure) } else { Err(faults) }
}

fn may(caller: &Caller, permission: &str) -> Result<(), Failure> {
    if caller.actor.holds(permission) {
        return Ok(());
    }
    Err(Failure::Forbidden { needs: permission.to_owned() })
}
