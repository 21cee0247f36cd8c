//! Running a lowered expression, and the null-safe operators it was lowered to.

use std::cmp::Ordering;
use std::sync::{Arc, LazyLock};

use cel::common::types::{
    CelBool, CelDouble, CelInt, CelList, CelMap, CelString, CelTimestamp, CelUInt, DYN_TYPE, Kind,
    NULL_TYPE, STRING_TYPE,
};
use cel::common::value::{CowVal, Val};
use cel::{Context, Env, ExecutionError, IdedExpr};
use chrono::{SecondsFormat, Utc};
use serde_json::Value;

use super::scope::Scope;
use super::values::{NOTHING, actor_type, json_of};

type Args<'b, 'v> = Vec<CowVal<'b, 'v>>;
type Outcome<'b, 'v> = Result<CowVal<'b, 'v>, ExecutionError>;
type Calculated<'v> = Option<Result<Box<dyn Val + 'v>, ExecutionError>>;
type Calculate = for<'b, 'v> fn(&'b (dyn Val + 'v), &'b (dyn Val + 'v)) -> Calculated<'v>;
type Op = for<'b, 'v> fn(Args<'b, 'v>) -> Outcome<'b, 'v>;

/// CEL's standard library and our operators. Built once.
static ENV: LazyLock<Arc<Env>> = LazyLock::new(|| Arc::new(environment()));

/// What the expression comes to.
pub(super) fn run(expr: &IdedExpr, scope: &Scope<'_>) -> Result<Value, String> {
    let mut context = Context::with_env(Arc::clone(&ENV));
    context.set_variable_resolver(scope);
    let value = cel::Value::resolve_val(expr, &context).map_err(|error| error.to_string())?;
    to_json(value.as_ref())
}

/// What an expression without variables comes to, or why it cannot.
pub(super) fn constant(expr: &IdedExpr) -> Result<(), String> {
    let context = Context::with_env(Arc::clone(&ENV));
    cel::Value::resolve_val(expr, &context).map(drop).map_err(|error| error.to_string())
}

fn environment() -> Env {
    let mut env = Env::stdlib();
    let globals: [(&str, usize, Op); 11] = [
        ("@true", 1, truth),
        ("@less", 2, |it| compare(&it, Ordering::is_lt)),
        ("@less_equal", 2, |it| compare(&it, Ordering::is_le)),
        ("@greater", 2, |it| compare(&it, Ordering::is_gt)),
        ("@greater_equal", 2, |it| compare(&it, Ordering::is_ge)),
        ("@add", 2, |it| {
            arithmetic(&it, |a, b| Some(a.as_adder()?.add(b).map(CowVal::into_owned)))
        }),
        ("@subtract", 2, |it| {
            arithmetic(&it, |a, b| Some(a.as_subtractor()?.sub(b).map(CowVal::into_owned)))
        }),
        ("@multiply", 2, |it| {
            arithmetic(&it, |a, b| Some(a.as_multiplier()?.mul(b).map(CowVal::into_owned)))
        }),
        ("@divide", 2, |it| {
            arithmetic(&it, |a, b| Some(a.as_divider()?.div(b).map(CowVal::into_owned)))
        }),
        ("@modulo", 2, |it| {
            arithmetic(&it, |a, b| Some(a.as_modder()?.modulo(b).map(CowVal::into_owned)))
        }),
        ("@negate", 1, negate),
    ];
    let mut declared = Vec::new();
    for (name, arity, op) in globals {
        let arguments = (0..arity).map(|_| DYN_TYPE).collect();
        declared.push(env.add_overload(name, name, arguments, op));
    }
    let no_size: Op = |_| Ok(CowVal::owned(CelInt::from(0)));
    let no: Op = |_| Ok(CowVal::owned(CelBool::from(false)));
    declared.push(env.add_overload("size", "null_size", vec![NULL_TYPE], no_size));
    declared.push(env.add_member_overload("size", "null_dot_size", NULL_TYPE, vec![], no_size));
    for name in ["contains", "startsWith", "endsWith"] {
        let id = format!("null_{name}");
        declared.push(env.add_member_overload(name, &id, NULL_TYPE, vec![DYN_TYPE], no));
        let id = format!("{name}_null");
        declared.push(env.add_member_overload(name, &id, STRING_TYPE, vec![NULL_TYPE], no));
    }
    declared.push(env.add_member_overload(
        "has",
        "actor_has",
        actor_type(),
        vec![STRING_TYPE],
        |it| has(&it),
    ));
    debug_assert!(declared.iter().all(Result::is_ok), "every overload is declared once");
    env
}

fn is_null(value: &dyn Val) -> bool {
    value.get_type().kind() == Kind::NullType
}

/// A yes or no as it is; null is no.
fn truth<'b, 'v>(args: Args<'b, 'v>) -> Outcome<'b, 'v> {
    let one = take_one(args)?;
    match one.get_type().kind() {
        Kind::Boolean => Ok(one),
        Kind::NullType => Ok(CowVal::owned(CelBool::from(false))),
        _ => Err(ExecutionError::UnexpectedType {
            got: one.get_type().name().to_owned(),
            want: "bool".to_owned(),
        }),
    }
}

