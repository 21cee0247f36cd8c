//! People and places a test stands on, made over HTTP like everything else.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::client::Session;
use crate::{Client, Server, unique};

/// The password of every user the harness makes.
const PASSWORD: &str = "a long enough passphrase 7";

/// How far a grant reaches.
#[derive(Clone, Copy, Debug)]
pub enum Scope<'a> {
    /// Cases one owns or works on.
    Own,
    /// Cases of one's team at a site.
    Team(&'a str),
    /// Cases of a site.
    Site(&'a str),
    /// Every case.
    All,
}

impl Scope<'_> {
    /// A grant as `POST /v1/users` takes it.
    pub fn grant(self, role: &str) -> Value {
        match self {
            Self::Own => json!({ "role": role, "scope": "own" }),
            Self::Team(site) => json!({ "role": role, "scope": "team", "site_id": site }),
            Self::Site(site) => json!({ "role": role, "scope": "site", "site_id": site }),
            Self::All => json!({ "role": role, "scope": "all" }),
        }
    }
}

impl Server {
    /// A new user with one role.
    #[track_caller]
    pub fn user(&self, role: &str, scope: Scope<'_>) -> Client {
        self.user_with(role, &[scope.grant(role)])
    }

    /// A new user with these grants; `name` is how the display name begins.
    #[track_caller]
    pub fn user_with(&self, name: &str, grants: &[Value]) -> Client {
        let username = unique(&name.replace('_', "-"));
        let body = json!({
            "username": username,
            "password": PASSWORD,
            "display_name": format!("{name} {username}"),
            "grants": grants,
        });
        let made = self.admin().post("/v1/users", body).expect(201);
        let mut client = Client::person(self, Arc::new(Session::new(&username, PASSWORD)));
        client.id = made.id();
        client
    }

    /// A new site under the property pack with the calendar `office`; its id.
    #[track_caller]
    pub fn site(&self) -> String {
        let code = unique("site");
        let body = json!({
            "code": code, "name": format!("园区 {code}"), "packs": ["property"], "calendar": "office",
        });
        self.admin().post("/v1/sites", body).expect(201).id()
    }

    /// A new customer of the site; its id.
    #[track_caller]
    pub fn customer(&self, site: &str) -> String {
        let body = json!({
            "name": unique("客户"), "kind": "person", "phone": "13800138000", "site_id": site,
        });
        self.admin().post("/v1/customers", body).expect(201).id()
    }
}

/// A site with the posts of a property office filled.
#[derive(Clone, Debug)]
pub struct Office {
    /// Where it is.
    pub server: Server,
    /// The site's id.
    pub site: String,
    /// Somebody who lives there.
    pub customer: String,
    /// Receives customers and owns what they bring.
    pub desk: Client,
    /// Settles complaints.
    pub handler: Client,
    /// Supervises complaints.
    pub supervisor: Client,
    /// Repairs.
    pub repairer: Client,
    /// Sends technicians out.
    pub dispatcher: Client,
    /// Heads customer service.
    pub manager: Client,
}

impl Office {
    /// An office at a new site of `server`.
    #[track_caller]
    pub fn open(server: &Server) -> Self {
        let site = server.site();
        let post = |role| server.user(role, Scope::Site(&site));
        Self {
            server: server.clone(),
            customer: server.customer(&site),
            desk: post("front_desk"),
            handler: post("complaint_handler"),
            supervisor: post("complaint_supervisor"),
            repairer: post("repairer"),
            dispatcher: post("engineer_dispatcher"),
            manager: post("cs_manager"),
            site,
        }
    }

    /// An office at the server that tests share.
    #[track_caller]
    pub fn shared() -> Self {
        Self::open(&Server::shared())
    }

    /// An office with a server of its own whose clock stands at `now`.
    #[track_caller]
    pub fn at(now: &str) -> Self {
        let server = Server::start();
        server.set_clock(now);
        Self::open(&server)
    }

    /// What opening a case of `procedure` says, with these fields.
    pub fn opening(&self, procedure: &str, fields: Value) -> Value {
        json!({
            "procedure": procedure, "subject": unique(procedure), "channel": "phone",
            "site_id": self.site, "customer_id": self.customer, "fields": fields,
        })
    }

    /// A complaint of this grade as the front desk writes it down.
    pub fn complaint(&self, grade: &str) -> Value {
        self.opening("complaint", json!({ "what_happened": "电梯异响", "grade": grade }))
    }

    /// Opens an ordinary complaint at the front desk; its id.
    #[track_caller]
    pub fn open_complaint(&self) -> String {
        self.desk.post("/v1/cases", self.complaint("ordinary")).expect(201).id()
    }
}
