//! From a definition to a procedure, or to everything that is wrong with it.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::conditions::condition;
use super::faults::Faults;
use super::{Surroundings, acts, clocks, conditions, gates, names, people, references, states};
use crate::fault::Fault;
use crate::procedure::definition::{self, Assigns, Definition, Within};
use crate::procedure::{
    ActionRule, ClockRule, Condition, FollowUpRule, Form, HoldRule, Needs, Procedure, Type, Types,
    Wants, WithinRule,
};

/// Checks a definition and compiles its forms and conditions.
pub(in crate::procedure) fn compile(
    definition: Definition,
    version: u32,
    around: &Surroundings<'_>,
) -> Result<Procedure, Vec<Fault>> {
    let mut faults = Faults::default();
    names::check(&definition, &mut faults);
    states::check(&definition, &mut faults);
    people::check(&definition, around, &mut faults);
    references::check(&definition, around, &mut faults);
    clocks::check(&definition, &mut faults);
    gates::check(&definition, &mut faults);

    let form = form("/form", &definition.form, &mut faults);
    let actions: Vec<_> = (definition.actions.iter().enumerate())
        .map(|(index, it)| action(&format!("/actions/{index}"), it, &mut faults))
        .collect();
    acts::check(&definition, &actions, &mut faults);

    let forms = form.iter().map(|it| ("/form".to_owned(), it));
    let theirs = actions.iter().enumerate();
    let theirs = theirs
        .filter_map(|(index, it)| Some((format!("/actions/{index}/form"), &it.as_ref()?.form)));
    let forms: Vec<_> = forms.chain(theirs).collect();
    let compiler = Compiler {
        types: conditions::types(&definition, &forms, around, &mut faults),
        faults,
        needs: Needs::default(),
        checks: true,
    };
    compiler.finish(definition, version, form, actions)
}

/// The same for a definition that was checked before.
pub(in crate::procedure) fn trusted(
    definition: Definition,
    version: u32,
) -> Result<Procedure, Vec<Fault>> {
    let rule = |it: &definition::Action| {
        let form = Form::trusted(&action_form(it));
        Some(ActionRule { definition: it.clone(), guard: None, form })
    };
    let form = Form::trusted(&definition.form);
    let actions = definition.actions.iter().map(rule).collect();
    let compiler = Compiler {
        types: Types::default(),
        faults: Faults::default(),
        needs: Needs::default(),
        checks: false,
    };
    compiler.finish(definition, version, Some(form), actions)
}

fn form(place: &str, written: &Map<String, Value>, faults: &mut Faults) -> Option<Form> {
    match Form::new(written) {
        Ok(form) => Some(form),
        Err(wrong) => {
            faults.below(place, wrong);
            None
        }
    }
}

/// An action with its form; its guard is compiled once every form is known.
fn action(place: &str, it: &definition::Action, faults: &mut Faults) -> Option<ActionRule> {
    let form = form(&format!("{place}/form"), &action_form(it), faults)?;
    Some(ActionRule { definition: it.clone(), guard: None, form })
}

/// What an action asks for.
fn action_form(it: &definition::Action) -> Map<String, Value> {
    let mut written = it.form.clone();
    if it.assigns == Some(Assigns::Named) {
        ask_for_assignee(&mut written);
    }
    written
}

/// Who names somebody has to say whom.
fn ask_for_assignee(form: &mut Map<String, Value>) {
    let title = json!({ "zh": "指派给", "en": "Assign to" });
    let properties = form.entry("properties").or_insert_with(|| json!({}));
    if let Some(properties) = properties.as_object_mut() {
        properties
            .entry("assignee_id")
            .or_insert_with(|| json!({ "type": "string", "format": "uuid", "title": title }));
    }
    let required = form.entry("required").or_insert_with(|| json!([]));
    if let Some(required) = required.as_array_mut()
        && !required.iter().any(|it| it == "assignee_id")
    {
        required.push(json!("assignee_id"));
    }
}

/// Compiles conditions and notes what they look at.
struct Compiler {
    types: Types,
    faults: Faults,
    needs: Needs,
    /// Whether types are checked too.
    checks: bool,
}

impl Compiler {
    /// Compiles every condition, and puts the procedure together if nothing is wrong with it.
    fn finish(
        mut self,
        definition: Definition,
        version: u32,
        form: Option<Form>,
        actions: Vec<Option<ActionRule>>,
    ) -> Result<Procedure, Vec<Fault>> {
        let guards: Vec<_> = (definition.actions.iter().enumerate())
            .map(|(index, it)| {
                let form = actions.get(index).and_then(Option::as_ref).map(|it| &it.form);
                self.guard(&format!("/actions/{index}/guard"), it.guard.as_deref(), form)
            })
            .collect();
        let mut clocks = self.clocks(&definition.clocks);
        clocks.extend(definition.approvals.iter().filter_map(gates::clock));
        let follow_ups = self.follow_ups(&definition.follow_ups);
        let holds = self.holds(&definition.holds);

        let (faults, needs) = (self.faults, self.needs);
        let (Some(form), true) = (form, faults.is_empty()) else {
            return Err(faults.into_inner());
        };
        let guarded = actions.into_iter().flatten().zip(guards);
        let actions = guarded.map(|(action, guard)| ActionRule { guard, ..action }).collect();
        Ok(Procedure {
            definition: Arc::new(definition),
            version,
            form,
            actions,
            clocks,
            follow_ups,
            holds,
            needs,
        })
    }