fn compare<'b, 'v>(args: &Args<'b, 'v>, wanted: fn(Ordering) -> bool) -> Outcome<'b, 'v> {
    let [left, right] = args.as_slice() else {
        return Err(ExecutionError::MissingArgumentOrTarget);
    };
    if is_null(left.as_ref()) || is_null(right.as_ref()) {
        return Ok(CowVal::owned(CelBool::from(false)));
    }
    let comparer =
        left.as_comparer().ok_or_else(|| mismatch("compare", left.as_ref(), right.as_ref()))?;
    let ordering = comparer
        .compare(right.as_ref())
        .map_err(|_other_type| mismatch("compare", left.as_ref(), right.as_ref()))?;
    Ok(CowVal::owned(CelBool::from(wanted(ordering))))
}

/// Null with anything is null; a whole number beside a fraction becomes a fraction.
fn arithmetic<'b, 'v>(args: &Args<'b, 'v>, calculate: Calculate) -> Outcome<'b, 'v> {
    let [left, right] = args.as_slice() else {
        return Err(ExecutionError::MissingArgumentOrTarget);
    };
    if is_null(left.as_ref()) || is_null(right.as_ref()) {
        return Ok(CowVal::Borrowed(&NOTHING));
    }
    let (a, b) = (widened(left.as_ref(), right.as_ref()), widened(right.as_ref(), left.as_ref()));
    let a = a.as_ref().map_or(left.as_ref(), |it| it);
    let b = b.as_ref().map_or(right.as_ref(), |it| it);
    match calculate(a, b) {
        Some(result) => result.map(CowVal::Owned),
        None => Err(mismatch("calculate with", a, b)),
    }
}

fn negate<'b, 'v>(args: Args<'b, 'v>) -> Outcome<'b, 'v> {
    let one = take_one(args)?;
    if is_null(one.as_ref()) {
        return Ok(one);
    }
    match one.as_negator() {
        Some(negator) => negator.negate().map(CowVal::Owned),
        None => Err(mismatch("negate", one.as_ref(), one.as_ref())),
    }
}

/// `actor.has('case.assign')`.
fn has<'b, 'v>(args: &Args<'b, 'v>) -> Outcome<'b, 'v> {
    let [actor, permission] = args.as_slice() else {
        return Err(ExecutionError::MissingArgumentOrTarget);
    };
    let indexer = actor.as_indexer().ok_or(ExecutionError::MissingArgumentOrTarget)?;
    let held = indexer.get(permission.as_ref())?;
    let held = held.downcast_ref::<CelBool>().is_some_and(|it| *it.inner());
    Ok(CowVal::owned(CelBool::from(held)))
}

fn take_one<'b, 'v>(args: Args<'b, 'v>) -> Outcome<'b, 'v> {
    args.into_iter().next().ok_or(ExecutionError::MissingArgumentOrTarget)
}

fn widened(value: &dyn Val, beside: &dyn Val) -> Option<CelDouble> {
    let whole = value.downcast_ref::<CelInt>()?;
    beside.downcast_ref::<CelDouble>()?;
    // Whole numbers of a form are far below 2^53; beyond it the nearest fraction is meant.
    #[expect(
        clippy::as_conversions,
        clippy::cast_precision_loss,
        reason = "there is no TryFrom for it"
    )]
    Some(CelDouble::from(*whole.inner() as f64))
}

fn mismatch(verb: &str, left: &dyn Val, right: &dyn Val) -> ExecutionError {
    ExecutionError::function_error(
        verb,
        format!("cannot {verb} {} and {}", left.get_type().name(), right.get_type().name()),
    )
}

fn to_json(value: &dyn Val) -> Result<Value, String> {
    let name = value.get_type().name();
    let plain = match value.get_type().kind() {
        Kind::NullType => Some(Value::Null),
        Kind::Boolean => value.downcast_ref::<CelBool>().map(|it| Value::from(*it.inner())),
        Kind::Int => value.downcast_ref::<CelInt>().map(|it| Value::from(*it.inner())),
        Kind::UInt => value.downcast_ref::<CelUInt>().map(|it| Value::from(*it.inner())),
        Kind::Double => value.downcast_ref::<CelDouble>().map(|it| Value::from(*it.inner())),
        Kind::String => value.downcast_ref::<CelString>().map(|it| Value::from(it.inner())),
        Kind::Timestamp => value.downcast_ref::<CelTimestamp>().map(|it| {
            let instant = it.inner().with_timezone(&Utc);
            Value::from(instant.to_rfc3339_opts(SecondsFormat::AutoSi, true))
        }),
        Kind::List => match value.downcast_ref::<CelList>() {
            Some(all) => {
                let all = all.inner().iter().map(|it| to_json(it.as_ref()));
                Some(Value::Array(all.collect::<Result<_, _>>()?))
            }
            None => None,
        },
        Kind::Map => match value.downcast_ref::<CelMap>() {
            Some(map) => {
                let all = map.inner().iter().map(|(key, it)| {
                    let key = match to_json(key.inner())? {
                        Value::String(text) => text,
                        other => other.to_string(),
                    };
                    Ok::<_, String>((key, to_json(it.as_ref())?))
                });
                Some(Value::Object(all.collect::<Result<_, _>>()?))
            }
            None => None,
        },
        _ => json_of(value),
    };
    plain.ok_or_else(|| format!("a {name} is no value of a form"))
}
