//! Changing one's own password.

use kefu_domain::fault::Fault;
use kefu_domain::text::Text;
use kefu_persistence::records::users;
use kefu_persistence::sessions::{self, Ending};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::doors::Doors;
use super::records::change;
use super::{Answer, App, Effect, Failure, Request};
use crate::auth::weakness;

/// An old password, and the one that is to take its place.
#[derive(Clone)]
pub struct PasswordChange {
    /// The password until now.
    pub old: String,
    /// The password from now on.
    pub new: String,
    /// The sign-in that changes it, which stays.
    pub session: Uuid,
    /// The address it comes from.
    pub address: String,
}

impl App {
    /// Gives the caller a new password, and ends their other sign-ins. A wrong old password counts as
    /// a failed sign-in: whoever has stolen a token is not to guess here.
    pub async fn change_password(
        &self,
        request: Request,
        sent: PasswordChange,
    ) -> Result<Answer, Failure> {
        let request = self.stretched(request).await?;
        if let Some(answer) = self.replayed(&request).await? {
            return Ok(answer);
        }
        let PasswordChange { old, new, session, address } = sent;
        let (now, id) = (self.clock.real_now(), request.caller.user_id);
        let doors = Doors::new(&request.caller.username, &address);
        let looked = doors.clone();
        let read = self.read(move |conn| {
            looked.open(conn, now)?;
            users::find(conn, id)?.ok_or(Failure::NotFound)
        });
        let known = read.await?.password_hash;
        let hash = Some(known.clone()).filter(|it| !it.is_empty());
        if !self.passwords.verify(old.clone(), hash).await? {
            self.store.write(move |conn| doors.slam(conn, now)).await?;
            return Err(wrong());
        }
        let mut faults = Vec::new();
        if let Some(weak) = weakness(&new, &request.caller.username) {
            faults.push(weak.fault("/new_password"));
        }
        if new == old {
            let detail = Text::new("新密码不能与原密码相同。", "The new password is the old one.");
            faults.push(Fault::new("/new_password", "unchanged", detail));
        }
        if !faults.is_empty() {
            return Err(Failure::Invalid(faults));
        }
        let hash = self.passwords.hash(new).await?;
        self.write(request, move |conn, moment| {
            doors.forget(conn)?;
            let before = users::find(conn, id)?.ok_or(Failure::NotFound)?;
            // Somebody has changed it in the meantime.
            if before.password_hash != known {
                return Err(wrong());
            }
            let after = users::User { password_hash: hash, ..before.clone() };
            users::update(conn, &before, after, change(moment))?;
            let ending = Ending { reason: "password", change: change(moment), at: moment.real_now };
            sessions::end_all(conn, id, Some(session), &ending)?;
            Ok(Effect::gone().changing_rules())
        })
        .await
    }

    /// The same request, known by a fingerprint from which nobody guesses the password in it: what is
    /// kept for an idempotency key is otherwise a fast hash.
    pub(super) async fn stretched(&self, mut request: Request) -> Result<Request, Failure> {
        if let Some(key) = &request.key {
            let mut salt = Sha256::new();
            salt.update(request.caller.keeper());
            salt.update(key);
            let salt = salt.finalize().into();
            request.fingerprint = self.passwords.stretch(request.fingerprint, salt).await?;
        }
        Ok(request)
    }
}

fn wrong() -> Failure {
    let (zh, en) = ("原密码不正确。", "The old password is wrong.");
    Failure::invalid("/old_password", "wrong", zh, en)
}
