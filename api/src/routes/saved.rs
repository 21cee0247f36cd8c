//! Bytes as HTTP answers: whole or a range of them, to be saved and never shown in place.

use actix_web::body::SizedStream;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_RANGE,
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_RANGE, RANGE,
};
use actix_web::{HttpRequest, HttpResponse};

use crate::app::{Content, Wanted};

/// The one range that is asked for; all of it where none is, or several, or of other bytes.
pub(super) fn wanted(request: &HttpRequest, tag: &str) -> Wanted {
    let header = |name| request.headers().get(name).and_then(|it| it.to_str().ok());
    if header(IF_RANGE).is_some_and(|it| it != tag) {
        return Wanted::Whole;
    }
    let range = header(RANGE).and_then(|it| it.trim().strip_prefix("bytes="));
    let Some((first, last)) = range.and_then(|it| it.split_once('-')) else { return Wanted::Whole };
    match (first.trim().parse(), last.trim().parse()) {
        (Ok(first), Ok(last)) => Wanted::From(first, Some(last)),
        (Ok(first), Err(_)) if last.trim().is_empty() => Wanted::From(first, None),
        (Err(_), Ok(last)) if first.trim().is_empty() => Wanted::Last(last),
        _ => Wanted::Whole,
    }
}

/// Bytes that a browser saves and never runs, whatever they are.
pub(super) fn saved(content: Content, tag: String) -> HttpResponse {
    let Content { name, size, range, bytes } = content;
    let part = range.end - range.start;
    let status = if part == size { StatusCode::OK } else { StatusCode::PARTIAL_CONTENT };
    let mut response = HttpResponse::build(status);
    response
        .insert_header((CONTENT_TYPE, "application/octet-stream"))
        .insert_header((CONTENT_DISPOSITION, disposition(&name)))
        .insert_header((CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'"))
        .insert_header((CACHE_CONTROL, "private, no-store"))
        // Ranges are of these bytes: nothing on the way out packs them.
        .insert_header((CONTENT_ENCODING, "identity"))
        .insert_header((ACCEPT_RANGES, "bytes"))
        .insert_header((ETAG, tag));
    if status == StatusCode::PARTIAL_CONTENT {
        let last = range.end - 1;
        response.insert_header((CONTENT_RANGE, format!("bytes {}-{last}/{size}", range.start)));
    }
    response.body(SizedStream::new(part, bytes))
}

/// RFC 6266: the name in UTF-8, and what is left of it in ASCII for those who cannot read that.
fn disposition(name: &str) -> String {
    let plain =
        |it: char| if it.is_ascii_alphanumeric() || "._-() ".contains(it) { it } else { '_' };
    let ascii: String = name.chars().map(plain).collect();
    let coded: String = name.bytes().map(coded).collect();
    format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''{coded}")
}

fn coded(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() || b"._-".contains(&byte) {
        char::from(byte).to_string()
    } else {
        format!("%{byte:02X}")
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn a_name_goes_out_in_both_forms() {
        assert_eq!(
            disposition("发票 1.pdf"),
            "attachment; filename=\"__ 1.pdf\"; filename*=UTF-8''%E5%8F%91%E7%A5%A8%201.pdf"
        );
    }

    #[test]
    fn one_range_is_understood_and_anything_else_is_all_of_it() {
        let of = |text: &str| {
            wanted(&TestRequest::get().insert_header((RANGE, text)).to_http_request(), "\"a\"")
        };
        assert_eq!(of("bytes=0-3"), Wanted::From(0, Some(3)));
        assert_eq!(of("bytes=4-"), Wanted::From(4, None));
        assert_eq!(of("bytes=-5"), Wanted::Last(5));
        for other in ["bytes=0-1,3-4", "bytes=a-b", "bytes=-", "lines=1-2", ""] {
            assert_eq!(of(other), Wanted::Whole, "{other}");
        }
    }
}
