//! The one way to change something: a transaction that holds the change, its events and the answer
//! kept for the idempotency key.

use std::sync::Arc;

use kefu_domain::Timestamp;
use kefu_domain::text::Lang;
use kefu_persistence::{Conn, idempotency};
use serde_json::{Value, json};

use super::answer::{Answer, Effect, Outcome};
use super::{App, Book, Caller, Failure};

/// Who asks for a change, and how.
#[derive(Clone, Debug)]
pub struct Request {
    /// Who.
    pub caller: Arc<Caller>,
    /// In which language they are answered.
    pub lang: Lang,
    /// The idempotency key, if they sent one …
    pub key: Option<String>,
    /// … and what it stands for: SHA-256 of method, path and body.
    pub fingerprint: [u8; 32],
}

/// What a change is made in.
#[derive(Debug)]
pub struct Moment<'a> {
    /// The instant of the change.
    pub now: Timestamp,
    /// The same in real time, also under a test clock: for sign-ins and all that belongs to them.
    pub real_now: Timestamp,
    /// The caller's language.
    pub lang: Lang,
    /// Who asks.
    pub caller: &'a Caller,
    /// The regulations in force.
    pub book: &'a Book,
}

/// How often a change is tried that was in another one's way.
const TRIES: u8 = 3;

impl App {
    /// Changes something, once: `work` runs inside one transaction with the idempotency record. It
    /// runs again, from the start, when two transactions were in each other's way.
    pub async fn write<F>(&self, request: Request, work: F) -> Result<Answer, Failure>
    where
        F: FnOnce(&mut Conn, &Moment<'_>) -> Result<Effect, Failure> + Clone + Send + 'static,
    {
        let mut tried = 0;
        let (answer, changes_rules) = loop {
            let (book, now) = (self.book(), self.clock.now());
            let (request, work) = (request.clone(), work.clone());
            let kept_at = self.clock.real_now();
            let once = move |conn: &mut Conn| once(conn, &request, &book, now, kept_at, work);
            tried += 1;
            match self.store.write(once).await {
                Err(Failure::Conflict) if tried < TRIES => {}
                // What is not there may be what another node has just published.
                Err(missing @ (Failure::Invalid(_) | Failure::NotFound)) if tried == 1 => {
                    let known = self.book().revision();
                    self.refresh().await?;
                    if self.book().revision() == known {
                        return Err(missing);
                    }
                }
                done => break done?,
            }
        };
        if changes_rules {
            self.refresh().await?;
        }
        self.tail.ring();
        Ok(answer)
    }
}

impl App {
    /// What was answered to this request before, if it was: for work that is not done in one
    /// transaction, or that could not be asked for twice.
    pub(crate) async fn replayed(&self, request: &Request) -> Result<Option<Answer>, Failure> {
        let Request { caller, key, fingerprint, .. } = request.clone();
        let Some(key) = key else { return Ok(None) };
        let begin = move |conn: &mut Conn| match idempotency::begin(
            conn,
            caller.keeper(),
            &key,
            &fingerprint,
        )? {
            idempotency::Begun::Fresh => Ok(None),
            idempotency::Begun::Replay(kept) => replay(kept).map(Some),
            idempotency::Begun::OtherBody => Err(Failure::KeyReused),
            idempotency::Begun::Running => Err(Failure::StillRunning),
        };
        self.store.write(begin).await
    }
}

/// One attempt. `kept_at` is real time also in a sandbox: answers are kept for real hours.
fn once(
    conn: &mut Conn,
    request: &Request,
    book: &Book,
    now: Timestamp,
    kept_at: Timestamp,
    work: impl FnOnce(&mut Conn, &Moment<'_>) -> Result<Effect, Failure>,
) -> Result<(Answer, bool), Failure> {
    let Request { caller, lang, key, fingerprint } = request;
    if let Some(key) = key {
        match idempotency::begin(conn, caller.keeper(), key, fingerprint)? {
            idempotency::Begun::Fresh => {}
            idempotency::Begun::Replay(kept) => return Ok((replay(kept)?, false)),
            idempotency::Begun::OtherBody => return Err(Failure::KeyReused),
            idempotency::Begun::Running => return Err(Failure::StillRunning),
        }
    }
    let effect = work(conn, &Moment { now, real_now: kept_at, lang: *lang, caller, book })?;
    let changes_rules = effect.changes_rules;
    let once = effect.once.clone();
    let mut answer = Answer::from(effect);
    if let Some(key) = key {
        let kept = keep(&answer);
        idempotency::finish(conn, caller.keeper(), key, fingerprint, &kept, kept_at)?;
    }
    if let Some(whole) = once {
        answer.body = whole;
    }
    Ok((answer, changes_rules))
}

impl From<Effect> for Answer {
    fn from(effect: Effect) -> Self {
        let Effect { outcome, body, location, version, changes_rules: _, once: _ } = effect;
        Self { outcome, body, location, version, replayed: false }
    }
}

fn keep(answer: &Answer) -> idempotency::Answer {
    idempotency::Answer {
        status: answer.outcome.status(),
        headers: json!({ "location": answer.location, "version": answer.version }),
        body: answer.body.clone(),
    }
}

fn replay(kept: idempotency::Answer) -> Result<Answer, Failure> {
    let idempotency::Answer { status, headers, body } = kept;
    let outcome = Outcome::of_status(status)
        .ok_or_else(|| Failure::Broken(format!("an answer kept with status {status}")))?;
    let location = headers.get("location").and_then(Value::as_str).map(str::to_owned);
    let version = headers.get("version").and_then(Value::as_i64);
    Ok(Answer { outcome, body, location, version, replayed: true })
}
