//! Reading a table from a file somebody made with a spreadsheet.

use std::io::{Cursor, Read};

use calamine::{DataRef, Reader, Xlsx};
use kefu_domain::text::Text;

use super::encoding::text;
use super::looks_like_a_formula;

/// A table with headings.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// What its columns are called.
    pub headings: Vec<String>,
    /// The row of the file that the headings are in.
    pub head: u32,
    /// The rows below.
    pub rows: Rows,
}

/// Rows that say anything, each with its number in the file.
pub type Rows = Vec<(u32, Vec<String>)>;

/// Why a file is not read.
#[derive(Clone, Debug, PartialEq)]
pub enum Unreadable {
    /// It is no table.
    NoTable(Text),
    /// It has no rows, and so no headings either.
    Empty,
    /// It has more rows than may be taken in at once.
    TooLong,
}

/// A workbook may not unpack to more than this: a small file can hold gigabytes of nothing.
const UNPACKED: u64 = 128 * 1024 * 1024;

/// More columns than any table here has.
const COLUMNS: usize = 500;

/// The table in a file, with at most so many rows.
pub fn read(bytes: &[u8], most: usize) -> Result<Table, Unreadable> {
    let rows = if bytes.starts_with(b"PK\x03\x04") {
        workbook(bytes, most)?
    } else if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        return Err(no_table(
            "旧版 Excel 文件（.xls），请另存为 .xlsx 或 CSV。",
            "This is an old Excel file (.xls); save it as .xlsx or CSV.",
        ));
    } else {
        separated(bytes, most)?
    };
    let mut rows = rows.into_iter();
    let Some((head, headings)) = rows.next() else {
        return Err(Unreadable::Empty);
    };
    let headings = headings.iter().map(|it| it.trim().to_owned()).collect();
    Ok(Table { headings, head, rows: rows.collect() })
}

fn no_table(zh: &str, en: &str) -> Unreadable {
    Unreadable::NoTable(Text::new(zh, en))
}

fn separated(bytes: &[u8], most: usize) -> Result<Rows, Unreadable> {
    let unknown = || {
        no_table(
            "不是文本：请用 UTF-8 或 GB18030 编码的 CSV，或 .xlsx。",
            "This is no text: send CSV in UTF-8 or GB18030, or .xlsx.",
        )
    };
    let text = text(bytes).ok_or_else(unknown)?;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(&text))
        .from_reader(text.as_bytes());
    let (mut rows, mut lines) = (Rows::new(), Lines { text: text.as_bytes(), at: 0, line: 1 });
    for record in reader.records() {
        let record = record.map_err(|error| {
            let line = error.position().map_or(0, csv::Position::line);
            no_table(&format!("第 {line} 行无法读取。"), &format!("Line {line} cannot be read."))
        })?;
        let line = lines.of(record.position().map_or(0, csv::Position::byte));
        let cells = record.iter().map(|it| unquoted(it).to_owned()).collect();
        add(&mut rows, line, cells, most)?;
    }
    Ok(rows)
}

/// Counts lines: a record's own position is before the end of the line above and the empty lines.
struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    line: u32,
}

impl Lines<'_> {
    /// The line of the record that stands at this place or after the ends of lines there.
    fn of(&mut self, byte: u64) -> u32 {
        let byte = usize::try_from(byte).unwrap_or(usize::MAX);
        while let Some(letter) = self.text.get(self.at) {
            if self.at >= byte && !matches!(letter, b'\r' | b'\n') {
                break;
            }
            self.line += u32::from(*letter == b'\n');
            self.at += 1;
        }
        self.line
    }
}

/// What separates the cells: whichever stands most often in the first line.
fn delimiter(text: &str) -> u8 {
    let first = text.lines().find(|it| !it.trim().is_empty()).unwrap_or_default();
    let often = |it: &u8| first.bytes().filter(|byte| byte == it).count();
    // Of several that stand equally often the last is taken: the comma.
    [b'\t', b';', b','].into_iter().max_by_key(often).unwrap_or(b',')
}

/// Without the apostrophe that writing has put before what looks like a formula.
fn unquoted(text: &str) -> &str {
    text.strip_prefix('\'').filter(|it| looks_like_a_formula(it)).unwrap_or(text)
}

