//! Many cases at once: opened or acted upon, each as if it had been asked for alone, or all or none.
//!
//! **Invariant.** A part is one transaction that holds its items, their results and the record under
//! the request's key. Where parts begin does not depend on time or luck, so that a repeated request
//! finds every part that was done, and does the others.

use std::sync::Arc;

use kefu_domain::case::Command;
use kefu_domain::fault::Fault;
use kefu_persistence::Conn;
use kefu_persistence::search::Cut;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{NewCase, desk, linked, references, take_note};
use crate::app::answer::{Outcome, shown};
use crate::app::{Answer, App, Effect, Expected, Failure, Moment, Request};
use crate::views::{BulkResult, BulkResults, CaseSummary};

/// So many items share a transaction: few enough that others who write are not kept waiting.
const PART: usize = 20;

/// Many things to be done, as they were asked for.
#[derive(Debug)]
pub struct Bulk {
    /// Whether one refusal refuses all.
    pub atomic: bool,
    /// What to do, or what is wrong with how it was said.
    pub items: Vec<Result<BulkItem, Vec<Fault>>>,
    /// The request's id, for the problems.
    pub instance: String,
}

/// One thing to be done.
#[derive(Debug, Clone)]
pub enum BulkItem {
    /// Open a case.
    Open(NewCase),
    /// Take an action.
    Act {
        /// On this case …
        case_id: Uuid,
        /// … in this version.
        version: i64,
        /// Which.
        action: String,
        /// What its form is told, and the note.
        input: Map<String, Value>,
    },
}

impl App {
    /// Does many things.
    pub async fn bulk(&self, request: Request, bulk: Bulk) -> Result<Answer, Failure> {
        // A refusal of one item is an answer: what another node has just published must be known.
        self.refresh().await?;
        let bulk = Arc::new(bulk);
        if bulk.atomic {
            self.all_or_none(request, bulk).await
        } else {
            self.parts(request, bulk).await
        }
    }

    /// All in one transaction; every refusal is told.
    async fn all_or_none(&self, request: Request, bulk: Arc<Bulk>) -> Result<Answer, Failure> {
        let cuts = cuts(&bulk.items);
        self.write(request, move |conn, moment| {
            let mut items = Vec::with_capacity(bulk.items.len());
            let mut refused = Vec::new();
            for (index, (item, cut)) in bulk.items.iter().zip(cuts.iter()).enumerate() {
                match one(conn, moment, item, cut) {
                    Ok((status, case)) => items.push(BulkResult::done(index, status, case)),
                    Err(failure) if is_everybodys(&failure) => return Err(failure),
                    Err(failure) => refused.push((index, failure)),
                }
            }
            if !refused.is_empty() {
                return Err(Failure::BulkRefused(refused));
            }
            let succeeded = items.len();
            Effect::changed(None, &BulkResults { items, succeeded, failed: 0 })
        })
        .await
    }

    /// Part after part, each kept under a key of its own that is made of the request's.
    async fn parts(&self, request: Request, bulk: Arc<Bulk>) -> Result<Answer, Failure> {
        let mut items: Vec<Value> = Vec::with_capacity(bulk.items.len());
        let mut replayed = true;
        while items.len() < bulk.items.len() {
            let from = items.len();
            match self.part(&request, &bulk, from).await {
                Ok(part) => {
                    replayed &= part.replayed;
                    items.extend(results(&part.body)?);
                }
                // Earlier parts are done and cannot be taken back: these items are told why they
                // were not. The same key later does them.
                Err(failure @ (Failure::Busy | Failure::Conflict | Failure::Broken(_)))
                    if from > 0 =>
                {
                    replayed = false;
                    let until = bulk.items.len().min(from + PART);
                    for index in from..until {
                        let (lang, instance) = (request.lang, bulk.instance.as_str());
                        items.push(shown(&BulkResult::refused(index, &failure, lang, instance))?);
                    }
                }
                Err(failure) => return Err(failure),
            }
        }
        let failed = items.iter().filter(|it| it.get("problem").is_some()).count();
        let body = json!({ "succeeded": items.len() - failed, "failed": failed, "items": items });
        let outcome = Outcome::Changed;
        Ok(Answer { outcome, body: body.to_string(), location: None, version: None, replayed })
    }

