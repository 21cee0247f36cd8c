//! TOML as JSON, remembering lines.

use std::ops::Range;

use serde_json::{Map, Number, Value};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::lines::Lines;
use crate::fault::Fault;
use crate::procedure::form::escape;
use crate::text::Text;

/// Reads a TOML file as JSON; dates and times become text.
///
/// # Errors
/// Every syntax error the parser finds, with its line.
pub(crate) fn read(text: &str) -> Result<(Value, Lines), Vec<Fault>> {
    let (table, errors) = DeTable::parse_recoverable(text);
    let starts = line_starts(text);
    if !errors.is_empty() {
        return Err(errors.iter().map(|it| fault(it, &starts)).collect());
    }
    let mut reader = Reader { starts, lines: Lines::default(), faults: Vec::new() };
    reader.lines.insert(String::new(), 1);
    let value = reader.table(table.get_ref(), "");
    if reader.faults.is_empty() { Ok((value, reader.lines)) } else { Err(reader.faults) }
}

/// The names of a table in the order in which they stand in the file.
fn order(table: &DeTable<'_>) -> Value {
    let mut names: Vec<_> = table.keys().map(|it| (it.span().start, it.get_ref())).collect();
    names.sort_unstable();
    names.into_iter().map(|(_, name)| Value::from(name.as_ref())).collect()
}

fn fault(error: &toml::de::Error, starts: &[usize]) -> Fault {
    let words = error.message();
    let detail = Text::new(format!("不是有效的 TOML:{words}"), format!("no valid TOML: {words}"));
    let mut fault = Fault::new("", "not_toml", detail);
    fault.line = error.span().map(|it| line_of(&it, starts));
    fault
}

/// The offsets at which lines start.
fn line_starts(text: &str) -> Vec<usize> {
    let ends = text.char_indices().filter(|(_, c)| *c == '\n').map(|(at, _)| at + 1);
    std::iter::once(0).chain(ends).collect()
}

fn line_of(span: &Range<usize>, starts: &[usize]) -> u32 {
    let line = starts.partition_point(|it| *it <= span.start);
    u32::try_from(line).unwrap_or(u32::MAX)
}

struct Reader {
    starts: Vec<usize>,
    lines: Lines,
    faults: Vec<Fault>,
}

impl Reader {
    fn table(&mut self, table: &DeTable<'_>, at: &str) -> Value {
        let mut object = Map::new();
        for (key, value) in table {
            let pointer = format!("{at}/{}", escape(key.get_ref()));
            self.lines.insert(pointer.clone(), line_of(&key.span(), &self.starts));
            // A table has no order, but people read the values of a choice in the order written.
            if let ("choices", DeValue::Table(choices)) = (key.get_ref().as_ref(), value.get_ref())
            {
                object.insert("choices_order".to_owned(), order(choices));
            }
            object.insert(key.get_ref().to_string(), self.value(value, &pointer));
        }
        Value::Object(object)
    }

    fn value(&mut self, value: &Spanned<DeValue<'_>>, at: &str) -> Value {
        match value.get_ref() {
            DeValue::String(it) => Value::from(it.as_ref()),
            DeValue::Boolean(it) => Value::from(*it),
            DeValue::Datetime(it) => Value::from(it.to_string()),
            DeValue::Integer(it) => {
                let digits = it.as_str().replace('_', "");
                match i64::from_str_radix(&digits, it.radix()) {
                    Ok(number) => Value::from(number),
                    Err(_) => self.no_number(value, at),
                }
            }
            DeValue::Float(it) => {
                let number = it.as_str().replace('_', "").parse().ok().and_then(Number::from_f64);
                number.map_or_else(|| self.no_number(value, at), Value::Number)
            }
            DeValue::Array(all) => {
                let mut list = Vec::with_capacity(all.len());
                for (index, it) in all.iter().enumerate() {
                    let pointer = format!("{at}/{index}");
                    self.lines.insert(pointer.clone(), line_of(&it.span(), &self.starts));
                    list.push(self.value(it, &pointer));
                }
                Value::Array(list)
            }
            DeValue::Table(table) => self.table(table, at),
        }
    }

    fn no_number(&mut self, value: &Spanned<DeValue<'_>>, at: &str) -> Value {
        let words = Text::new("数字超出范围", "the number is out of range");
        let mut fault = Fault::new(at, "not_a_number", words);
        fault.line = Some(line_of(&value.span(), &self.starts));
        self.faults.push(fault);
        Value::Null
    }
}
