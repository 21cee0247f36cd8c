//! How big an expression may be, found out before it is parsed.
//!
//! The parser recurses, and a level of brackets costs it more than a hundred kilobytes of stack in a
//! debug build. Whoever may check a procedure must not be able to bring the process down with one,
//! so depth and length are counted by a scan that needs no stack.

/// The longest expression, in bytes.
const LONGEST: usize = 2_000;

/// The deepest nesting of brackets.
const DEEPEST: usize = 6;

/// The most operators, brackets and dots.
const BUSIEST: usize = 120;

pub(super) fn check(source: &str) -> Result<(), String> {
    if source.len() > LONGEST {
        return Err(format!("longer than {LONGEST} bytes"));
    }
    // One way to write text keeps the scan in step with the parser.
    if source.contains("'''") || source.contains("\"\"\"") {
        return Err("text in triple quotes is not supported".to_owned());
    }
    let (mut depth, mut busy) = (0_usize, 0_usize);
    let mut before = ' ';
    let mut rest = source.chars();
    while let Some(c) = rest.next() {
        match c {
            '\'' | '"' => {
                if before.is_alphanumeric() {
                    return Err("raw text and bytes are not supported".to_owned());
                }
                skip_text(c, &mut rest)?;
            }
            '/' if before == '/' => return Err("comments are not supported".to_owned()),
            '(' | '[' | '{' => {
                depth += 1;
                busy += 1;
                if depth > DEEPEST {
                    return Err(format!("brackets are nested more than {DEEPEST} deep"));
                }
            }
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ if c.is_ascii_punctuation() && c != '_' && c != ',' => busy += 1,
            _ => {}
        }
        if busy > BUSIEST {
            return Err(format!("more than {BUSIEST} operators"));
        }
        before = c;
    }
    Ok(())
}

/// Goes past the end of a quoted text. What the lexer would not take for text is refused: it would
/// go on with what is inside.
fn skip_text(quote: char, rest: &mut std::str::Chars<'_>) -> Result<(), String> {
    while let Some(c) = rest.next() {
        match c {
            '\\' if matches!(rest.next(), Some('\\' | '\'' | '"' | 'n' | 'r' | 't')) => {}
            '\\' => return Err(r#"the escapes of text are \\ \' \" \n \r \t"#.to_owned()),
            '\n' | '\r' => break,
            _ if c == quote => return Ok(()),
            _ => {}
        }
    }
    Err("text that does not end".to_owned())
}