    fn compile(
        &mut self,
        place: &str,
        source: &str,
        types: &Types,
        wants: Wants,
    ) -> Option<Condition> {
        let condition = if self.checks {
            condition(place, source, types, wants, &mut self.faults)?
        } else {
            conditions::parsed(place, source, &mut self.faults)?
        };
        self.needs.customer |= condition.uses("customer");
        self.needs.site |= condition.uses("site");
        self.needs.children |= condition.uses("children");
        Some(condition)
    }

    fn optional(&mut self, place: &str, source: Option<&str>) -> Option<Condition> {
        let types = self.types.clone();
        self.compile(place, source?, &types, Wants::Condition)
    }

    /// A guard sees the action's input beside the case.
    fn guard(
        &mut self,
        place: &str,
        source: Option<&str>,
        form: Option<&Form>,
    ) -> Option<Condition> {
        let input = form.map_or(Type::Any, |form| {
            let said = form.property_names().map(|name| {
                let schema = form.property(name);
                (name.to_owned(), schema.map_or(Type::Any, Type::of_schema))
            });
            let derived = form.derived().into_iter();
            let derived = derived.map(|(name, schema)| (name, Type::of_schema(&schema)));
            Type::Object(said.chain(derived).collect())
        });
        let types = self.types.clone().with("input", input);
        self.compile(place, source?, &types, Wants::Condition)
    }

    /// A clock's and a follow-up's conditions are nobody's in particular: `actor` is the system.
    fn within(&mut self, place: &str, entries: &[Within]) -> Vec<WithinRule> {
        (entries.iter().enumerate())
            .map(|(index, it)| WithinRule {
                when: self.optional(&format!("{place}/within/{index}/when"), it.when.as_deref()),
                span: it.span.clone(),
                until: it.until.as_deref().and_then(|source| {
                    let types = self.types.clone();
                    let at = format!("{place}/within/{index}/until");
                    self.compile(&at, source, &types, Wants::Value)
                }),
                clauses: it.clauses.clone(),
            })
            .collect()
    }

    fn clocks(&mut self, clocks: &[definition::Clock]) -> Vec<ClockRule> {
        (clocks.iter().enumerate())
            .map(|(index, it)| ClockRule {
                definition: it.clone(),
                within: self.within(&format!("/clocks/{index}"), &it.within),
            })
            .collect()
    }

    fn holds(&mut self, holds: &[definition::Hold]) -> Vec<HoldRule> {
        let types = self.types.clone();
        let compiled = holds.iter().enumerate().filter_map(|(index, it)| {
            let of = self.compile(&format!("/holds/{index}/of"), &it.of, &types, Wants::Value)?;
            Some(HoldRule { definition: it.clone(), of })
        });
        compiled.collect()
    }

    fn follow_ups(&mut self, follow_ups: &[definition::FollowUp]) -> Vec<FollowUpRule> {
        (follow_ups.iter().enumerate())
            .map(|(index, it)| self.follow_up(&format!("/follow_ups/{index}"), it))
            .collect()
    }

    /// What a line of a field of line items holds.
    fn line_of(&mut self, place: &str, list: &str) -> Type {
        let fields = match self.types.variables.get("case") {
            Some(Type::Object(case)) => case.get("fields"),
            _ => None,
        };
        match fields {
            Some(Type::Object(fields)) => match fields.get(list) {
                Some(Type::List(line)) => return (**line).clone(),
                Some(Type::Any) => return Type::Any,
                _ => {}
            },
            _ => return Type::Any,
        }
        self.faults.add(
            format!("{place}/each"),
            "not_a_list",
            format!("`{list}` 不是明细字段"),
            format!("`{list}` is no field of line items"),
        );
        Type::Any
    }

    fn follow_up(&mut self, place: &str, it: &definition::FollowUp) -> FollowUpRule {
        let types = self.types.clone();
        let types = match &it.each {
            Some(list) => types.with("item", self.line_of(place, list)),
            None => types,
        };
        let mut fields = Vec::new();
        for (name, source) in &it.fields {
            let at = format!("{place}/fields/{name}");
            let compiled = self.compile(&at, source, &types, Wants::Value);
            fields.extend(compiled.map(|it| (name.clone(), it)));
        }
        let child = match types.variables.get("children") {
            Some(Type::List(child)) => (**child).clone(),
            _ => Type::Any,
        };
        let with_child = types.with("child", child);
        let mut on_result = Vec::new();
        for (index, result) in it.on_result.iter().enumerate() {
            let at = format!("{place}/on_result/{index}/when");
            on_result.extend(self.compile(&at, &result.when, &with_child, Wants::Condition));
        }
        FollowUpRule {
            definition: it.clone(),
            condition: self.optional(&format!("{place}/if"), it.condition.as_deref()),
            within: self.within(place, &it.within),
            fields,
            on_result,
        }
    }
}
