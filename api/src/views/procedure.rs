//! A procedure as clients see it.

use kefu_domain::procedure::definition::{Kind, State};
use kefu_domain::procedure::{Procedure, WITHDRAWN};
use kefu_domain::text::Lang;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::words::CaseKind;

/// A procedure: how one kind of case is handled.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(example = json!(example()))]
pub struct ProcedureView {
    /// What cases and other procedures call it.
    pub code: String,
    /// What people call it, in the caller's language.
    pub title: String,
    /// The published version.
    pub version: u32,
    /// What kind of case it opens.
    #[schema(value_type = CaseKind)]
    pub kind: Kind,
    /// The permissions any of which lets a person open one.
    pub opens: Vec<String>,
    /// JSON Schema 2020-12 of what opening must say in `fields`, in the caller's language.
    #[schema(value_type = Object)]
    pub form: Value,
    /// The states a case can be in.
    pub states: Vec<StateView>,
    /// The clauses the procedure as a whole carries out.
    pub clauses: Vec<String>,
    /// The definition as it was published; a list leaves it out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>, nullable = false)]
    pub definition: Option<Value>,
}

/// A state of a case.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(example = json!({ "code": "registered", "title": "已登记", "initial": true, "final": false }))]
pub struct StateView {
    /// What files and the API call it.
    pub code: String,
    /// What people call it, in the caller's language.
    pub title: String,
    /// Whether cases start there.
    pub initial: bool,
    /// Whether a case is closed there.
    pub r#final: bool,
}

super::list!(
    /// A page of procedures: the newest version of each.
    ProcedureList, ProcedureView
);

impl ProcedureView {
    /// What a list shows.
    pub fn summary(procedure: &Procedure, lang: Lang) -> Self {
        let definition = &procedure.definition;
        let title = |it: &State| procedure.state_title(&it.code).get(lang).to_owned();
        let mut states: Vec<StateView> = definition
            .states
            .iter()
            .map(|it| StateView {
                code: it.code.clone(),
                title: title(it),
                initial: it.initial,
                r#final: it.r#final,
            })
            .collect();
        states.push(StateView {
            code: WITHDRAWN.to_owned(),
            title: procedure.state_title(WITHDRAWN).get(lang).to_owned(),
            initial: false,
            r#final: true,
        });
        Self {
            code: definition.code.clone(),
            title: definition.title.get(lang).to_owned(),
            version: procedure.version,
            kind: definition.kind,
            opens: definition.opens.clone(),
            form: procedure.form.schema(lang).as_ref().clone(),
            states,
            clauses: definition.clauses.clone(),
            definition: None,
        }
    }

    /// Everything about it.
    pub fn whole(procedure: &Procedure, lang: Lang) -> Self {
        let definition = serde_json::to_value(&*procedure.definition).ok();
        Self { definition, ..Self::summary(procedure, lang) }
    }
}

fn example() -> Value {
    serde_json::json!({
        "code": "complaint", "title": "客户投诉", "version": 1, "kind": "complaint",
        "opens": ["case.open"],
        "form": {
            "type": "object", "required": ["what_happened"], "additionalProperties": false,
            "properties": { "what_happened": { "type": "string", "title": "投诉内容" } },
        },
        "states": [
            { "code": "registered", "title": "已登记", "initial": true, "final": false },
            { "code": "closed", "title": "已办结", "initial": false, "final": true },
        ],
        "clauses": ["R-000-080"],
    })
}
