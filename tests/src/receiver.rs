//! Somebody who is sent webhooks: a small HTTP server that remembers what it got and answers what it
//! is told to.

use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serde_json::Value;
use standardwebhooks::Webhook;
use ureq::http::{HeaderMap, HeaderName, HeaderValue};

/// A message as it came.
#[derive(Clone, Debug)]
pub struct Received {
    /// The headers.
    pub headers: HeaderMap,
    /// The body, byte for byte.
    pub text: String,
    /// The body.
    pub body: Value,
}

impl Received {
    /// A header's text; empty without it.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|it| it.to_str().ok()).unwrap_or_default()
    }

    /// The message's id.
    pub fn id(&self) -> &str {
        self.header("webhook-id")
    }

    /// Whether the specification's own verifier takes it for the secret's.
    #[track_caller]
    pub fn is_signed_with(&self, secret: &str) -> bool {
        let verifier = Webhook::new(secret).expect("a secret as the specification writes it");
        verifier.verify(self.text.as_bytes(), &self.headers).is_ok()
    }
}

/// What it answers.
#[derive(Clone, Debug)]
struct Answer {
    status: u16,
    headers: String,
}

#[derive(Debug)]
struct Inner {
    received: Mutex<Vec<Received>>,
    answer: Mutex<Answer>,
    once: Mutex<VecDeque<u16>>,
    open: Mutex<bool>,
}

/// The receiver. It stops when it is dropped.
#[derive(Debug)]
pub struct Receiver {
    port: u16,
    inner: Arc<Inner>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Receiver {
    /// Listens on a free port and answers 204.
    #[track_caller]
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("it is bound").port();
        let answer = Answer { status: 204, headers: String::new() };
        let inner = Arc::new(Inner {
            received: Mutex::default(),
            answer: Mutex::new(answer),
            once: Mutex::default(),
            open: Mutex::new(true),
        });
        let receiver = Self { port, inner, thread: Mutex::new(None) };
        receiver.listen(listener);
        receiver
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/hook", self.port)
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// What it answers from now on.
    pub fn answer(&self, status: u16) {
        self.answer_with(status, "");
    }

    /// What it answers from now on, with header lines.
    pub fn answer_with(&self, status: u16, headers: &str) {
        *lock(&self.inner.answer) = Answer { status, headers: headers.to_owned() };
    }

    /// What it answers to the next messages, before it goes on as before.
    pub fn answer_once(&self, statuses: &[u16]) {
        lock(&self.inner.once).extend(statuses);
    }

    /// Nobody listens any more: connections are refused.
    pub fn stop(&self) {
        *lock(&self.inner.open) = false;
        if let Some(thread) = lock(&self.thread).take() {
            // A test that failed in it has already said so.
            let _ended = thread.join();
        }
    }

    /// Listens again, on the same port.
    #[track_caller]
    pub fn start_again(&self) {
        *lock(&self.inner.open) = true;
        self.listen(TcpListener::bind(("127.0.0.1", self.port)).expect("the port is still free"));
    }

    /// Everything it got, the first one first.
    pub fn received(&self) -> Vec<Received> {
        lock(&self.inner.received).clone()
    }

    /// Everything it got, once that is `count` messages.
    #[track_caller]
    pub fn wait_for(&self, count: usize) -> Vec<Received> {
        let since = Instant::now();
        loop {
            let received = self.received();
            if received.len() >= count {
                return received;
            }
            let waited = since.elapsed();
            assert!(waited < Duration::from_mins(1), "{} of {count} messages", received.len());
            thread::sleep(Duration::from_millis(10));
        }
    }

    fn listen(&self, listener: TcpListener) {
        listener.set_nonblocking(true).expect("a setting");
        let inner = Arc::clone(&self.inner);
        let thread = thread::spawn(move || {
            while *lock(&inner.open) {
                match listener.accept() {
                    Ok((stream, _)) => {
                        let inner = Arc::clone(&inner);
                        thread::spawn(move || take(&inner, stream));
                    }
                    Err(_nobody) => thread::sleep(Duration::from_millis(2)),
                }
            }
        });
        *lock(&self.thread) = Some(thread);
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Reads one request, remembers it and answers. What is cut off was never there.
fn take(inner: &Inner, stream: TcpStream) -> Option<()> {
    stream.set_nonblocking(false).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
    let mut reader = BufReader::new(stream);
    let mut headers = HeaderMap::new();
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    loop {
        line.clear();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        headers.append(name, HeaderValue::from_str(value.trim()).ok()?);
    }
    let length = headers.get("content-length")?.to_str().ok()?.parse().ok()?;
    let mut bytes = vec![0; length];
    reader.read_exact(&mut bytes).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let body = serde_json::from_str(&text).ok()?;
    let answer = lock(&inner.answer).clone();
    let status = lock(&inner.once).pop_front().unwrap_or(answer.status);
    lock(&inner.received).push(Received { headers, text, body });
    let (more, body) = (answer.headers, if status == 204 { "" } else { "so said the receiver" });
    let length = body.len();
    let head =
        format!("HTTP/1.1 {status} Said\r\nconnection: close\r\ncontent-length: {length}\r\n");
    reader.into_inner().write_all(format!("{head}{more}\r\n{body}").as_bytes()).ok()
}
