//! What a text file is written in. Excel in China saves CSV as GB18030, and "Unicode text" as UTF-16.

use std::borrow::Cow;

use encoding_rs::{Encoding, GB18030, UTF_8};

/// The text of a file: by its byte order mark, as UTF-8 if it is that, as GB18030 otherwise; nothing if
/// it is none of them.
pub(super) fn text(bytes: &[u8]) -> Option<Cow<'_, str>> {
    let (encoding, bytes) = match Encoding::for_bom(bytes) {
        Some((encoding, length)) => (encoding, bytes.get(length..).unwrap_or_default()),
        None if std::str::from_utf8(bytes).is_ok() => (UTF_8, bytes),
        None => (GB18030, bytes),
    };
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes)?;
    (!text.contains('\0')).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_encoding_is_known_by_itself() {
        let (gb, _, _) = GB18030.encode("名称,电话\r\n王小明,13800138000");
        let utf16: Vec<u8> = "\u{feff}名称".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(text(&gb).unwrap(), "名称,电话\r\n王小明,13800138000");
        assert_eq!(text("\u{feff}名称".as_bytes()).unwrap(), "名称");
        assert_eq!(text("名称".as_bytes()).unwrap(), "名称");
        assert_eq!(text(&utf16).unwrap(), "名称");
        assert_eq!(text(&[0x80, 0xff, 0xff, 0xfe, 0x00]), None);
    }
}
