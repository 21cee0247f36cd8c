//! Writing an Excel workbook: rows go to a temporary file as they come, and the whole is packed at
//! the end. Text is written as text: a cell of it is never a formula.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use chrono::{Datelike, NaiveDateTime, Timelike};
use rust_xlsxwriter::{ExcelDateTime, Format, XlsxError};

use super::{Cell, Style};

/// As many rows as a sheet can have.
const ROWS: u32 = 1_048_576;

/// More characters do not fit into a cell.
const CELL: usize = 32_767;

/// What the clocks of a place show, as Excel has it.
fn local(at: NaiveDateTime) -> Result<ExcelDateTime, XlsxError> {
    let year = u16::try_from(at.year()).unwrap_or_default();
    let (month, day) = (as_u8(at.month()), as_u8(at.day()));
    let (hour, minute) = (u16::from(as_u8(at.hour())), as_u8(at.minute()));
    ExcelDateTime::from_ymd(year, month, day)?.and_hms(hour, minute, at.second())
}

fn as_u8(number: u32) -> u8 {
    u8::try_from(number).unwrap_or_default()
}

/// A workbook being written.
pub struct Workbook {
    book: rust_xlsxwriter::Workbook,
    style: Style,
    instant: Format,
    heading: Format,
    next: u32,
}

impl std::fmt::Debug for Workbook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Workbook").field("next", &self.next).finish_non_exhaustive()
    }
}

/// Why a workbook cannot be written.
#[derive(Debug)]
pub enum Unwritable {
    /// It has more rows than a sheet can have.
    TooLong,
    /// The machinery broke.
    Broken(String),
}

impl From<XlsxError> for Unwritable {
    fn from(error: XlsxError) -> Self {
        Self::Broken(error.to_string())
    }
}

impl Workbook {
    /// A workbook with one empty sheet.
    pub fn new(style: Style) -> Result<Self, Unwritable> {
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet_with_constant_memory()?;
        sheet.set_freeze_panes(1, 0)?;
        let instant = Format::new().set_num_format("yyyy-mm-dd hh:mm:ss");
        let heading = Format::new().set_bold();
        Ok(Self { book, style, instant, heading, next: 0 })
    }

    /// Adds rows; the first of all is the headings.
    pub fn write(&mut self, rows: &[Vec<Cell>]) -> Result<(), Unwritable> {
        let sheet = self.book.worksheet_from_index(0)?;
        for row in rows {
            if self.next == ROWS {
                return Err(Unwritable::TooLong);
            }
            for (column, cell) in (0_u16..).zip(row) {
                match cell {
                    Cell::Empty => {}
                    Cell::Text(text) if self.next == 0 => {
                        sheet.write_string_with_format(0, column, text, &self.heading)?;
                    }
                    Cell::Text(text) => {
                        let text: String = text.chars().take(CELL).collect();
                        sheet.write_string(self.next, column, text)?;
                    }
                    Cell::Number(number) => match number.parse::<f64>() {
                        Ok(value) => drop(sheet.write_number(self.next, column, value)?),
                        Err(_) => drop(sheet.write_string(self.next, column, number)?),
                    },
                    Cell::Flag(flag) => drop(sheet.write_boolean(self.next, column, *flag)?),
                    Cell::Instant(at) => match self.style.zone {
                        Some(zone) => {
                            let local = local(at.with_timezone(&zone).naive_local())?;
                            let format = &self.instant;
                            sheet.write_datetime_with_format(self.next, column, local, format)?;
                        }
                        None => {
                            sheet.write_string(self.next, column, self.style.instant(*at))?;
                        }
                    },
                }
            }
            self.next += 1;
        }
        Ok(())
    }

    /// Packs it into a temporary file, which is gone when it is closed. Takes a while: not for a
    /// thread that others wait for.
    pub fn finish(mut self) -> Result<Packed, Unwritable> {
        let broken = |error: io::Error| Unwritable::Broken(error.to_string());
        let mut file = tempfile::tempfile().map_err(broken)?;
        self.book.save_to_writer(&mut file)?;
        file.seek(SeekFrom::Start(0)).map_err(broken)?;
        Ok(Packed(file))
    }
}

/// A finished workbook.
#[derive(Debug)]
pub struct Packed(File);

/// As much of a file as is sent at once.
const PART: usize = 64 * 1024;

impl Packed {
    /// The next part; nothing at the end.
    pub fn part(&mut self) -> io::Result<Vec<u8>> {
        let mut part = vec![0; PART];
        let read = self.0.read(&mut part)?;
        part.truncate(read);
        Ok(part)
    }
}