fn workbook(bytes: &[u8], most: usize) -> Result<Rows, Unreadable> {
    unpacks(bytes)?;
    let broken = |error: calamine::XlsxError| {
        tracing::debug!(%error, "a workbook cannot be read");
        no_table("不是可读取的 .xlsx 文件。", "This is no .xlsx file that can be read.")
    };
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(broken)?;
    let sheet = book.sheet_names().first().cloned();
    let sheet = sheet.ok_or_else(|| no_table("没有工作表。", "There is no sheet."))?;
    let mut cells = book.worksheet_cells_reader(&sheet).map_err(broken)?;
    let mut rows = Rows::new();
    let mut current: (u32, Vec<String>) = (0, Vec::new());
    while let Some(cell) = cells.next_cell().map_err(broken)? {
        let (row, column) = cell.get_position();
        if row != current.0 {
            let (number, cells) = std::mem::replace(&mut current, (row, Vec::new()));
            add(&mut rows, number + 1, cells, most)?;
        }
        let column = usize::try_from(column).unwrap_or(COLUMNS);
        let text = shown(cell.get_value());
        if column < COLUMNS && !text.is_empty() {
            current.1.resize(current.1.len().max(column), String::new());
            current.1.truncate(column);
            current.1.push(text);
        }
    }
    add(&mut rows, current.0 + 1, current.1, most)?;
    Ok(rows)
}

/// Refuses a workbook that is larger unpacked than any table of so many rows.
fn unpacks(bytes: &[u8]) -> Result<(), Unreadable> {
    let broken =
        || no_table("不是可读取的 .xlsx 文件。", "This is no .xlsx file that can be read.");
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_no_zip| broken())?;
    let mut left = UNPACKED;
    for index in 0..archive.len() {
        let file = archive.by_index(index).map_err(|_no_zip| broken())?;
        let read = std::io::copy(&mut file.take(left + 1), &mut std::io::sink());
        let read = read.map_err(|_no_zip| broken())?;
        left = left.checked_sub(read).ok_or(Unreadable::TooLong)?;
    }
    Ok(())
}

fn shown(value: &DataRef<'_>) -> String {
    match value {
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Int(number) => number.to_string(),
        // A telephone number kept as a number has no fraction, and no more than 15 digits are exact.
        DataRef::Float(number) => number.to_string(),
        DataRef::Bool(flag) => flag.to_string(),
        DataRef::DateTime(at) => at.to_string(),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(_) | DataRef::Empty => String::new(),
    }
}

/// Adds a row that says anything.
fn add(rows: &mut Rows, number: u32, cells: Vec<String>, most: usize) -> Result<(), Unreadable> {
    if cells.iter().all(|it| it.trim().is_empty()) {
        return Ok(());
    }
    // One more for the headings.
    if rows.len() > most {
        return Err(Unreadable::TooLong);
    }
    rows.push((number, cells));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::{Cell, Style, Workbook};
    use super::*;

    #[test]
    fn a_table_is_read_whatever_separates_it() {
        for file in [
            "名称,电话\r\n王小明,\"138,0\"\r\n",
            "名称;电话\n王小明;138,0",
            "名称\t电话\n王小明\t138,0",
        ] {
            let table = read(file.as_bytes(), 10).unwrap();
            assert_eq!((table.headings, table.head), (vec!["名称".into(), "电话".into()], 1));
            assert_eq!(table.rows, [(2, vec!["王小明".to_owned(), "138,0".to_owned()])]);
        }
    }

    #[test]
    fn rows_keep_their_numbers_and_empty_ones_are_left_out() {
        let file = "\n名称\n\n甲\n,,\n\"乙\n二\"\n'=1+1\n'x\n";
        let table = read(file.as_bytes(), 10).unwrap();
        let texts: Vec<_> = table.rows.iter().map(|it| (it.0, it.1[0].as_str())).collect();
        assert_eq!(table.head, 2);
        assert_eq!(texts, [(4, "甲"), (6, "乙\n二"), (8, "=1+1"), (9, "'x")]);
        assert_eq!(read(file.as_bytes(), 3), Err(Unreadable::TooLong));
    }

    #[test]
    fn what_was_written_as_a_workbook_is_read_again() {
        let mut book = Workbook::new(Style::default()).unwrap();
        let text = |text: &str| Cell::Text(text.to_owned());
        book.write(&[vec![text("名称"), text("电话"), text("备注")]]).unwrap();
        book.write(&[vec![text("=1+1"), Cell::Number("13800138000".to_owned())]]).unwrap();
        book.write(&[vec![], vec![Cell::Empty, Cell::Empty, text("x")]]).unwrap();
        let bytes = book.finish().unwrap().part().unwrap();
        let table = read(&bytes, 10).unwrap();
        assert_eq!(table.headings, ["名称", "电话", "备注"]);
        let row =
            |number, cells: &[&str]| (number, cells.iter().map(|it| (*it).to_owned()).collect());
        assert_eq!(table.rows, [row(2, &["=1+1", "13800138000"]), row(4, &["", "", "x"])]);
    }

    #[test]
    fn what_is_no_table_is_refused() {
        for file in [&b"PK\x03\x04 not a workbook"[..], b"\xD0\xCF\x11\xE0", b"a\0b"] {
            assert!(matches!(read(file, 10), Err(Unreadable::NoTable(_))), "{file:?}");
        }
        for file in [&b""[..], b"\n\n", b" \r\n,\n"] {
            assert_eq!(read(file, 10), Err(Unreadable::Empty), "{file:?}");
        }
    }
}
