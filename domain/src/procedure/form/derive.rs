//! What the server works out of an input and adds to it: totals of line items, faults of checklists.

use std::str::FromStr;

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::escape;
use crate::fault::Fault;
use crate::text::Text;

/// The names and schemas of what is added to an input of these properties.
pub(super) fn derived(properties: &Map<String, Value>) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    for (name, schema) in properties {
        let Some(derive) = schema.get("derive") else { continue };
        if derive.get("faults").is_some() {
            found.push((format!("{name}_faults"), json!({ "type": "integer" })));
        }
        if let Some(column) = derive.get("total").and_then(Value::as_str) {
            let money = json!({
                "type": "object", "additionalProperties": false,
                "properties": { "amount": { "type": "string" }, "currency": { "type": "string" } },
            });
            let schema = if is_money(schema, column) { money } else { json!({ "type": "number" }) };
            found.push((format!("{name}_total"), schema));
        }
    }
    found
}

/// Adds to an input what is worked out of it.
///
/// # Errors
/// Line items in more than one currency, a total that is out of range.
pub(super) fn add(
    properties: &Map<String, Value>,
    input: &mut Map<String, Value>,
) -> Result<(), Vec<Fault>> {
    let (mut more, mut faults) = (Map::new(), Vec::new());
    for (name, schema) in properties {
        let (Some(derive), Some(value)) = (schema.get("derive"), input.get(name)) else { continue };
        if derive.get("faults").is_some() {
            let all = value.as_object().into_iter().flatten();
            let count = all.filter(|(key, it)| !key.ends_with("_note") && *it == "fault").count();
            more.insert(format!("{name}_faults"), json!(count));
        }
        let Some(column) = derive.get("total").and_then(Value::as_str) else { continue };
        let times = derive.get("times").and_then(Value::as_str);
        let lines = value.as_array().map_or(&[][..], Vec::as_slice);
        match total(lines, column, times, is_money(schema, column)) {
            Ok(total) => drop(more.insert(format!("{name}_total"), total)),
            Err(words) => faults.push(Fault::new(format!("/{}", escape(name)), "no_total", words)),
        }
    }
    input.extend(more);
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

/// The sum of a column, each line times another column where one is named. Lines without a figure
/// count as nothing, lines without a quantity as one.
fn total(lines: &[Value], column: &str, times: Option<&str>, money: bool) -> Result<Value, Text> {
    let out_of_range = || Text::new("合计超出范围", "the total is out of range");
    let mut currency: Option<&str> = None;
    let mut sum = Decimal::ZERO;
    for line in lines {
        let Some(figure) = line.get(column) else { continue };
        let figure = if money {
            let of = figure.get("currency").and_then(Value::as_str).unwrap_or("CNY");
            if currency.replace(of).is_some_and(|before| before != of) {
                return Err(Text::new("币种不一致，无法合计", "more than one currency: no total"));
            }
            figure.get("amount")
        } else {
            Some(figure)
        };
        let figure = figure.and_then(decimal).unwrap_or_default();
        let quantity = times.and_then(|it| line.get(it)).map_or(Some(Decimal::ONE), decimal);
        let part = figure.checked_mul(quantity.unwrap_or_default()).ok_or_else(out_of_range)?;
        sum = sum.checked_add(part).ok_or_else(out_of_range)?;
    }
    if money {
        let sum =
            sum.round_dp_with_strategy(2, rust_decimal::RoundingStrategy::MidpointAwayFromZero);
        return Ok(json!({ "amount": format!("{sum:.2}"), "currency": currency.unwrap_or("CNY") }));
    }
    let number: serde_json::Number =
        sum.normalize().to_string().parse().map_err(|_not_json| out_of_range())?;
    Ok(Value::Number(number))
}

fn decimal(value: &Value) -> Option<Decimal> {
    match value {
        Value::String(text) => Decimal::from_str(text).ok(),
        Value::Number(number) => {
            let text = number.to_string();
            Decimal::from_str(&text).or_else(|_| Decimal::from_scientific(&text)).ok()
        }
        _ => None,
    }
}

fn is_money(schema: &Value, column: &str) -> bool {
    let column =
        schema.get("items").and_then(|it| it.get("properties")).and_then(|it| it.get(column));
    column.and_then(|it| it.get("type")).is_some_and(|it| it == "object")
}
