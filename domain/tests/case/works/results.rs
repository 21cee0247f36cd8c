//! Follow-ups: opened as the program opens them, closed with results made of their forms.

use std::collections::BTreeSet;

use kefu_domain::case::{Child, Open, OpenedFollowUp, Origin, Person, Refusal, open};
use kefu_domain::who::Actor;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::search::{Place, Search, asked};
use super::{looks, sample};

/// Opens the case a follow-up asks for.
pub(super) fn open_child(
    search: &Search<'_>,
    place: &Place,
    opened: &OpenedFollowUp,
    at: usize,
) -> Result<Child, Refusal> {
    let procedure = search.world.procedure(&opened.procedure);
    let origin = Origin {
        parent_id: place.case.id,
        follow_up: opened.follow_up.clone(),
        owner_id: place.case.owner_id,
        assignee: opened.assignee_id.map(|id| Person { id, team: None }),
        pool: opened.pool.clone(),
        given: opened.given.clone(),
    };
    let id = Uuid::from_u128(0xC411_D000 + u128::try_from(at).unwrap());
    let asked = Open { id, fields: opened.fields.clone(), ..asked(Some(origin)) };
    let (case, _) = search
        .world
        .ask(place.now, &[], |context| open(procedure, &Actor::system(), asked, context))?;
    Ok(Child {
        id,
        number: case.number.clone(),
        procedure: case.procedure.clone(),
        follow_up: Some(opened.follow_up.clone()),
        state: case.state.clone(),
        closed: procedure.is_final(&case.state),
        fields: Value::Object(case.fields),
    })
}

/// The fields of children that this procedure's conditions name.
fn names(search: &Search<'_>) -> BTreeSet<String> {
    search.conditions().iter().flat_map(|it| looks::child_fields(it)).collect()
}

/// What of a child is looked at.
pub(super) fn looked_at(search: &Search<'_>, child: &Child) -> Vec<(String, Value)> {
    let names = names(search).into_iter();
    names.filter_map(|name| Some((name.clone(), child.fields.get(&name)?.clone()))).collect()
}

/// How a child can end: in each of its final states, with its forms filled in.
pub(super) fn of(search: &Search<'_>, child: &Child, thorough: bool) -> Vec<Child> {
    let procedure = search.world.procedure(&child.procedure);
    let definition = &procedure.definition;
    let finals = definition.states.iter().filter(|it| it.r#final).map(|it| it.code.clone());
    let conditions: Vec<_> =
        search.conditions().iter().filter(|it| it.contains("child")).cloned().collect();
    let mut told: Vec<Map<String, Value>> = vec![Map::new()];
    for action in &procedure.actions {
        let form = &action.definition.form;
        let ways = if thorough || form_is_asked(form, &names(search)) {
            sample::thorough(form, &conditions, &search.hand)
        } else {
            sample::plain(form, &search.hand).into_iter().rev().take(1).collect()
        };
        let filled: Vec<_> = ways.into_iter().filter_map(|it| action.form.fill(it).ok()).collect();
        let longer = told.iter().flat_map(|told| {
            filled.iter().map(|more| {
                let mut told = told.clone();
                told.extend(more.clone());
                told
            })
        });
        let longer: Vec<_> = longer.take(64).collect();
        if !longer.is_empty() {
            told = longer;
        }
    }
    let mut found = Vec::new();
    for state in finals {
        for told in &told {
            let mut fields = child.fields.as_object().cloned().unwrap_or_default();
            fields.extend(told.clone());
            let (state, fields) = (state.clone(), Value::Object(fields));
            found.push(Child { state, fields, closed: true, ..child.clone() });
        }
    }
    found
}

fn form_is_asked(form: &Map<String, Value>, names: &BTreeSet<String>) -> bool {
    let properties = form.get("properties").and_then(Value::as_object);
    properties.into_iter().flatten().any(|(name, _)| names.contains(name))
}
