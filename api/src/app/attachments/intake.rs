//! Taking a file's bytes in: stored while they arrive, hashed while they are stored, judged by the
//! first of them. Never held whole in memory.

use bytes::Bytes;
use kefu_domain::fault::Fault;
use kefu_domain::text::Text;
use kefu_persistence::blobs;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use uuid::Uuid;

use super::Files;
use crate::app::{App, Failure};
use crate::hex;
use crate::ids::new_id;
use crate::media::{self, HEAD, NotTaken};
use crate::storage::Writer;

/// A file on its way in.
pub struct Intake {
    id: Uuid,
    name: String,
    declared: Option<String>,
    files: Arc<Files>,
    writer: Option<Writer>,
    /// The first bytes, until they tell what it is.
    head: Vec<u8>,
    media_type: Option<String>,
    hash: Sha256,
    size: u64,
}

/// A file that has come in whole.
#[derive(Clone, Debug)]
pub struct Received {
    /// The id its bytes go by.
    pub id: Uuid,
    /// What it is called.
    pub name: String,
    /// What it is, by its content.
    pub media_type: String,
    /// How many bytes it has.
    pub size: i64,
    /// SHA-256 of them, in hexadecimal digits.
    pub sha256: String,
}

impl App {
    /// Begins to take a file in. What is known of it is noted first: if anything breaks, its bytes
    /// are swept.
    pub async fn intake(
        &self,
        name: Option<&str>,
        declared: Option<String>,
    ) -> Result<Intake, Failure> {
        let now = self.clock.real_now();
        let id = new_id(now);
        self.store.write(move |conn| Ok::<_, Failure>(blobs::note(conn, id, now)?)).await?;
        let files = Arc::clone(&self.files);
        Ok(Intake {
            id,
            name: media::name(name),
            declared,
            writer: Some(files.storage.writer(id)),
            files,
            head: Vec::new(),
            media_type: None,
            hash: Sha256::new(),
            size: 0,
        })
    }

    /// Gives a file up: nothing of it stays. What cannot be taken away now is swept later.
    pub async fn give_up(&self, mut intake: Intake) {
        let id = intake.id;
        if let Some(writer) = intake.writer.take() {
            writer.abandon().await;
        }
        let _now_or_later = self.discard(id).await;
    }

    /// Takes the bytes of an id away that nothing holds, and the note of them; `false`: not now.
    pub(super) async fn discard(&self, id: Uuid) -> bool {
        if let Err(error) = self.files.storage.remove(id).await {
            tracing::warn!(%error, %id, "bytes that nothing holds are swept later");
            return false;
        }
        let forgotten = self.store.write(move |conn| Ok::<_, Failure>(blobs::claim(conn, id)?));
        if let Err(error) = forgotten.await {
            tracing::warn!(%error, %id, "bytes that are gone are looked for later");
            return false;
        }
        true
    }
}

impl Intake {
    /// Takes more of it. After an `Err` it has to be given up.
    pub async fn take(&mut self, bytes: Bytes) -> Result<(), Failure> {
        self.size = self.size.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        if self.size > self.files.limit {
            let limit = usize::try_from(self.files.limit).unwrap_or(usize::MAX);
            return Err(Failure::TooLarge { limit });
        }
        self.hash.update(&bytes);
        if self.media_type.is_none() {
            let room = HEAD.saturating_sub(self.head.len());
            self.head.extend(bytes.iter().take(room));
            if self.head.len() >= HEAD {
                self.judge()?;
            }
        }
        match &mut self.writer {
            Some(writer) => Ok(writer.put(bytes).await?),
            None => Err(Failure::Broken("bytes for a file that is whole".to_owned())),
        }
    }

    /// It has come in whole: judges what has not been judged, and makes it last. After an `Err` it
    /// has to be given up.
    pub async fn whole(&mut self) -> Result<Received, Failure> {
        if self.size == 0 {
            let (zh, en) = ("文件是空的。", "The file is empty.");
            return Err(Failure::invalid("/file", "too_short", zh, en));
        }
        let media_type = match self.media_type.take() {
            Some(judged) => judged,
            None => self.judged()?,
        };
        if let Some(writer) = self.writer.take() {
            writer.finish().await?;
        }
        Ok(Received {
            id: self.id,
            name: self.name.clone(),
            media_type,
            size: i64::try_from(self.size).unwrap_or(i64::MAX),
            sha256: hex::encode(&self.hash.clone().finalize()),
        })
    }

    fn judge(&mut self) -> Result<(), Failure> {
        self.media_type = Some(self.judged()?);
        self.head = Vec::new();
        Ok(())
    }

    fn judged(&self) -> Result<String, Failure> {
        let judged = media::judge(&self.head, self.declared.as_deref(), &self.files.types);
        judged.map_err(|why| Failure::Invalid(vec![fault(&why, &self.files)]))
    }
}

fn fault(why: &NotTaken, files: &Files) -> Fault {
    let (code, zh, en) = match why {
        NotTaken::Disguised { declared, content } => (
            "disguised",
            format!("文件声明为 {declared}，内容却是 {content}。"),
            format!("The file is said to be {declared}, but its content is {content}."),
        ),
        NotTaken::Type(content) => {
            let list = files.types.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
            (
                "media_type",
                format!("不接受 {content} 类型的文件，可接受：{list}。"),
                format!("Files of type {content} are not taken; these are: {list}."),
            )
        }
    };
    Fault::new("/file", code, Text::new(zh, en))
}