    /// The part that begins at `from`. The first is kept under the request's key itself, so that the
    /// key is taken for any other request; `#` is in nobody's key.
    async fn part(
        &self,
        request: &Request,
        bulk: &Arc<Bulk>,
        from: usize,
    ) -> Result<Answer, Failure> {
        let mut request = request.clone();
        if from > 0 {
            request.key = request.key.map(|key| format!("{key}#{from}"));
        }
        let bulk = Arc::clone(bulk);
        let cuts = cuts(bulk.items.iter().skip(from).take(PART));
        self.write(request, move |conn, moment| {
            let mut results = Vec::with_capacity(PART);
            let items = bulk.items.iter().enumerate().skip(from).take(PART);
            for ((index, item), cut) in items.zip(cuts.iter()) {
                results.push(match one(conn, moment, item, cut) {
                    Ok((status, case)) => BulkResult::done(index, status, case),
                    Err(failure) if is_everybodys(&failure) => return Err(failure),
                    Err(failure) => {
                        if let Failure::Broken(why) = &failure {
                            tracing::error!(request_id = %bulk.instance, index, why, "broken");
                        }
                        BulkResult::refused(index, &failure, moment.lang, &bulk.instance)
                    }
                });
            }
            Effect::changed(None, &results)
        })
        .await
    }
}

/// What is about the transaction and not about the item: all of it is run again, or not done.
fn is_everybodys(failure: &Failure) -> bool {
    matches!(failure, Failure::Busy | Failure::Conflict)
}

/// Does one thing in a savepoint: a refusal takes back what it did, and nothing else.
fn one(
    conn: &mut Conn,
    moment: &Moment<'_>,
    item: &Result<BulkItem, Vec<Fault>>,
    cut: &Cut,
) -> Result<(u16, CaseSummary), Failure> {
    let item = item.clone().map_err(Failure::Invalid)?;
    conn.transaction(|conn| {
        let actor = &moment.caller.actor;
        let mut desk = desk(conn, moment);
        let (outcome, stored) = match item {
            BulkItem::Open(new) => (Outcome::Created, desk.open(actor, new, cut)?.0),
            BulkItem::Act { case_id, version, action, mut input } => {
                let note = take_note(&mut input)?;
                if let ("link", Some(other)) = (action.as_str(), linked(&input)) {
                    references::check_link(desk.conn, actor, other)?;
                }
                let expected = Expected::OneOf(vec![version]);
                let command = Command::Act { action, input, note };
                (Outcome::Changed, desk.command(case_id, actor, Some(&expected), command)?)
            }
        };
        let procedure = desk.procedure_of(&stored.case)?;
        let summary = CaseSummary::of_case(&stored.case, &procedure, moment.lang);
        Ok((outcome.status(), summary))
    })
}

/// What each case to be opened will be found by, cut before it is the writer's turn.
fn cuts<'a>(items: impl IntoIterator<Item = &'a Result<BulkItem, Vec<Fault>>>) -> Arc<Vec<Cut>> {
    let cut = |item: &Result<BulkItem, Vec<Fault>>| match item {
        Ok(BulkItem::Open(new)) => Cut::of_record(&new.subject, &new.fields),
        Ok(BulkItem::Act { .. }) | Err(_) => Cut::default(),
    };
    Arc::new(items.into_iter().map(cut).collect())
}

/// The results that a part was answered with.
fn results(body: &str) -> Result<Vec<Value>, Failure> {
    serde_json::from_str(body)
        .map_err(|error| Failure::Broken(format!("a part's results: {error}")))
}
