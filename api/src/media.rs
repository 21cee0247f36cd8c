//! What kind of file something is, by its first bytes; what it is called.

use std::collections::BTreeSet;

/// So many bytes tell what a file is.
pub const HEAD: usize = 8 * 1024;

/// What may be attached if nobody says otherwise: pictures, documents, recordings.
pub const USUAL: &[&str] = &[
    "image/jpeg",
    "image/png",
    "image/gif",
    "image/webp",
    "image/heif",
    "image/bmp",
    "image/tiff",
    "application/pdf",
    "application/msword",
    "application/vnd.ms-excel",
    "application/vnd.ms-powerpoint",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "text/plain",
    "text/csv",
    "audio/mpeg",
    "audio/m4a",
    "audio/ogg",
    "audio/amr",
    "audio/aac",
    "audio/x-wav",
    "video/mp4",
    "video/quicktime",
    "video/webm",
];

/// What says nothing about a file.
const ANYTHING: &str = "application/octet-stream";

/// Other names of what `infer` finds.
const ALIASES: &[(&str, &str)] = &[
    ("image/jpg", "image/jpeg"),
    ("image/pjpeg", "image/jpeg"),
    ("image/heic", "image/heif"),
    ("image/x-ms-bmp", "image/bmp"),
    ("application/x-pdf", "application/pdf"),
    ("application/csv", "text/csv"),
    ("text/comma-separated-values", "text/csv"),
    ("audio/mp3", "audio/mpeg"),
    ("audio/mp4", "audio/m4a"),
    ("audio/x-m4a", "audio/m4a"),
    ("audio/wav", "audio/x-wav"),
    ("audio/wave", "audio/x-wav"),
    ("audio/vnd.wave", "audio/x-wav"),
    ("application/x-zip-compressed", "application/zip"),
];

/// Why a file is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotTaken {
    /// Its content is of a type that is not taken.
    Type(String),
    /// It was said to be one thing and is another.
    Disguised {
        /// What was said.
        declared: String,
        /// What it is.
        content: String,
    },
}

/// The media type of a file, judged by its first bytes; what was declared only names the kind of
/// text it is.
pub fn judge(
    head: &[u8],
    declared: Option<&str>,
    taken: &BTreeSet<String>,
) -> Result<String, NotTaken> {
    let declared = declared.map(canonical).filter(|it| it != ANYTHING);
    let mut content = of_content(head).to_owned();
    if let Some(declared) = declared
        && declared != content
    {
        if content != "text/plain" || declared != "text/csv" {
            return Err(NotTaken::Disguised { declared, content });
        }
        content = declared;
    }
    if taken.contains(&content) { Ok(content) } else { Err(NotTaken::Type(content)) }
}

fn of_content(head: &[u8]) -> &'static str {
    match infer::get(head) {
        Some(kind) => kind.mime_type(),
        None if is_text(head) => "text/plain",
        None => ANYTHING,
    }
}

/// UTF-8 without control characters; the last character may be cut.
fn is_text(head: &[u8]) -> bool {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            let whole = head.get(..error.valid_up_to()).unwrap_or_default();
            std::str::from_utf8(whole).unwrap_or_default()
        }
        Err(_) => return false,
    };
    !text.is_empty() && !text.chars().any(|it| it.is_control() && !"\t\r\n\u{c}".contains(it))
}

/// A media type as `infer` would say it, without parameters.
fn canonical(declared: &str) -> String {
    let bare = declared.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let known = ALIASES.iter().find(|(alias, _)| *alias == bare);
    known.map_or(bare, |(_, name)| (*name).to_owned())
}

/// The longest name, in characters.
const LONGEST: usize = 150;

/// A file's name as it may be kept and shown: its last segment, without what would hide or break
/// something, not endless, never empty.
pub fn name(given: Option<&str>) -> String {
    let last = given.unwrap_or_default().rsplit(['/', '\\']).next().unwrap_or_default();
    // Marks that turn the direction of text make `exe.fdp` of `pdf.exe`.
    let hides = |it: char| matches!(it, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    let breaks = |it: char| it.is_control() || r#"<>:"|?*"#.contains(it);
    let clean: String =
        last.chars().filter(|it| !hides(*it)).map(|it| if breaks(it) { '_' } else { it }).collect();
    let clean = clean.trim_matches(|it: char| it == '.' || it.is_whitespace());
    if clean.is_empty() { "attachment".to_owned() } else { shortened(clean) }
}

/// A name that is too long loses its middle, not its end.
fn shortened(name: &str) -> String {
    let count = name.chars().count();
    if count <= LONGEST {
        return name.to_owned();
    }
    let end = name.rsplit_once('.').map(|(_, end)| end).filter(|it| it.chars().count() <= 16);
    let end = end.map(|it| format!(".{it}")).unwrap_or_default();
    let begin: String = name.chars().take(LONGEST - end.chars().count()).collect();
    format!("{begin}{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

    fn usual() -> BTreeSet<String> {
        USUAL.iter().map(|it| (*it).to_owned()).collect()
    }

    fn judged(head: &[u8], declared: Option<&str>) -> Result<String, NotTaken> {
        judge(head, declared, &usual())
    }

    #[test]
    fn content_decides_and_a_false_claim_is_refused() {
        for claim in
            [None, Some("image/png"), Some("application/octet-stream"), Some("IMAGE/PNG; a=b")]
        {
            assert_eq!(judged(PNG, claim).unwrap(), "image/png");
        }
        assert_eq!(judged(b"\xff\xd8\xff\xe0", Some("image/jpg")).unwrap(), "image/jpeg");
        let disguised = judged(PNG, Some("application/pdf")).unwrap_err();
        assert!(matches!(disguised, NotTaken::Disguised { .. }), "{disguised:?}");
        let html = judged(b"<!DOCTYPE html><script>", Some("text/plain")).unwrap_err();
        assert!(matches!(html, NotTaken::Disguised { .. }), "{html:?}");
    }

    #[test]
    fn text_is_text_also_where_it_is_cut() {
        let text = "投诉记录".repeat(3).into_bytes();
        for end in 1..text.len() {
            let found = judged(&text[..end], None);
            assert_eq!(found.is_ok(), end >= 3, "{end}");
        }
        assert_eq!(judged(b"a,b\n1,2\n", Some("text/csv")).unwrap(), "text/csv");
        assert!(judged(b"a\0b", None).is_err());
        assert!(judged(b"", None).is_err());
    }

    #[test]
    fn programs_and_pages_are_not_taken() {
        for head in [
            &b"MZ\x90\0\x03\0\0\0"[..],
            b"\x7fELF\x02\x01\x01\0",
            b"#!/bin/sh\nrm",
            b"<html><body>",
            b"<?xml version=\"1.0\"?><svg>",
        ] {
            assert!(matches!(judged(head, None), Err(NotTaken::Type(_))), "{head:?}");
        }
    }

    #[test]
    fn a_name_is_one_segment_and_shows_what_it_is() {
        for (given, kept) in [
            (Some("../../etc/passwd"), "passwd"),
            (Some(r"C:\Users\王\发票.pdf"), "发票.pdf"),
            (Some("a\r\nb\"c.txt"), "a__b_c.txt"),
            (Some("photo\u{202e}gpj.exe"), "photogpj.exe"),
            (Some(" .. "), "attachment"),
            (Some(""), "attachment"),
            (None, "attachment"),
        ] {
            assert_eq!(name(given), kept);
        }
        let long = name(Some(&format!("{}.pdf", "长".repeat(400))));
        assert_eq!(long.chars().count(), 150);
        assert_eq!(long.rsplit('.').next(), Some("pdf"));
    }
}
