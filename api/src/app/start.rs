//! The first start: keys, the packs' roles, calendars and procedures, and somebody who can sign in.
//! Nodes that start at once agree, because all of it is one transaction that runs again on conflict.

use std::io::{self, Write};
use std::sync::Arc;

use kefu_domain::Timestamp;
use kefu_domain::pack::{Library, open_shipped, shipped_codes};
use kefu_domain::text::Text;
use kefu_domain::who::{EVERYTHING, Role};
use kefu_persistence::published::{Published, calendars, procedures};
use kefu_persistence::records::{Change, users};
use kefu_persistence::signing_keys::{self, SigningKey};
use kefu_persistence::{Conn, Json, Store, Uid, settings};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::book::{ADMIN, DUTY_SECRET};
use super::gate::Gate;
use super::health::Disk;
use super::{App, Book, Failure, Files, Parts, posts};
use crate::auth::{
    KeyPair, Passwords, Provider, hash_password, random_password, random_token, weakness,
};
use crate::clock::Clock;
use crate::config::Config;
use crate::ids::new_id;

/// Where it is kept which packs are loaded.
const PACKS: &str = "packs";

impl App {
    /// Makes ready what requests need; on an empty database everything there has to be.
    pub async fn start(store: Store, clock: Clock, config: &Config) -> Result<Self, Failure> {
        let packs: Vec<&str> = match config.packs.as_slice() {
            [one] if one == "all" => shipped_codes(),
            some => some.iter().map(String::as_str).collect(),
        };
        let library = open_shipped(&packs).map_err(|faults| {
            let faults: Vec<_> = faults.iter().map(ToString::to_string).collect();
            Failure::Broken(format!("the packs have faults:\n{}", faults.join("\n")))
        })?;
        let mut library = library;
        if !config.duties {
            library.duties.clear();
        }
        let library = Arc::new(library);
        let (given, made) = match &config.admin_password {
            Some(given) => (given.expose_secret().to_owned(), false),
            None => (random_password(), true),
        };
        let first = First {
            library: Arc::clone(&library),
            now: clock.now(),
            real_now: clock.real_now(),
            password: given.clone(),
        };
        let is_new = begin(&store, &first).await?;
        if is_new && weakness(&given, ADMIN).is_some() {
            tracing::warn!("the first administrator's password is one that anybody would try");
        }
        if is_new && made {
            // Printed once and stored nowhere; if standard error is closed, it is lost.
            drop(writeln!(io::stderr(), "kefu: first start. Sign in as admin with: {given}"));
        }
        let secret = config.jwt_secret.as_ref().map(|it| KeyPair::of_secret(it.expose_secret()));
        let (outside, now) = (secret.transpose()?, clock.real_now());
        let (read, signs) = (Arc::clone(&library), outside.clone());
        let load = move |conn: &mut Conn| {
            let book = Book::load(conn, &read, None)?;
            Ok::<_, Failure>((book, Gate::load(conn, now, signs.as_ref(), None)?))
        };
        let (book, gate) = store.read(load).await?;
        let provider = config.oidc.clone().map(Provider::new).transpose()?;
        let passwords = Passwords::new()?;
        let push = config.push;
        let files = Files::open(&store, &config.attachments, &config.data_dir).await?;
        let parts =
            Parts { store, clock, library, book, gate, outside, passwords, provider, push, files };
        let mut app = Self::new(parts);
        app.disk = Disk { path: config.data_dir.clone(), least: config.least_disk };
        app.keep_duties_in_step().await?;
        Ok(app)
    }
}

/// What the first start brings.
#[derive(Clone)]
struct First {
    library: Arc<Library>,
    now: Timestamp,
    real_now: Timestamp,
    password: String,
}

/// How often a start is tried that another node's was in the way of.
const TRIES: u8 = 5;

async fn begin(store: &Store, first: &First) -> Result<bool, Failure> {
    let mut tried = 0;
    loop {
        let first = first.clone();
        tried += 1;
        match store.write(move |conn| first.once(conn)).await {
            Err(Failure::Conflict) if tried < TRIES => {}
            done => return done,
        }
    }
}

impl First {
    /// Puts in what is missing. Answers whether the administrator was made.
    fn once(&self, conn: &mut Conn) -> Result<bool, Failure> {
        self.key(conn)?;
        self.packs(conn)?;
        if users::count(conn)? > 0 {
            return Ok(false);
        }
        users::insert(conn, self.admin()?, self.change())?;
        Ok(true)
    }

    fn change(&self) -> Change {
        Change { by: None, at: self.now }
    }

    /// The first key that signs tokens. Of nodes that start at once each may make one: all are good.
    fn key(&self, conn: &mut Conn) -> Result<(), Failure> {
        if signing_keys::all(conn)?.is_empty() {
            let pair = KeyPair::random()?;
            let key = SigningKey {
                kid: pair.kid,
                private_key: pair.private,
                signs_from: self.real_now.into(),
                accepted_until: None,
            };
            signing_keys::insert(conn, &key, &pair.public, self.now)?;
        }
        Ok(())
    }

    /// Roles, calendars and procedures that are not there yet; those that are stay as they are, but for
    /// what newer packs let a post do.
    fn packs(&self, conn: &mut Conn) -> Result<(), Failure> {
        let admin = Role {
            code: ADMIN.to_owned(),
            title: Text::new("系统管理员", "Administrator"),
            permissions: [EVERYTHING.to_owned()].into(),
            clauses: Vec::new(),
        };
        for role in [&admin].into_iter().chain(self.library.roles.values()) {
            posts::put(conn, role, self.change())?;
        }
        for calendar in &self.library.calendars {
            let new = self.published(&calendar.code, json(calendar)?, String::new());
            if calendars::latest_version(conn, &new.code)? == 0 {
                calendars::publish(conn, &new)?;
            }
        }
        for file in &self.library.procedures {
            let document = json(&file.definition)?;
            let new = self.published(&file.definition.code, document, file.source.clone());
            if procedures::latest_version(conn, &new.code)? == 0 {
                procedures::publish(conn, &new)?;
            }
        }
        // Decides when duties arise whose times nobody is to foresee: the same on every node.
        settings::put_if_absent(conn, DUTY_SECRET, json!(random_token()))?;
        let codes: Vec<_> = self.library.packs.iter().map(|it| it.code.as_str()).collect();
        Ok(settings::put(conn, PACKS, json!(codes))?)
    }

    fn published(&self, code: &str, document: Value, source: String) -> Published {
        Published {
            code: code.to_owned(),
            version: 1,
            document,
            source,
            published_at: self.now,
            published_by: None,
        }
    }

    fn admin(&self) -> Result<users::User, Failure> {
        Ok(users::User {
            id: Uid(new_id(self.now)),
            username: ADMIN.to_owned(),
            password_hash: hash_password(&self.password)?,
            display_name: "系统管理员".to_owned(),
            active: true,
            grants: Json(json!([{ "role": ADMIN, "scope": "all" }])),
            ..users::User::default()
        })
    }
}

fn json(value: &impl serde::Serialize) -> Result<Value, Failure> {
    super::answer::shown(value)
}
