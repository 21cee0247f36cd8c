//! Signing in by an OpenID Connect provider: sent away, come back, and whoever that is here.
//!
//! **Invariant.** A state comes back once, and only to the browser that was sent away with it.
//! **Invariant.** Somebody at the provider is one user here for good: a name that the provider gives
//! to another person later opens nothing.

use chrono::TimeDelta;
use kefu_persistence::identities::{self, Start};
use kefu_persistence::records::{Change, users};
use kefu_persistence::{Conn, Json, Uid};
use serde_json::json;
use uuid::Uuid;

use super::{App, Failure, NotSignedIn, Tokens, Visitor};
use crate::auth::{Identity, Provider, Sent, Unsuccessful, hash_of, random_token};
use crate::config::Oidc;
use crate::ids::new_id;

/// How long somebody may take at the provider.
pub(crate) const AWAY: TimeDelta = TimeDelta::minutes(10);

/// Somebody who is sent to the provider.
#[derive(Debug)]
pub struct Begun {
    /// Where to.
    pub url: String,
    /// What they come back with.
    pub state: String,
    /// What their browser keeps until then, if a browser was sent.
    pub browser: Option<String>,
}

/// Somebody who comes back.
#[derive(Debug)]
pub struct Returned {
    /// What they were sent away with.
    pub state: String,
    /// What the provider has given them; nothing if it has refused.
    pub code: Option<String>,
    /// What their browser has kept.
    pub browser: Option<String>,
}

impl App {
    /// Sends somebody to the provider; `binds` makes a secret that their browser has to bring back.
    pub async fn begin_oidc(&self, binds: bool) -> Result<Begun, Failure> {
        let Sent { url, state, nonce, verifier } =
            self.provider()?.send().await.map_err(unsuccessful)?;
        let browser = binds.then(random_token);
        let start = Start {
            state_hash: hash_of(&state).to_vec(),
            browser_hash: browser.as_deref().map(|it| hash_of(it).to_vec()),
            nonce,
            verifier,
            created_at: self.clock.real_now().into(),
        };
        let begun = Begun { url, state, browser };
        self.store.write(move |conn| Ok::<_, Failure>(identities::start(conn, &start)?)).await?;
        Ok(begun)
    }

    /// Signs in whoever comes back from the provider.
    pub async fn finish_oidc(&self, back: Returned, visitor: Visitor) -> Result<Tokens, Failure> {
        let provider = self.provider()?;
        let now = self.clock.real_now();
        let (state, browser) = (hash_of(&back.state), back.browser.as_deref().map(hash_of));
        let start =
            self.store.write(move |conn| Ok::<_, Failure>(identities::take(conn, &state)?)).await?;
        let same_browser =
            |it: &Start| it.browser_hash.as_deref() == browser.as_ref().map(|it| &it[..]);
        let start = start.filter(|it| same_browser(it) && now - it.created_at.0 < AWAY);
        let start = start.ok_or(Failure::Unauthenticated(NotSignedIn::BadState))?;
        let code = back.code.ok_or(Failure::Unauthenticated(NotSignedIn::ProviderRefused))?;
        let identity = provider.identify(code, start.nonce, start.verifier, now).await;
        let identity = identity.map_err(unsuccessful)?;
        let beginning = self.beginning(Uuid::nil(), "oidc", visitor);
        let begun = beginning.clone();
        let finding = Finding {
            config: provider.config().clone(),
            identity,
            new_id: new_id(self.clock.now()),
            change: Change { by: None, at: self.clock.now() },
        };
        let user = self
            .store
            .write(move |conn| {
                let user = finding.user(conn)?;
                identities::link(
                    conn,
                    &finding.identity.issuer,
                    &finding.identity.subject,
                    user,
                    now,
                )?;
                begun.of(user).once(conn)?;
                Ok::<_, Failure>(user)
            })
            .await?;
        self.begun(beginning.of(user), None).await
    }

    /// Whether people reach us by TLS: the provider sends them back to such an address.
    pub fn is_behind_tls(&self) -> bool {
        let provider = self.provider.as_ref();
        provider.is_some_and(|it| it.config().redirect_url.starts_with("https://"))
    }

    fn provider(&self) -> Result<&Provider, Failure> {
        self.provider.as_ref().ok_or(Failure::NotFound)
    }
}

fn unsuccessful(why: Unsuccessful) -> Failure {
    match why {
        Unsuccessful::Unavailable(why) => Failure::ProviderUnavailable(why),
        Unsuccessful::Refused(why) => {
            tracing::info!(why, "a sign-in by the identity provider was refused");
            Failure::Unauthenticated(NotSignedIn::ProviderRefused)
        }
    }
}

/// Looks for the user that somebody is here.
struct Finding {
    config: Oidc,
    identity: Identity,
    new_id: Uuid,
    change: Change,
}

impl Finding {
    /// Whom they were before; else the user of that name, if nobody else at the provider is that user;
    /// else a new one, where these are made.
    fn user(&self, conn: &mut Conn) -> Result<Uuid, Failure> {
        let nobody = || Failure::Unauthenticated(NotSignedIn::UnknownIdentity);
        let Identity { issuer, subject, username, .. } = &self.identity;
        if let Some(known) = identities::user_of(conn, issuer, subject)?
            && let Some(user) = users::find(conn, known)?
        {
            return if user.active { Ok(user.id.0) } else { Err(nobody()) };
        }
        let username = username.as_deref().ok_or_else(nobody)?;
        if let Some(user) = users::find_by_username(conn, username)? {
            let taken = identities::is_taken(conn, issuer, user.id.0)?;
            return if user.active && !taken { Ok(user.id.0) } else { Err(nobody()) };
        }
        let fits = |it: &str| {
            it.chars().count() <= 100 && !it.chars().any(|it| it.is_whitespace() || it.is_control())
        };
        if !self.config.create_users || !fits(username) {
            return Err(nobody());
        }
        let user = users::User {
            id: Uid(self.new_id),
            username: username.to_owned(),
            // No password is the right one.
            password_hash: String::new(),
            display_name: self.identity.name.clone().unwrap_or_else(|| username.to_owned()),
            email: self.identity.email.clone(),
            active: true,
            grants: Json(json!(self.config.grants)),
            ..users::User::default()
        };
        Ok(users::insert(conn, user, self.change)?.id.0)
    }
}
