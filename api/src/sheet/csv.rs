//! Writing CSV (RFC 4180): a part at a time, readable by Excel, without formulas.

use super::{Cell, Style, looks_like_a_formula};

/// Writes the parts of one file.
#[derive(Debug, Default)]
pub struct CsvChunk {
    style: Style,
    begun: bool,
}

/// What tells Excel that a file is UTF-8.
const MARK: &[u8] = b"\xEF\xBB\xBF";

impl CsvChunk {
    /// A file that has not begun.
    pub fn new(style: Style) -> Self {
        Self { style, begun: false }
    }

    /// The next rows, as bytes.
    pub fn write(&mut self, rows: &[Vec<Cell>]) -> Result<Vec<u8>, csv::Error> {
        let mut bytes = Vec::new();
        if !self.begun {
            bytes.extend_from_slice(MARK);
            self.begun = true;
        }
        let mut writer = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .flexible(true)
            .from_writer(&mut bytes);
        for row in rows {
            writer.write_record(row.iter().map(|cell| self.text(cell)))?;
        }
        writer.flush()?;
        drop(writer);
        Ok(bytes)
    }

    fn text(&self, cell: &Cell) -> String {
        match cell {
            Cell::Empty => String::new(),
            Cell::Text(text) => harmless(text),
            Cell::Number(number) => number.clone(),
            Cell::Flag(flag) => flag.to_string(),
            Cell::Instant(at) => self.style.instant(*at),
        }
    }
}

/// A spreadsheet runs what looks like a formula. An apostrophe before it says that it is text;
/// reading takes it away again.
fn harmless(text: &str) -> String {
    if looks_like_a_formula(text) { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_begins_with_a_mark_and_holds_no_formula() {
        let mut file = CsvChunk::new(Style::default());
        let text = |text: &str| Cell::Text(text.to_owned());
        let head = file.write(&[vec![text("名称"), text("备注")]]).unwrap();
        assert_eq!(head, "\u{feff}名称,备注\r\n".as_bytes());
        let rows = [
            vec![text("=cmd|'/c calc'!A0"), Cell::Number("-5".to_owned())],
            vec![text("+86 138"), text("a,\"b\"\nc")],
            vec![text("@x"), Cell::Flag(true)],
            vec![text("\tx"), Cell::Empty],
        ];
        let body = String::from_utf8(file.write(&rows).unwrap()).unwrap();
        let expected =
            "'=cmd|'/c calc'!A0,-5\r\n'+86 138,\"a,\"\"b\"\"\nc\"\r\n'@x,true\r\n'\tx,\r\n";
        assert_eq!(body, expected);
    }
}
