//! A bucket that speaks as much S3 as storing, fetching and removing takes, in this process.
//!
//! **Invariant.** It takes only requests that are signed with its key's id, and keeps what it was
//! given byte for byte.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// The id of the key that a bucket takes, and the key.
pub const BUCKET_KEY: (&str, &str) = ("AKIDKEFU", "a secret for a bucket");

/// A running bucket. It listens until the process ends.
#[derive(Clone, Debug)]
pub struct Bucket {
    address: String,
    inner: Arc<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    objects: Mutex<BTreeMap<String, Vec<u8>>>,
    uploads: Mutex<BTreeMap<String, BTreeMap<u32, Vec<u8>>>>,
    fails: AtomicBool,
}

impl Bucket {
    /// Starts one.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("it listens").to_string();
        let inner = Arc::new(Inner::default());
        let bucket = Self { address, inner: Arc::clone(&inner) };
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let inner = Arc::clone(&inner);
                // A client that goes away ends its thread.
                std::thread::spawn(move || while serve(&inner, &stream).is_some() {});
            }
        });
        bucket
    }

    /// What `KEFU_STORAGE` is to be.
    pub fn storage(&self) -> String {
        format!("s3://files/kefu?region=cn-north-1&endpoint=http%3A%2F%2F{}", self.address)
    }

    /// What is in it, by name.
    pub fn objects(&self) -> BTreeMap<String, Vec<u8>> {
        lock(&self.inner.objects).clone()
    }

    /// How many uploads have begun and not ended.
    pub fn unfinished(&self) -> usize {
        lock(&self.inner.uploads).len()
    }

    /// From here on it answers nothing but 500; or again what it should.
    pub fn fail(&self, fails: bool) {
        self.inner.fails.store(fails, Ordering::SeqCst);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Request {
    method: String,
    path: String,
    query: String,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

struct Answer(u16, Vec<(&'static str, String)>, Vec<u8>);

/// Answers one request; `None` when there is no next one.
fn serve(inner: &Inner, stream: &TcpStream) -> Option<()> {
    // One request at a time: nothing is left in the buffer between two.
    let request = read(stream)?;
    let signed = request.headers.get("authorization").cloned().unwrap_or_default();
    let Answer(status, headers, body) = if inner.fails.load(Ordering::SeqCst) {
        Answer(500, Vec::new(), b"<Error><Code>InternalError</Code></Error>".to_vec())
    } else if !signed.contains(&format!("Credential={}/", BUCKET_KEY.0)) {
        Answer(403, Vec::new(), b"<Error><Code>AccessDenied</Code></Error>".to_vec())
    } else {
        answer(inner, &request)
    };
    let headers = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n"));
    let headers: String = headers.collect();
    let length = body.len();
    let head = format!("HTTP/1.1 {status} .\r\n{headers}content-length: {length}\r\n\r\n");
    let mut stream = stream;
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(&body).ok()
}

fn read(stream: &TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|it| *it > 0)?;
    let mut words = line.split_whitespace();
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.insert(name.to_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length").and_then(|it| it.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let (path, query) = (path.to_owned(), query.to_owned());
    Some(Request { method, path, query, headers, body })
}

fn answer(inner: &Inner, request: &Request) -> Answer {
    let Request { method, path, query, headers, body } = request;
    let of = |name: &str| {
        let found = query.split('&').find_map(|it| it.strip_prefix(name)?.strip_prefix('='));
        found.map(str::to_owned)
    };
    let etag = || vec![("etag", "\"e\"".to_owned())];
    match (method.as_str(), of("uploadId")) {
        ("POST", None) if query.starts_with("uploads") => {
            let mut uploads = lock(&inner.uploads);
            let id = format!("u{}", uploads.len() + 1);
            uploads.insert(id.clone(), BTreeMap::new());
            let id = format!("<UploadId>{id}</UploadId>");
            let xml = format!(
                "<InitiateMultipartUploadResult><Bucket>files</Bucket><Key>k</Key>{id}</InitiateMultipartUploadResult>"
            );
            Answer(200, Vec::new(), xml.into_bytes())
        }
        ("PUT", Some(id)) => {
            let number = of("partNumber").and_then(|it| it.parse().ok()).unwrap_or(0);
            let mut uploads = lock(&inner.uploads);
            let Some(parts) = uploads.get_mut(&id) else { return missing() };
            parts.insert(number, body.clone());
            Answer(200, etag(), Vec::new())
        }
        ("POST", Some(id)) => {
            let Some(parts) = lock(&inner.uploads).remove(&id) else { return missing() };
            let whole: Vec<u8> = parts.into_values().flatten().collect();
            lock(&inner.objects).insert(path.clone(), whole);
            let xml = "<CompleteMultipartUploadResult><Bucket>files</Bucket><Key>k</Key><ETag>e</ETag></CompleteMultipartUploadResult>";
            Answer(200, etag(), xml.as_bytes().to_vec())
        }
        ("DELETE", Some(id)) => {
            lock(&inner.uploads).remove(&id);
            Answer(204, Vec::new(), Vec::new())
        }
        ("PUT", None) => {
            lock(&inner.objects).insert(path.clone(), body.clone());
            Answer(200, etag(), Vec::new())
        }
        ("GET" | "HEAD", None) => fetch(inner, path, headers.get("range")),
        ("DELETE", None) => {
            lock(&inner.objects).remove(path);
            Answer(204, Vec::new(), Vec::new())
        }
        _ => Answer(501, Vec::new(), Vec::new()),
    }
}

fn fetch(inner: &Inner, path: &str, range: Option<&String>) -> Answer {
    let objects = lock(&inner.objects);
    let Some(object) = objects.get(path) else { return missing() };
    let mut headers = vec![
        ("etag", "\"e\"".to_owned()),
        ("last-modified", "Sun, 22 Nov 2026 10:00:00 GMT".to_owned()),
    ];
    let range = range.and_then(|it| it.strip_prefix("bytes=")?.split_once('-'));
    let Some((first, last)) = range else { return Answer(200, headers, object.clone()) };
    let (first, last): (usize, usize) = (first.parse().unwrap_or(0), last.parse().unwrap_or(0));
    let last = last.min(object.len() - 1);
    headers.push(("content-range", format!("bytes {first}-{last}/{}", object.len())));
    Answer(206, headers, object[first..=last].to_vec())
}

fn missing() -> Answer {
    Answer(404, Vec::new(), b"<Error><Code>NoSuchKey</Code></Error>".to_vec())
}
