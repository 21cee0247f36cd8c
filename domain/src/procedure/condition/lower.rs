//! Rewriting what was written into what is run: every operator becomes its null-safe counterpart.

use std::collections::BTreeSet;

use cel::IdedExpr;
use cel::common::ast::{CallExpr, EntryExpr, Expr, LiteralValue, operators};

/// Refuses the parts of CEL that have no meaning here: messages and optionals.
pub(super) fn refuse_unsupported(expr: &IdedExpr) -> Result<(), String> {
    match &expr.expr {
        Expr::Unspecified => return Err("there is nothing to evaluate".to_owned()),
        Expr::Struct(it) => {
            return Err(format!("there are no messages such as `{}`", it.type_name));
        }
        Expr::Map(map) => {
            let odd = |it: &EntryExpr| matches!(it, EntryExpr::StructField(_));
            if map.entries.iter().any(|it| odd(&it.expr)) {
                return Err("a map has keys and values".to_owned());
            }
        }
        Expr::Comprehension(it) if it.iter_var2.is_some() => {
            return Err("comprehensions over two variables are not supported".to_owned());
        }
        _ => {}
    }
    let mut outcome = Ok(());
    for_each_child(expr, &mut |child| {
        if outcome.is_ok() {
            outcome = refuse_unsupported(child);
        }
    });
    outcome
}

/// Collects the variables the expression reads and does not bind itself.
pub(super) fn free_variables(
    expr: &IdedExpr,
    bound: &mut Vec<String>,
    free: &mut BTreeSet<String>,
) {
    match &expr.expr {
        Expr::Ident(name) => {
            if !bound.contains(name) {
                free.insert(name.clone());
            }
        }
        Expr::Comprehension(it) => {
            free_variables(&it.iter_range, bound, free);
            let depth = bound.len();
            bound.extend([it.iter_var.clone(), it.accu_var.clone()]);
            for part in [&it.accu_init, &it.loop_cond, &it.loop_step, &it.result] {
                free_variables(part, bound, free);
            }
            bound.truncate(depth);
        }
        _ => for_each_child(expr, &mut |child| free_variables(child, bound, free)),
    }
}

fn for_each_child(expr: &IdedExpr, visit: &mut dyn FnMut(&IdedExpr)) {
    match &expr.expr {
        Expr::Call(it) => {
            it.target.as_deref().into_iter().chain(&it.args).for_each(visit);
        }
        Expr::Comprehension(it) => {
            [&it.iter_range, &it.accu_init, &it.loop_cond, &it.loop_step, &it.result]
                .into_iter()
                .for_each(visit);
        }
        Expr::List(it) => it.elements.iter().for_each(visit),
        Expr::Map(it) => {
            for entry in &it.entries {
                match &entry.expr {
                    EntryExpr::MapEntry(entry) => {
                        visit(&entry.key);
                        visit(&entry.value);
                    }
                    EntryExpr::StructField(field) => visit(&field.value),
                }
            }
        }
        Expr::Select(it) => visit(&it.operand),
        Expr::Unspecified | Expr::Ident(_) | Expr::Literal(_) | Expr::Struct(_) => {}
    }
}

/// The expression with null-safe operators.
pub(super) fn lower(expr: IdedExpr) -> IdedExpr {
    let id = expr.id;
    let lowered = match expr.expr {
        Expr::Literal(LiteralValue::Null) => Expr::Ident("@null".to_owned()),
        Expr::Select(mut it) => {
            it.operand = Box::new(lower(*it.operand));
            if it.test {
                it.test = false;
                let there = IdedExpr { id, expr: Expr::Select(it) };
                let null = IdedExpr { id, expr: Expr::Ident("@null".to_owned()) };
                call(operators::NOT_EQUALS, vec![there, null])
            } else {
                Expr::Select(it)
            }
        }
        Expr::Call(it) => lower_call(it),
        Expr::Comprehension(mut it) => {
            it.iter_range = lower(it.iter_range);
            it.accu_init = lower(it.accu_init);
            it.loop_step = lower(it.loop_step);
            it.result = lower(it.result);
            Expr::Comprehension(it)
        }
        Expr::List(mut it) => {
            it.elements = it.elements.into_iter().map(lower).collect();
            Expr::List(it)
        }
        Expr::Map(mut it) => {
            for entry in &mut it.entries {
                if let EntryExpr::MapEntry(entry) = &mut entry.expr {
                    entry.key = lower(std::mem::take(&mut entry.key));
                    entry.value = lower(std::mem::take(&mut entry.value));
                }
            }
            Expr::Map(it)
        }
        other @ (Expr::Unspecified | Expr::Ident(_) | Expr::Literal(_) | Expr::Struct(_)) => other,
    };
    IdedExpr { id, expr: lowered }
}

fn lower_call(mut it: CallExpr) -> Expr {
    it.target = it.target.map(|target| Box::new(lower(*target)));
    it.args = it.args.into_iter().map(lower).collect();
    if it.target.is_some() {
        return Expr::Call(it);
    }
    match it.func_name.as_str() {
        operators::LOGICAL_AND | operators::LOGICAL_OR | operators::LOGICAL_NOT => {
            it.args = it.args.into_iter().map(yes_or_no).collect();
        }
        operators::CONDITIONAL => {
            if let Some(first) = it.args.first_mut() {
                *first = yes_or_no(std::mem::take(first));
            }
        }
        // What a macro folds over is never null, and cel knows the shape of its own folds.
        _ if it.args.first().is_some_and(is_internal) => {}
        name => {
            if let Some(safe) = null_safe(name) {
                safe.clone_into(&mut it.func_name);
            }
        }
    }
    Expr::Call(it)
}

fn null_safe(operator: &str) -> Option<&'static str> {
    Some(match operator {
        operators::LESS => "@less",
        operators::LESS_EQUALS => "@less_equal",
        operators::GREATER => "@greater",
        operators::GREATER_EQUALS => "@greater_equal",
        operators::ADD => "@add",
        operators::SUBSTRACT => "@subtract",
        operators::MULTIPLY => "@multiply",
        operators::DIVIDE => "@divide",
        operators::MODULO => "@modulo",
        operators::NEGATE => "@negate",
        _ => return None,
    })
}

/// Wraps what may be null where a yes or no is wanted.
fn yes_or_no(expr: IdedExpr) -> IdedExpr {
    let sure = match &expr.expr {
        Expr::Literal(LiteralValue::Boolean(_)) => true,
        Expr::Call(it) => matches!(
            it.func_name.as_str(),
            operators::LOGICAL_AND
                | operators::LOGICAL_OR
                | operators::LOGICAL_NOT
                | operators::EQUALS
                | operators::NOT_EQUALS
                | operators::IN
                | "@less"
                | "@less_equal"
                | "@greater"
                | "@greater_equal"
        ),
        _ => is_internal(&expr),
    };
    if sure { expr } else { IdedExpr { id: expr.id, expr: call("@true", vec![expr]) } }
}

fn is_internal(expr: &IdedExpr) -> bool {
    matches!(&expr.expr, Expr::Ident(name) if name.starts_with('@') && name != "@null")
}

fn call(name: &str, args: Vec<IdedExpr>) -> Expr {
    Expr::Call(CallExpr { func_name: name.to_owned(), target: None, args })
}
