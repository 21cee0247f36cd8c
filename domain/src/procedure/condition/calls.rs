//! What functions and methods take, and what they give.

use cel::IdedExpr;
use cel::common::ast::{CallExpr, Expr};

use super::check::Checker;
use super::types::Type;
use super::{evaluate, lower};

impl Checker<'_> {
    pub(super) fn function(&mut self, it: &CallExpr, args: &[Type]) -> Type {
        let name = it.func_name.as_str();
        let (takes, gives): (fn(&Type) -> bool, Type) = match name {
            "size" => (|it| matches!(it, Type::Text(_) | Type::List(_)), Type::Number),
            "timestamp" => (|it| matches!(it, Type::Text(_) | Type::Instant), Type::Instant),
            "duration" => (|it| matches!(it, Type::Text(_) | Type::Duration), Type::Duration),
            "int" | "double" => {
                (|it| matches!(it, Type::Text(_) | Type::Number | Type::Instant), Type::Number)
            }
            "string" => (|it| !matches!(it, Type::List(_) | Type::Object(_)), Type::TEXT),
            _ => {
                self.unknown_function(name);
                return Type::Any;
            }
        };
        let fits = match args {
            [one] => *one == Type::Any || *one == Type::Null || takes(one),
            _ => false,
        };
        if !fits {
            self.fault(
                "type_mismatch",
                format!("`{name}()` 不接受这样的参数"),
                format!("`{name}()` does not take these arguments"),
            );
        } else if it.args.iter().all(|it| matches!(it.expr, Expr::Literal(_))) {
            self.constant(it);
        }
        gives
    }

    /// `duration('1 day')` can be found wrong at once.
    fn constant(&mut self, it: &CallExpr) {
        let expr = IdedExpr { id: 0, expr: Expr::Call(it.clone()) };
        if let Err(error) = evaluate::constant(&lower::lower(expr)) {
            let name = &it.func_name;
            self.fault(
                "bad_constant",
                format!("`{name}()` 的参数写错了:{error}"),
                format!("`{name}()` cannot take this: {error}"),
            );
        }
    }

    fn unknown_function(&mut self, name: &str) {
        self.fault(
            "unknown_function",
            format!("没有函数 `{name}()`"),
            format!("there is no function `{name}()`"),
        );
    }

    pub(super) fn method(&mut self, target: &IdedExpr, it: &CallExpr) -> Type {
        let on = self.type_of(target);
        let args: Vec<_> = it.args.iter().map(|it| self.type_of(it)).collect();
        let name = it.func_name.as_str();
        let text = |it: &Type| it.agrees_with(&Type::TEXT);
        let loose = matches!(on, Type::Any | Type::Null);
        let (fits, gives) = match (name, args.as_slice()) {
            ("has", [permission]) if on == Type::Actor => {
                self.permission(permission);
                (text(permission), Type::Bool)
            }
            ("contains" | "startsWith" | "endsWith", [part]) => {
                (text(&on) && text(part), Type::Bool)
            }
            ("size", []) => (loose || matches!(on, Type::Text(_) | Type::List(_)), Type::Number),
            (part, []) if of_duration(part) => {
                (loose || matches!(on, Type::Instant | Type::Duration), Type::Number)
            }
            (part, [] | [_]) if of_instant(part) => (loose || on == Type::Instant, Type::Number),
            _ => {
                self.unknown_function(name);
                return Type::Any;
            }
        };
        if !fits {
            let (zh, en) = on.name();
            self.fault(
                "type_mismatch",
                format!("`.{name}()` 不能这样用在{zh}上"),
                format!("`.{name}()` does not work like that on {en}"),
            );
        }
        gives
    }

    fn permission(&mut self, it: &Type) {
        let (Some(known), Type::Text(Some(words))) = (&self.types.permissions, it) else { return };
        let unknown: Vec<_> = words.difference(known).cloned().collect();
        for word in unknown {
            self.fault(
                "unknown_permission",
                format!("没有权限 `{word}`"),
                format!("there is no permission `{word}`"),
            );
        }
    }
}

fn of_duration(part: &str) -> bool {
    matches!(part, "getHours" | "getMinutes" | "getSeconds" | "getMilliseconds")
}

fn of_instant(part: &str) -> bool {
    of_duration(part)
        || matches!(
            part,
            "getFullYear"
                | "getMonth"
                | "getDate"
                | "getDayOfMonth"
                | "getDayOfWeek"
                | "getDayOfYear"
        )
}
