//! Finding, without running it, what cannot be right about an expression.

use std::collections::BTreeMap;

use cel::IdedExpr;
use cel::common::ast::{
    CallExpr, ComprehensionExpr, EntryExpr, Expr, LiteralValue, SelectExpr, operators,
};

use super::types::{Type, Types};
use crate::text::Text;

/// What a place expects of an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wants {
    /// A yes or no.
    Condition,
    /// Any value.
    Value,
}

type Found = (&'static str, Text);

pub(super) fn check(expr: &IdedExpr, types: &Types, wants: Wants) -> Vec<Found> {
    let mut checker = Checker { types, bound: Vec::new(), found: Vec::new() };
    let result = checker.type_of(expr);
    if wants == Wants::Condition {
        checker.want_bool(&result);
    }
    checker.found
}

pub(super) struct Checker<'a> {
    pub(super) types: &'a Types,
    bound: Vec<(String, Type)>,
    found: Vec<Found>,
}

impl Checker<'_> {
    pub(super) fn fault(&mut self, code: &'static str, zh: String, en: String) {
        let fault = (code, Text { zh, en });
        if !self.found.contains(&fault) {
            self.found.push(fault);
        }
    }

    fn want_bool(&mut self, it: &Type) {
        if !it.agrees_with(&Type::Bool) {
            let (zh, en) = it.name();
            self.fault(
                "not_a_condition",
                format!("这里需要是非值,得到的是{zh}"),
                format!("a yes or no is wanted here, this is {en}"),
            );
        }
    }

    pub(super) fn type_of(&mut self, expr: &IdedExpr) -> Type {
        match &expr.expr {
            Expr::Literal(it) => literal(it),
            Expr::Ident(name) => self.variable(name),
            Expr::Select(it) => self.select(it),
            Expr::Call(it) => self.call(it),
            Expr::Comprehension(it) => self.comprehension(it),
            Expr::List(it) => {
                let elements: Vec<_> = it.elements.iter().map(|it| self.type_of(it)).collect();
                let element = elements.into_iter().reduce(Type::or).unwrap_or(Type::Any);
                Type::List(Box::new(element))
            }
            Expr::Map(it) => {
                for entry in &it.entries {
                    if let EntryExpr::MapEntry(entry) = &entry.expr {
                        self.type_of(&entry.key);
                        self.type_of(&entry.value);
                    }
                }
                Type::Any
            }
            // Refused when the expression was parsed.
            Expr::Struct(_) | Expr::Unspecified => Type::Any,
        }
    }

    fn variable(&mut self, name: &str) -> Type {
        if let Some((_, it)) = self.bound.iter().rev().find(|(bound, _)| bound == name) {
            return it.clone();
        }
        if let Some(it) = self.types.variables.get(name) {
            return it.clone();
        }
        let known: Vec<_> = self.types.variables.keys().map(String::as_str).collect();
        let known = known.join(" ");
        self.fault(
            "unknown_variable",
            format!("没有变量 `{name}`;可用的有:{known}"),
            format!("there is no variable `{name}`; there are: {known}"),
        );
        Type::Any
    }

    fn select(&mut self, it: &SelectExpr) -> Type {
        let operand = self.type_of(&it.operand);
        let member = self.member(&operand, &it.field, &spelled(&it.operand));
        if it.test { Type::Bool } else { member }
    }

    fn member(&mut self, operand: &Type, field: &str, path: &str) -> Type {
        match operand {
            Type::Any => Type::Any,
            Type::Null => Type::Null,
            Type::Object(members) => {
                if let Some(it) = members.get(field) {
                    return it.clone();
                }
                let known: Vec<_> = members.keys().map(String::as_str).collect();
                let known = known.join(" ");
                self.fault(
                    "unknown_member",
                    format!("`{path}` 没有成员 `{field}`;可用的有:{known}"),
                    format!("`{path}` has no member `{field}`; it has: {known}"),
                );
                Type::Any
            }
            Type::Actor if field == "id" => Type::TEXT,
            other => {
                let (zh, en) = other.name();
                self.fault(
                    "unknown_member",
                    format!("`{path}` 是{zh},没有成员 `{field}`"),
                    format!("`{path}` is {en} and has no member `{field}`"),
                );
                Type::Any
            }
        }
    }

    fn comprehension(&mut self, it: &ComprehensionExpr) -> Type {
        let element = match self.type_of(&it.iter_range) {
            Type::List(element) => *element,
            Type::Any | Type::Null => Type::Any,
            other => {
                let (zh, en) = other.name();
                self.fault(
                    "not_a_list",
                    format!("只能遍历列表,这里是{zh}"),
                    format!("only a list can be gone through, this is {en}"),
                );
                Type::Any
            }
        };
        let start = self.type_of(&it.accu_init);
        let depth = self.bound.len();
        self.bound.push((it.iter_var.clone(), element));
        self.bound.push((it.accu_var.clone(), start));
        let folded = self.type_of(&it.loop_step);
        self.bound.push((it.accu_var.clone(), folded));
        let result = self.type_of(&it.result);
        self.bound.truncate(depth);
        result
    }

    fn call(&mut self, it: &CallExpr) -> Type {
        if let Some(target) = &it.target {
            return self.method(target, it);
        }
        let args: Vec<_> = it.args.iter().map(|it| self.type_of(it)).collect();
        let name = it.func_name.as_str();
        match (name, args.as_slice()) {
            (operators::LOGICAL_AND | operators::LOGICAL_OR | operators::LOGICAL_NOT, all) => {
                for one in all {
                    self.want_bool(one);
                }
                Type::Bool
            }
            (operators::NOT_STRICTLY_FALSE, _) => Type::Bool,
            (operators::CONDITIONAL, [condition, yes, no]) => {
                self.want_bool(condition);
                yes.clone().or(no.clone())
            }
            (operators::EQUALS | operators::NOT_EQUALS, [left, right]) => {
                self.comparable(left, right);
                Type::Bool
            }
            (operators::IN, [left, right]) => {
                self.contained(left, right, it.args.get(1));
                Type::Bool
            }
            (
                operators::LESS
                | operators::LESS_EQUALS
                | operators::GREATER
                | operators::GREATER_EQUALS,
                [left, right],
            ) => {
                if self.comparable(left, right) {
                    self.ordered(left);
                    self.ordered(right);
                }
                Type::Bool
            }
            (operators::INDEX, [operand, index]) => self.index(operand, index, it),
            (operators::NEGATE, [one]) => self.arithmetic("-", one, &Type::Number),
            (_, [left, right]) if sign(name).is_some() => {
                self.arithmetic(sign(name).unwrap_or(name), left, right)
            }
            _ => self.function(it, &args),
        }
    }

    /// Whether `left == right` can ever be asked sensibly.
    fn comparable(&mut self, left: &Type, right: &Type) -> bool {
        if !left.agrees_with(right) {
            let ((left_zh, left_en), (right_zh, right_en)) = (left.name(), right.name());
            self.fault(
                "type_mismatch",
                format!("{left_zh}与{right_zh}不能相比"),
                format!("{left_en} cannot be compared with {right_en}"),
            );
            return false;
        }
        if let (Type::Text(Some(a)), Type::Text(Some(b))) = (left, right)
            && a.is_disjoint(b)
        {
            let (few, many) = if a.len() <= b.len() { (a, b) } else { (b, a) };
            let join = |it: &std::collections::BTreeSet<String>| {
                it.iter().map(String::as_str).collect::<Vec<_>>().join(" ")
            };
            let (few, many) = (join(few), join(many));
            self.fault(
                "not_in_enum",
                format!("`{few}` 不在可选值之中:{many}"),
                format!("`{few}` is none of: {many}"),
            );
            return false;
        }
        true
    }

    fn contained(&mut self, left: &Type, right: &Type, written: Option<&IdedExpr>) {
        if let Some(Expr::List(list)) = written.map(|it| &it.expr) {
            for element in &list.elements {
                let element = self.type_of(element);
                self.comparable(left, &element);
            }
            return;
        }
        match right {
            Type::List(element) => {
                self.comparable(left, element);
            }
            Type::Any | Type::Null | Type::Object(_) => {}
            other => {
                let (zh, en) = other.name();
                self.fault(
                    "not_a_list",
                    format!("`in` 右边须是列表,这里是{zh}"),
                    format!("what is right of `in` has to be a list, this is {en}"),
                );
            }
        }
    }

    fn ordered(&mut self, it: &Type) {
        let ordered = Type::Any == *it
            || matches!(
                it,
                Type::Null | Type::Number | Type::Text(_) | Type::Instant | Type::Duration
            );
        if !ordered {
            let (zh, en) = it.name();
            self.fault(
                "type_mismatch",
                format!("{zh}没有大小先后之分"),
                format!("{en} is neither less nor greater than another"),
            );
        }
    }

    fn index(&mut self, operand: &Type, index: &Type, it: &CallExpr) -> Type {
        match (operand, index) {
            (Type::Object(_), Type::Text(Some(words))) if words.len() == 1 => {
                let path = it.args.first().map(spelled).unwrap_or_default();
                let word = words.first().cloned().unwrap_or_default();
                self.member(operand, &word, &path)
            }
            (Type::List(element), Type::Number | Type::Any) => (**element).clone(),
            (Type::Any | Type::Null | Type::Object(_), _) => Type::Any,
            (other, _) => {
                let (zh, en) = other.name();
                self.fault(
                    "type_mismatch",
                    format!("{zh}不能这样取下标"),
                    format!("{en} cannot be indexed like that"),
                );
                Type::Any
            }
        }
    }

    fn arithmetic(&mut self, sign: &str, left: &Type, right: &Type) -> Type {
        use Type::{Any, Duration, Instant, List, Null, Number, Text};
        match (sign, left, right) {
            (_, Any | Null, _) | (_, _, Any | Null) => Any,
            (_, Number, Number) => Number,
            ("+", Text(_), Text(_)) => Type::TEXT,
            ("+", List(a), List(b)) => List(Box::new((**a).clone().or((**b).clone()))),
            ("+" | "-", Instant, Duration) | ("+", Duration, Instant) => Instant,
            ("-", Instant, Instant) | ("+" | "-", Duration, Duration) => Duration,
            _ => {
                let ((left_zh, left_en), (right_zh, right_en)) = (left.name(), right.name());
                self.fault(
                    "type_mismatch",
                    format!("{left_zh}与{right_zh}不能用 `{sign}` 运算"),
                    format!("`{sign}` does not work on {left_en} and {right_en}"),
                );
                Any
            }
        }
    }
}

fn literal(it: &LiteralValue) -> Type {
    match it {
        LiteralValue::Boolean(_) => Type::Bool,
        LiteralValue::Double(_) | LiteralValue::Int(_) | LiteralValue::UInt(_) => Type::Number,
        LiteralValue::String(word) => Type::words([word.inner()]),
        LiteralValue::Null => Type::Null,
        LiteralValue::Bytes(_) => Type::Object(BTreeMap::new()),
    }
}

fn sign(operator: &str) -> Option<&'static str> {
    Some(match operator {
        operators::ADD => "+",
        operators::SUBSTRACT => "-",
        operators::MULTIPLY => "*",
        operators::DIVIDE => "/",
        operators::MODULO => "%",
        _ => return None,
    })
}

/// `case.fields`, for people; anything that is no plain path is `(…)`.
fn spelled(expr: &IdedExpr) -> String {
    match &expr.expr {
        Expr::Ident(name) => name.clone(),
        Expr::Select(it) => format!("{}.{}", spelled(&it.operand), it.field),
        _ => "(…)".to_owned(),
    }
}
