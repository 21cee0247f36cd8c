//! `/v1/webhooks`: other systems are told what happens.

mod addresses;
mod delivering;
mod nodes;
mod records;
mod redelivery;
mod retries;
mod secrets;

use std::sync::LazyLock;
use std::thread;
use std::time::{Duration, Instant};

use kefu_tests::{Client, Office, Options, Receiver, Reply, Scope, Server};
use serde_json::{Value, json};

use crate::procedures::simple;

/// How a server is started whose receivers are on this machine.
pub(crate) fn near() -> Options {
    let env = vec![("KEFU_WEBHOOK_ALLOW_PRIVATE".to_owned(), "true".to_owned())];
    Options { env, ..Options::default() }
}

/// The server these tests share.
fn shared() -> Server {
    static SHARED: LazyLock<Server> = LazyLock::new(|| Server::start_with(near()));
    SHARED.clone()
}

/// An office whose manager keeps a webhook for a receiver.
struct Post {
    office: Office,
    manager: Client,
    receiver: Receiver,
    id: String,
    secret: String,
}

impl Post {
    /// At a new site of the server that these tests share.
    #[track_caller]
    fn shared(wish: Value) -> Self {
        Self::at(&shared(), wish)
    }

    /// At a server of its own, whose clock may be moved.
    #[track_caller]
    fn own(wish: Value) -> Self {
        Self::at(&Server::start_with(near()), wish)
    }

    #[track_caller]
    fn at(server: &Server, mut wish: Value) -> Self {
        simple::publish(server);
        let office = Office::open(server);
        let manager = server.user("office_manager", Scope::Site(&office.site));
        let receiver = Receiver::start();
        wish["url"] = json!(receiver.url());
        wish["site_id"] = json!(office.site);
        let made = manager.post("/v1/webhooks", wish).expect(201);
        let (id, secret) = (made.id(), made.text_at("/secret"));
        Self { office, manager, receiver, id, secret }
    }

    fn path(&self) -> String {
        format!("/v1/webhooks/{}", self.id)
    }

    #[track_caller]
    fn open(&self) -> String {
        simple::open(&self.office).id()
    }

    #[track_caller]
    fn get(&self) -> Reply {
        self.manager.get(&self.path()).expect(200)
    }

    #[track_caller]
    fn patch(&self, changes: Value) -> Reply {
        self.manager.patch(&self.path(), &self.get().etag(), changes)
    }

    /// The deliveries, the first one first.
    #[track_caller]
    fn deliveries(&self) -> Vec<Value> {
        let path = format!("{}/deliveries?limit=200", self.path());
        let mut items = self.manager.get(&path).expect(200).items();
        items.reverse();
        items
    }

    /// One delivery, once it is as it should be.
    #[track_caller]
    fn delivery(&self, id: &str, is: impl Fn(&Value) -> bool) -> Value {
        let path = format!("{}/deliveries/{id}", self.path());
        eventually(&self.office.server, || {
            let found = self.manager.get(&path).expect(200).body;
            if is(&found) { Ok(found) } else { Err(found.to_string()) }
        })
    }

    /// All deliveries, once every one of them stands so and there are `count`.
    #[track_caller]
    fn all(&self, count: usize, status: &str) -> Vec<Value> {
        eventually(&self.office.server, || {
            let all = self.deliveries();
            if all.len() == count && all.iter().all(|it| it["status"] == status) {
                Ok(all)
            } else {
                Err(format!("{all:#?}"))
            }
        })
    }
}

/// What `look` finds in the end; with what it found last when a minute has passed.
#[track_caller]
fn eventually<T>(server: &Server, mut look: impl FnMut() -> Result<T, String>) -> T {
    let since = Instant::now();
    loop {
        match look() {
            Ok(found) => return found,
            Err(last) => {
                let waited = since.elapsed();
                assert!(waited < Duration::from_mins(1), "never; last: {last}\n{}", server.log());
            }
        }
        thread::sleep(Duration::from_millis(20));
    }
}
