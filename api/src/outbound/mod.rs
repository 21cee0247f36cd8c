//! Requests to addresses that users name. Nothing here knows what is sent or why.
//!
//! **Invariant.** Unless the operator allows it, nothing is ever sent to an address that is not of
//! the open internet: neither to one written in the URL nor to one a name leads to, and redirects
//! are not followed, so there is no third way.

mod resolver;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use kefu_domain::webhook::is_public;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{Client, Url, redirect};

use resolver::{NotAllowed, Resolver};

/// How long a receiver may take, from the name's look-up to the end of what is read of its answer.
const TIMEOUT: Duration = Duration::from_secs(15);

/// How much of an answer is read.
const KEPT: usize = 1024;

/// What is sent.
#[derive(Debug, Clone)]
pub struct Message {
    /// Where to.
    pub url: String,
    /// Names and values.
    pub headers: Vec<(&'static str, String)>,
    /// JSON.
    pub body: String,
}

/// What came of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reply {
    /// The status answered.
    pub status: Option<u16>,
    /// How long the receiver asks to be left alone, as it said it.
    pub retry_after: Option<String>,
    /// How the answer began.
    pub body: Option<String>,
    /// Why there was no answer: `timeout`, `unreachable`, `address_not_allowed`.
    pub error: Option<&'static str>,
    /// How long it took.
    pub took: Duration,
}

/// Sends.
#[derive(Debug)]
pub struct Outbound {
    client: Option<Client>,
    allow_private: bool,
}

impl Outbound {
    /// Makes it ready. What cannot be made ready (no certificates on this machine, say) fails every
    /// message, and not the server.
    pub fn new(allow_private: bool) -> Self {
        crate::tls::ready();
        let client = Client::builder()
            .user_agent(concat!("kefu/", env!("CARGO_PKG_VERSION")))
            .timeout(TIMEOUT)
            .redirect(redirect::Policy::none())
            .no_proxy()
            .dns_resolver(Arc::new(Resolver { allow_private }))
            .build();
        let client = client
            .inspect_err(|error| tracing::error!(%error, "nothing can be sent to webhooks"))
            .ok();
        Self { client, allow_private }
    }

    /// Whether anything may be sent there, as far as the URL alone tells.
    pub fn allows(&self, url: &str) -> bool {
        let Ok(url) = Url::parse(url) else { return false };
        if self.allow_private {
            return matches!(url.scheme(), "http" | "https") && url.host_str().is_some();
        }
        let named = url.host_str().is_some_and(|it| !it.is_empty());
        url.scheme() == "https" && named && literal(&url).is_none_or(is_public)
    }

    /// Whether a URL holds a user name or a password, which would be shown wherever it is.
    pub fn names_somebody(url: &str) -> bool {
        Url::parse(url).is_ok_and(|it| !it.username().is_empty() || it.password().is_some())
    }

    /// Sends one message and reads how the answer begins.
    pub async fn send(&self, message: Message) -> Reply {
        let begun = Instant::now();
        let mut reply = if !self.allows(&message.url) {
            Reply { error: Some(NOT_ALLOWED), ..Reply::default() }
        } else if let Some(client) = &self.client {
            // The client's own limit begins anew with each part; this one holds for the whole.
            match tokio::time::timeout(TIMEOUT, exchange(client, message)).await {
                Ok(Ok(reply)) => reply,
                Ok(Err(error)) => Reply { error: Some(why(&error)), ..Reply::default() },
                Err(_) => Reply { error: Some("timeout"), ..Reply::default() },
            }
        } else {
            Reply { error: Some("unreachable"), ..Reply::default() }
        };
        reply.took = begun.elapsed();
        reply
    }
}

const NOT_ALLOWED: &str = "address_not_allowed";

async fn exchange(client: &Client, message: Message) -> Result<Reply, reqwest::Error> {
    let Message { url, headers, body } = message;
    let mut request = client.post(url).header("content-type", "application/json").body(body);
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let mut response = request.send().await?;
    let status = Some(response.status().as_u16());
    let retry_after = retry_after(response.headers());
    let mut read = Vec::new();
    // The status is the answer; a body that breaks off or trickles is not worth another attempt.
    while read.len() < KEPT {
        match tokio::time::timeout(Duration::from_secs(2), response.chunk()).await {
            Ok(Ok(Some(chunk))) => read.extend_from_slice(&chunk),
            Ok(Ok(None) | Err(_)) | Err(_) => break,
        }
    }
    read.truncate(KEPT);
    let body = String::from_utf8_lossy(&read).replace('\0', "\u{fffd}");
    Ok(Reply { status, retry_after, body: Some(body), ..Reply::default() })
}

/// The address a URL names, if it names one and not a name.
fn literal(url: &Url) -> Option<IpAddr> {
    let host = url.host_str()?;
    host.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

fn retry_after(headers: &HeaderMap) -> Option<String> {
    Some(headers.get(RETRY_AFTER)?.to_str().ok()?.trim().to_owned())
}

fn why(error: &reqwest::Error) -> &'static str {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(it) = cause {
        if it.is::<NotAllowed>() {
            return NOT_ALLOWED;
        }
        cause = it.source();
    }
    if error.is_timeout() { "timeout" } else { "unreachable" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_open_internet_is_allowed_and_only_with_tls() {
        let outbound = Outbound { client: None, allow_private: false };
        for url in
            ["https://example.com/hook", "https://8.8.8.8/", "https://[2606:4700::1111]:8443/x"]
        {
            assert!(outbound.allows(url), "{url}");
        }
        for url in [
            "http://example.com/hook",
            "https://127.0.0.1/",
            "https://127.1/",
            "https://2130706433/",
            "https://0x7f.0.0.1/",
            "https://0177.0.0.1/",
            "https://[::1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://169.254.169.254/latest/meta-data",
            "https://user:pass@192.168.0.1/",
            "ftp://example.com/",
            "file:///etc/passwd",
            "nonsense",
            "https://",
        ] {
            assert!(!outbound.allows(url), "{url}");
        }
        let open = Outbound { client: None, allow_private: true };
        assert!(open.allows("http://127.0.0.1:9/"));
        assert!(!open.allows("file:///etc/passwd"));
    }
}
