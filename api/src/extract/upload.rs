//! A file in `multipart/form-data`: read piece by piece, never whole.

use std::future::{Ready, ready};
use std::time::Duration;

use actix_multipart::{Field, Multipart};
use actix_web::dev::Payload;
use actix_web::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use actix_web::{FromRequest, HttpRequest};
use bytes::Bytes;
use futures_util::StreamExt;
use kefu_domain::text::Text;
use sha2::{Digest, Sha256};
use tokio::time::{Instant, timeout, timeout_at};

use crate::app::Failure;
use crate::config::Limits;
use crate::server::Server;

/// What it has to be.
const TAKES: &str = "multipart/form-data";

/// The only field there is.
const FILE: &str = "file";

/// How long all of it may take: a slow line is not cut off as long as something comes.
const WHOLE: Duration = Duration::from_mins(10);

/// What an announced body may have beside the file.
const AROUND: u64 = 16 * 1024;

/// A file on its way in.
pub struct Upload {
    multipart: Multipart,
    field: Option<Field>,
    announced: Option<u64>,
    /// How long it may be silent …
    pause: Duration,
    /// … and until when it has to be whole.
    until: Instant,
    /// Of method and path, to be completed by what came.
    hash: Sha256,
}

impl FromRequest for Upload {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let header = |name| request.headers().get(name).and_then(|it| it.to_str().ok());
        let given = header(CONTENT_TYPE).and_then(|it| it.split(';').next()).unwrap_or_default();
        if !given.trim().eq_ignore_ascii_case(TAKES) {
            return ready(Err(Failure::UnsupportedMediaType { takes: TAKES.to_owned() }));
        }
        let server = request.app_data::<actix_web::web::Data<Server>>();
        let limits = server.map_or_else(Limits::default, |it| it.limits);
        let mut hash = Sha256::new();
        hash.update(request.method().as_str());
        hash.update([0]);
        hash.update(request.uri().to_string());
        ready(Ok(Self {
            announced: header(CONTENT_LENGTH).and_then(|it| it.parse().ok()),
            multipart: Multipart::new(request.headers(), payload.take()),
            field: None,
            pause: limits.body_time,
            until: Instant::now() + WHOLE,
            hash,
        }))
    }
}

impl Upload {
    /// Waits for the file to begin; refuses one that is announced to be larger than `limit`.
    pub async fn begin(&mut self, limit: u64) -> Result<(), Failure> {
        if self.announced.is_some_and(|it| it > limit.saturating_add(AROUND)) {
            return Err(Failure::TooLarge { limit: usize::try_from(limit).unwrap_or(usize::MAX) });
        }
        let field = self.next_field().await?.ok_or_else(missing)?;
        match field.name() {
            Some(FILE) => self.field = Some(field),
            other => return Err(unknown(other.unwrap_or_default())),
        }
        Ok(())
    }

    /// What the sender calls it.
    pub fn name(&self) -> Option<String> {
        let disposition = self.field.as_ref()?.content_disposition()?;
        let extended = disposition.get_filename_ext().map(|it| it.value.clone());
        let extended = extended.and_then(|it| String::from_utf8(it).ok());
        extended.or_else(|| disposition.get_filename().map(str::to_owned))
    }

    /// What the sender says it is.
    pub fn declared(&self) -> Option<String> {
        self.field.as_ref()?.content_type().map(|it| it.essence_str().to_owned())
    }

    /// The next bytes of the file; `None`: that was all, and nothing came after it.
    pub async fn next(&mut self) -> Result<Option<Bytes>, Failure> {
        if let Some(field) = &mut self.field {
            if let Some(bytes) = in_time(self.pause, self.until, field.next()).await? {
                return bytes.map(Some).map_err(|error| cut_off(&error));
            }
            self.field = None;
            if let Some(more) = self.next_field().await? {
                return Err(unknown(more.name().unwrap_or_default()));
            }
        }
        Ok(None)
    }

    /// What an idempotency key stands for: method, path, and the file by its hash.
    pub fn fingerprint(&self, name: &str, media_type: &str, sha256: &str) -> [u8; 32] {
        let mut hash = self.hash.clone();
        for part in [name, media_type, sha256] {
            hash.update([0]);
            hash.update(part);
        }
        hash.finalize().into()
    }

    async fn next_field(&mut self) -> Result<Option<Field>, Failure> {
        let next = in_time(self.pause, self.until, self.multipart.next()).await?;
        next.transpose().map_err(|error| cut_off(&error))
    }
}

async fn in_time<T>(
    pause: Duration,
    until: Instant,
    work: impl Future<Output = T>,
) -> Result<T, Failure> {
    match timeout_at(until, timeout(pause, work)).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(_)) | Err(_) => Err(Failure::TooSlow),
    }
}

fn cut_off(error: &actix_multipart::MultipartError) -> Failure {
    tracing::debug!(%error, "an upload cannot be read");
    Failure::Unreadable(Text::new(
        "请求体不是完整的 multipart/form-data。",
        "The body is not complete multipart/form-data.",
    ))
}

fn missing() -> Failure {
    let (zh, en) = ("缺少文件（字段 file）。", "There is no file (field `file`).");
    Failure::invalid("/file", "required", zh, en)
}

fn unknown(name: &str) -> Failure {
    let (zh, en) = ("只接受一个字段：file。", "There is one field only: `file`.");
    Failure::invalid(&super::member("", name), crate::faults::UNKNOWN_MEMBER, zh, en)
}
