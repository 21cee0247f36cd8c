//! Reading server-sent events.

use std::io::{BufRead as _, BufReader, Read};

use serde_json::Value;

/// An open stream.
pub struct EventStream {
    reader: BufReader<Box<dyn Read + Send>>,
}

/// What came: an event with its id, or a sign of life.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Message {
    /// The id to go on from.
    pub id: Option<i64>,
    /// The event; nothing: it was a sign of life.
    pub data: Option<Value>,
}

impl std::fmt::Debug for EventStream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EventStream").finish_non_exhaustive()
    }
}

impl EventStream {
    pub(crate) fn new(reader: impl Read + Send + 'static) -> Self {
        Self { reader: BufReader::new(Box::new(reader)) }
    }

    /// The next message; `None`: the server has ended the stream.
    #[track_caller]
    pub fn next_message(&mut self) -> Option<Message> {
        let mut message = Message::default();
        loop {
            let mut line = String::new();
            match self.reader.read_line(&mut line) {
                Ok(0) | Err(_) => return None,
                Ok(_) => {}
            }
            match line.trim_end_matches('\n').split_once(": ") {
                Some(("id", id)) => message.id = id.parse().ok(),
                Some(("data", data)) => {
                    let data = serde_json::from_str(data);
                    message.data = Some(data.unwrap_or_else(|error| panic!("{line}: {error}")));
                }
                Some(("", _comment)) => {}
                Some(_) => panic!("not a line of this stream: {line:?}"),
                None => {
                    assert_eq!(line, "\n", "a line without a field");
                    return Some(message);
                }
            }
        }
    }

    /// The next event, past signs of life.
    #[track_caller]
    pub fn next_event(&mut self) -> Option<Value> {
        loop {
            let message = self.next_message()?;
            if let Some(event) = message.data {
                return Some(event);
            }
        }
    }
}
