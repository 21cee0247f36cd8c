//! What somebody may do with a case now. The list a client shows is the list the server keeps to.

use uuid::Uuid;

use super::act::{self, allowed};
use super::draft::Draft;
use super::{Case, Context, Refusal, ordinary};
use crate::procedure::{Form, Procedure};
use crate::text::Text;
use crate::who::{Actor, Place};

/// An action open to somebody now.
#[derive(Debug, Clone)]
pub struct Offer<'a> {
    /// What the API calls it.
    pub code: &'a str,
    /// What people call it.
    pub title: Text,
    /// What it asks for.
    pub form: &'a Form,
    /// Clauses it carries out.
    pub clauses: &'a [String],
}

/// Every action open to somebody now: the procedure's in the order written, then the ordinary acts.
pub fn offers<'a>(
    procedure: &'a Procedure,
    case: &Case,
    actor: &Actor,
    context: &Context<'_>,
) -> Vec<Offer<'a>> {
    if !may_see(case, actor) {
        return Vec::new();
    }
    let mut draft = Draft::new(procedure, context, case.clone());
    // What has fallen due is given before anything else is decided, here as there.
    if draft.settle().is_err() {
        draft = Draft::new(procedure, context, case.clone());
    }
    let actions = procedure.actions.iter().filter(|it| act::permits(&draft, actor, it).is_ok());
    let actions = actions.map(|rule| Offer {
        code: &rule.definition.code,
        title: title(rule.definition.title.as_ref(), &rule.definition.code),
        form: &rule.form,
        clauses: &rule.definition.clauses,
    });
    let acts = ordinary::ACTS
        .iter()
        .filter(|it| ordinary::permits(procedure, &draft.case, actor, it).is_ok())
        .map(|it| Offer { code: it.code, title: it.title.clone(), form: &it.form, clauses: &[] });
    actions.chain(acts).collect()
}

fn title(title: Option<&Text>, code: &str) -> Text {
    title.cloned().unwrap_or_else(|| Text::new(code, code))
}

/// Whether somebody may know of a case: by permission, or because it is theirs.
pub fn may_see(case: &Case, actor: &Actor) -> bool {
    let theirs = actor.id.is_some()
        && (case.place().people.contains(&actor.id)
            || actor.id.is_some_and(|id| case.helpers.contains(&id))
            || actor.id.is_some_and(|id| delegated(case, id))
            || case.transfer.as_ref().is_some_and(|it| Some(it.to) == actor.id));
    let customer = actor.customer_id.is_some() && actor.customer_id == case.customer_id;
    actor.is_system() || theirs || customer || actor.may("case.read", &case.place())
}

/// Whether a decision on it was put into somebody's hands.
fn delegated(case: &Case, id: Uuid) -> bool {
    let round = case.approval.as_ref().filter(|it| it.is_open());
    round.is_some_and(|it| it.delegations.iter().any(|it| it.to == id))
}

/// Whether somebody may open a case of this procedure there.
pub fn may_open(
    procedure: &Procedure,
    actor: &Actor,
    site_id: Option<Uuid>,
    customer_id: Option<Uuid>,
) -> bool {
    // A customer's own account opens for nobody else.
    let other = customer_id.is_some() && customer_id != actor.customer_id;
    if actor.customer_id.is_some() && other {
        return false;
    }
    // What one opens is one's own: a grant of any scope but another site's reaches it.
    let team = actor.team.as_deref();
    let place = Place { site_id, team, people: [actor.id, None, None], customer_id };
    procedure.definition.opens.iter().any(|it| actor.may(it, &place))
}

/// Whether somebody may correct a case's record, or the rule that says no.
pub(super) fn edit_permitted(
    procedure: &Procedure,
    case: &Case,
    actor: &Actor,
) -> Result<(), Refusal> {
    let action = || "edit".to_owned();
    let by = ["owner", "assignee", "case.edit"].map(str::to_owned);
    if !allowed(case, actor, &by) {
        return Err(Refusal::NotAllowed { action: action(), needs: by.to_vec(), clause: None });
    }
    if procedure.is_final(&case.state) {
        let state = case.state.clone();
        return Err(Refusal::WrongState { action: action(), state, from: Vec::new() });
    }
    Ok(())
}
