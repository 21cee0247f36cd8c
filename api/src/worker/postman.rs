//! Delivers to webhooks: plans what happened, takes what is due, sends it.
//!
//! **Invariant.** It decides nothing: when to try again and when to give up is the domain's, what may
//! be sent the use cases'. Any number of nodes run one; a lease says whose turn a delivery is.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use kefu_persistence::records::webhooks::Webhook;
use tokio::sync::watch;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::app::{App, Caller, Failure};

/// How often it is looked what is due when nobody calls.
const LOOK: Duration = Duration::from_millis(250);

/// How often it is planned at most while a great deal happens: people's writes stand in the same queue.
const PACE: Duration = Duration::from_millis(50);

/// How many messages to one receiver are on their way at a time. To one that did not take the last
/// one, one: while it is down it costs little, and nobody else waits for it.
const AT_ONCE: usize = 8;

/// How often it is noted how far was looked for a webhook for which there was nothing.
const NOTE: Duration = Duration::from_mins(1);

/// What a node remembers of a webhook.
struct Memory {
    /// Up to where this node has looked: never before the stored cursor.
    looked: i64,
    /// The end of the feed when it was last looked.
    end: i64,
    planned: Option<Instant>,
    noted: Instant,
    on_the_way: usize,
    healthy: bool,
}

impl Memory {
    fn new() -> Self {
        Self {
            looked: 0,
            end: -1,
            planned: None,
            noted: Instant::now(),
            on_the_way: 0,
            healthy: true,
        }
    }

    /// How many more may be sent at once.
    fn room(&self, webhook: &Webhook) -> usize {
        let most = if webhook.ordered || !self.healthy { 1 } else { AT_ONCE };
        most.saturating_sub(self.on_the_way)
    }
}

struct Postman {
    app: Arc<App>,
    end: watch::Receiver<i64>,
    known: HashMap<Uuid, Memory>,
    /// Whether something has happened that is not planned yet.
    behind: bool,
    sending: JoinSet<(Uuid, bool)>,
}

/// Runs until `stop` says so; then waits for what is on its way.
pub async fn run(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    let end = app.tail.watch();
    let mut postman =
        Postman { app, end, known: HashMap::new(), behind: false, sending: JoinSet::new() };
    while !*stop.borrow() {
        if let Err(error) = postman.round().await {
            tracing::warn!(%error, "deliveries could not be looked after");
            tokio::time::sleep(LOOK).await;
        }
        let pause = if postman.behind { PACE } else { LOOK };
        tokio::select! {
            () = postman.app.postman.notified() => {}
            _ = postman.end.changed() => {}
            Some(done) = postman.sending.join_next() => postman.came_back(done),
            () = tokio::time::sleep(pause) => {}
            _ = stop.changed() => {}
        }
    }
    // What does not come back in time is taken again by whoever looks when its lease has run out.
    let last = Duration::from_secs(5);
    let rest = async { while postman.sending.join_next().await.is_some() {} };
    drop(tokio::time::timeout(last, rest).await);
}

impl Postman {
    /// Looks after every webhook once. What belongs to one is not in another's way.
    async fn round(&mut self) -> Result<(), Failure> {
        while let Some(done) = self.sending.try_join_next() {
            self.came_back(done);
        }
        let (webhooks, cursors) = self.app.enabled_webhooks().await?;
        self.behind = false;
        self.known.retain(|id, it| it.on_the_way > 0 || cursors.contains_key(id));
        for webhook in webhooks {
            let Some(cursor) = cursors.get(&webhook.id.0).copied() else { continue };
            let Some(owner) = self.owner(&webhook).await? else { continue };
            let id = webhook.id.0;
            if let Err(error) = self.look_after(webhook, owner, cursor).await {
                tracing::warn!(%error, webhook = %id, "a webhook could not be looked after");
            }
        }
        Ok(())
    }

    /// Whose webhook it is. One that is nobody's any more is disabled; that its owner is not known
    /// here yet is made sure of first.
    async fn owner(&self, webhook: &Webhook) -> Result<Option<Arc<Caller>>, Failure> {
        if let Some(owner) = self.app.owner_of(webhook) {
            return Ok(Some(owner));
        }
        self.app.refresh().await?;
        let owner = self.app.owner_of(webhook);
        if owner.is_none() {
            self.app.disable_orphan(webhook).await?;
        }
        Ok(owner)
    }

    async fn look_after(
        &mut self,
        webhook: Webhook,
        owner: Arc<Caller>,
        cursor: i64,
    ) -> Result<(), Failure> {
        let end = *self.end.borrow();
        let memory = self.known.entry(webhook.id.0).or_insert_with(Memory::new);
        if memory.planned.is_some_and(|it| it.elapsed() < PACE) {
            self.behind |= memory.end != end;
        } else {
            plan(&self.app, memory, &webhook, &owner, cursor, end).await?;
        }
        let webhook = Arc::new(webhook);
        loop {
            let room = memory.room(&webhook);
            if room == 0 {
                return Ok(());
            }
            let limit = i64::try_from(room).unwrap_or(1);
            let due = self.app.claim_deliveries(&webhook, Arc::clone(&owner), limit).await?;
            if due.is_empty() {
                return Ok(());
            }
            memory.on_the_way += due.len();
            for outgoing in due {
                let (app, webhook) = (Arc::clone(&self.app), Arc::clone(&webhook));
                self.sending.spawn(async move {
                    let id = webhook.id.0;
                    let sent = app.attempt(&webhook, outgoing).await;
                    if let Err(error) = &sent {
                        tracing::warn!(%error, webhook = %id, "an attempt could not be noted");
                    }
                    (id, sent.unwrap_or(false))
                });
            }
        }
    }

    fn came_back(&mut self, done: Result<(Uuid, bool), tokio::task::JoinError>) {
        match done {
            Ok((id, taken)) => {
                if let Some(memory) = self.known.get_mut(&id) {
                    memory.on_the_way = memory.on_the_way.saturating_sub(1);
                    memory.healthy = taken;
                }
            }
            Err(error) => {
                // It is not known whose it was. A node that forgets what is on the way sends a
                // little more at once for a while; leases keep it from sending anything twice.
                tracing::error!(%error, "an attempt panicked");
                self.known.clear();
            }
        }
    }
}

/// Plans what has happened since this node looked last.
async fn plan(
    app: &App,
    memory: &mut Memory,
    webhook: &Webhook,
    owner: &Arc<Caller>,
    mut cursor: i64,
    end: i64,
) -> Result<(), Failure> {
    memory.looked = memory.looked.max(cursor);
    if memory.end == end && memory.looked >= end {
        return Ok(());
    }
    memory.planned = Some(Instant::now());
    loop {
        let (webhook, owner) = (webhook.clone(), Arc::clone(owner));
        let planned = app.plan_deliveries(webhook, owner, memory.looked, cursor).await?;
        // A great deal that is not for it is looked through a stretch at a time.
        let looked_on = planned.up_to > memory.looked && planned.up_to < end;
        (memory.looked, cursor) = (planned.up_to, planned.cursor);
        if planned.more {
            memory.noted = Instant::now();
        } else if !looked_on {
            break;
        }
    }
    memory.end = end;
    if memory.looked > cursor && memory.noted.elapsed() >= NOTE {
        app.note_cursor(webhook.id.0, cursor, memory.looked).await?;
        memory.noted = Instant::now();
    }
    Ok(())
}
