//! What a form, a condition and a whole procedure cost. `cargo bench -p kefu-domain --bench procedure`

#![expect(clippy::expect_used, reason = "a bench of something broken measures nothing")]

use std::sync::LazyLock;

use divan::{Bencher, black_box};
use kefu_domain::pack::{Library, load_shipped};
use kefu_domain::procedure::{Condition, Procedure, Scope};
use serde_json::{Map, Value, json};

fn main() {
    divan::main();
}

static LIBRARY: LazyLock<Library> =
    LazyLock::new(|| load_shipped(&["property"]).expect("the shipped packs have no fault"));

static COMPLAINT: LazyLock<Procedure> = LazyLock::new(|| compile("complaint"));

fn compile(code: &str) -> Procedure {
    let file = LIBRARY.procedures.iter().find(|it| it.definition.code == code);
    let definition = file.expect("the property pack has it").definition.clone();
    Procedure::new(definition, 1, &LIBRARY.names().surroundings()).expect("it has no fault")
}

fn input() -> Map<String, Value> {
    let said = json!({ "what_happened": "三号楼电梯连续两天异响,夜间更明显。", "grade": "major" });
    said.as_object().cloned().unwrap_or_default()
}

/// What opening a case pays for its form; the input's copy included.
#[divan::bench]
fn fill_the_complaint_form(bencher: Bencher<'_, '_>) {
    let form = &COMPLAINT.form;
    assert!(form.fill(input()).is_ok());
    bencher.with_inputs(input).bench_values(|input| form.fill(black_box(input)));
}

#[divan::bench]
fn a_form_with_three_faults(bencher: Bencher<'_, '_>) {
    let wrong = json!({ "grade": "minor", "colour": "red" });
    let wrong = wrong.as_object().cloned().unwrap_or_default();
    bencher
        .with_inputs(|| wrong.clone())
        .bench_values(|input| COMPLAINT.form.fill(black_box(input)));
}

fn ask(bencher: Bencher<'_, '_>, source: &str) {
    let condition = Condition::parse(source).expect("it is an expression");
    let case = json!({ "state": "registered", "fields": { "grade": "major" } });
    let child = json!({ "procedure": "callback", "state": "closed", "closed": true,
        "fields": { "satisfied": true } });
    let children = [child.clone(), child];
    let scope = Scope {
        case: &case,
        actor_id: None,
        has: &|permission| permission == "complaint.major",
        customer: None,
        site: None,
        children: &children,
        child: None,
        item: None,
        input: None,
        now: chrono::DateTime::UNIX_EPOCH,
    };
    assert!(condition.holds(&scope).is_ok());
    bencher.bench_local(|| condition.holds(black_box(&scope)));
}

#[divan::bench]
fn a_guard_on_a_field_and_a_permission(bencher: Bencher<'_, '_>) {
    ask(bencher, "case.fields.grade == 'ordinary' || actor.has('complaint.major')");
}

#[divan::bench]
fn a_guard_on_two_children(bencher: Bencher<'_, '_>) {
    ask(bencher, "children.all(c, c.procedure == 'callback' && c.closed && c.fields.satisfied)");
}

#[divan::bench(sample_count = 20)]
fn compile_the_complaint() -> Procedure {
    compile("complaint")
}
