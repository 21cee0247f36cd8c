//! A little OTLP collector: takes traces over HTTP and reads what a test asks about out of the
//! protobuf.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A span as it arrived.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// The service it comes from.
    pub service: String,
    /// Its name.
    pub name: String,
    /// Its trace, in hexadecimal.
    pub trace_id: String,
    /// Itself.
    pub span_id: String,
    /// The span it is part of; empty for a root.
    pub parent_id: String,
    /// 1 internal, 2 server, 3 client.
    pub kind: u64,
    /// What is said of it; numbers as text.
    pub attributes: BTreeMap<String, String>,
}

/// A collector that listens until the test ends.
#[derive(Clone, Debug)]
pub struct Collector {
    url: String,
    arrived: Arc<(Mutex<Vec<Span>>, Condvar)>,
}

impl Collector {
    /// Starts to listen.
    #[track_caller]
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("it is bound"));
        let it = Self { url, arrived: Arc::default() };
        let collector = it.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let collector = collector.clone();
                std::thread::spawn(move || collector.serve(&stream));
            }
        });
        it
    }

    /// What `OTEL_EXPORTER_OTLP_ENDPOINT` is to be.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What has arrived so far.
    pub fn spans(&self) -> Vec<Span> {
        self.arrived.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until `enough` says so, for at most a minute; then everything that has arrived.
    #[track_caller]
    pub fn wait(&self, enough: impl Fn(&[Span]) -> bool) -> Vec<Span> {
        let deadline = Instant::now() + Duration::from_mins(1);
        let (spans, changed) = &*self.arrived;
        let mut spans = spans.lock().unwrap_or_else(PoisonError::into_inner);
        while !enough(&spans) {
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "not enough after a minute: {spans:#?}");
            spans = changed.wait_timeout(spans, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        spans.clone()
    }

    fn serve(&self, stream: &TcpStream) {
        let (mut reader, mut writer) = (BufReader::new(stream), stream);
        while let Some((path, body)) = request(&mut reader) {
            if path == "/v1/traces" {
                let found = traces(&body);
                self.arrived.0.lock().unwrap_or_else(PoisonError::into_inner).extend(found);
                self.arrived.1.notify_all();
            }
            let answer = "HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\n\
                          content-length: 0\r\n\r\n";
            if writer.write_all(answer.as_bytes()).is_err() {
                return;
            }
        }
    }
}

/// The next request of a connection: its path and its body.
fn request(reader: &mut BufReader<&TcpStream>) -> Option<(String, Vec<u8>)> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
    let path = line.split(' ').nth(1)?.to_owned();
    let mut length = 0;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok().filter(|read| *read > 0)?;
        if header.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = header.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some((path, body))
}

/// A field of a protobuf message.
enum Field<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

/// The fields of a message, each with its number.
fn fields(mut bytes: &[u8]) -> Vec<(u64, Field<'_>)> {
    let mut all = Vec::new();
    while let Some(tag) = varint(&mut bytes) {
        let field = match tag & 7 {
            0 => varint(&mut bytes).map(Field::Number),
            1 => take(&mut bytes, 8).map(Field::Bytes),
            2 => {
                let length = varint(&mut bytes).and_then(|it| usize::try_from(it).ok());
                length.and_then(|it| take(&mut bytes, it)).map(Field::Bytes)
            }
            5 => take(&mut bytes, 4).map(Field::Bytes),
            _ => None,
        };
        let Some(field) = field else { break };
        all.push((tag >> 3, field));
    }
    all
}

fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (first, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

fn take<'a>(bytes: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    Some(taken)
}

/// The messages in a field of a message.
fn inside(message: &[u8], number: u64) -> impl Iterator<Item = &[u8]> {
    fields(message).into_iter().filter_map(move |(found, field)| match field {
        Field::Bytes(bytes) if found == number => Some(bytes),
        Field::Bytes(_) | Field::Number(_) => None,
    })
}

/// The spans of an `ExportTraceServiceRequest`.
fn traces(message: &[u8]) -> Vec<Span> {
    let mut all = Vec::new();
    for of_resource in inside(message, 1) {
        let said = inside(of_resource, 1).flat_map(|it| inside(it, 1)).map(attribute);
        let service = said.into_iter().find(|it| it.0 == "service.name");
        let service = service.map(|it| it.1).unwrap_or_default();
        for bytes in inside(of_resource, 2).flat_map(|it| inside(it, 2)) {
            all.push(Span { service: service.clone(), ..span(bytes) });
        }
    }
    all
}

fn span(message: &[u8]) -> Span {
    let mut span = Span::default();
    for (number, field) in fields(message) {
        match (number, field) {
            (1, Field::Bytes(it)) => span.trace_id = hex(it),
            (2, Field::Bytes(it)) => span.span_id = hex(it),
            (4, Field::Bytes(it)) => span.parent_id = hex(it),
            (5, Field::Bytes(it)) => span.name = String::from_utf8_lossy(it).into_owned(),
            (6, Field::Number(it)) => span.kind = it,
            (9, Field::Bytes(it)) => span.attributes.extend([attribute(it)]),
            _ => {}
        }
    }
    span
}

/// A `KeyValue` whose value is a text, a truth or a whole number.
fn attribute(message: &[u8]) -> (String, String) {
    let (mut key, mut value) = (String::new(), String::new());
    for (number, field) in fields(message) {
        let Field::Bytes(bytes) = field else { continue };
        if number == 1 {
            key = String::from_utf8_lossy(bytes).into_owned();
        } else if let Some((number, field)) = fields(bytes).into_iter().next() {
            value = match (number, field) {
                (1, Field::Bytes(text)) => String::from_utf8_lossy(text).into_owned(),
                (_, Field::Number(number)) => number.to_string(),
                (_, Field::Bytes(_)) => String::new(),
            };
        }
    }
    (key, value)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
