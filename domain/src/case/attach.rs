//! Files of a case: who may add one, who may take one away. That they are there is storage's to know;
//! the case's history tells of them.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::act::allowed;
use super::draft::Draft;
use super::event::Fact;
use super::{Case, Refusal, ordinary};
use crate::who::Actor;

/// A file, as a case's history tells of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attached {
    /// Which.
    pub attachment_id: Uuid,
    /// What it is called.
    pub name: String,
    /// What it is.
    pub media_type: String,
    /// How many bytes it has.
    pub size: i64,
    /// SHA-256 of its bytes, in hexadecimal digits.
    pub sha256: String,
}

/// Who may take away what somebody else has added: those who may correct the record.
const REMOVE: &[&str] = &["owner", "assignee", "case.edit"];

/// Adds files. `permitted`: they come with an action or an opening that was judged already. Whoever
/// may say something about a case may also show something.
pub(super) fn attach(
    draft: &mut Draft<'_>,
    actor: &Actor,
    files: Vec<Attached>,
    permitted: bool,
) -> Result<(), Refusal> {
    let by = strings(ordinary::COMMENT);
    if !permitted && !allowed(&draft.case, actor, &by) {
        return Err(Refusal::NotAllowed { action: "attach".to_owned(), needs: by, clause: None });
    }
    for file in files {
        draft.push(Fact::AttachmentAdded(Box::new(file)));
    }
    Ok(())
}

/// Takes a file away.
pub(super) fn detach(
    draft: &mut Draft<'_>,
    actor: &Actor,
    attachment_id: Uuid,
    name: String,
    uploaded_by: Uuid,
) -> Result<(), Refusal> {
    if !may_detach(&draft.case, actor, uploaded_by) {
        let needs = strings(REMOVE);
        return Err(Refusal::NotAllowed { action: "detach".to_owned(), needs, clause: None });
    }
    draft.push(Fact::AttachmentRemoved { attachment_id, name });
    Ok(())
}

/// Whether somebody may take away, or name, a file that `uploaded_by` has added.
pub fn may_detach(case: &Case, actor: &Actor, uploaded_by: Uuid) -> bool {
    actor.id == Some(uploaded_by) || allowed(case, actor, &strings(REMOVE))
}

fn strings(words: &[&str]) -> Vec<String> {
    words.iter().map(|it| (*it).to_owned()).collect()
}
