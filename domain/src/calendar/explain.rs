//! Why a deadline is when it is: the time up to it, cut into what counted and what did not.

use std::ops::ControlFlow::Continue;

use serde::{Deserialize, Serialize};

use super::plan::{Cause, Exception};
use super::zone::Zone;
use super::{Calendar, Unreachable, clamped, timestamp};
use crate::Timestamp;
use crate::span::Span;

/// A deadline and the segments that lead up to it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Explanation {
    /// When the span is used up.
    pub due_at: Timestamp,
    /// From the start to `due_at`, without a gap.
    pub segments: Vec<Segment>,
}

/// A stretch of time of one kind, `[from, to)`, never empty.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Segment {
    /// Its first instant.
    pub from: Timestamp,
    /// The instant after its last.
    pub to: Timestamp,
    /// What it is.
    pub kind: SegmentKind,
    /// The holiday or override that made it so.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub name: Option<String>,
}

/// What a stretch of time is to a clock.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SegmentKind {
    /// It counts.
    Counted,
    /// Outside the weekly working hours.
    Closed,
    /// A day closed by a holiday of the calendar or of the national table.
    Holiday,
    /// The closed part of a day with its own hours: an override or a make-up day.
    Override,
    /// The clock stood still.
    Paused,
}

/// A segment in microseconds, with a borrowed name.
#[derive(Clone, Copy)]
struct Piece<'a> {
    from: i64,
    to: i64,
    kind: SegmentKind,
    name: Option<&'a str>,
}

impl Calendar {
    /// [`Calendar::add`], with the segments from `start` to the deadline. In a working span all the
    /// open time on the way is `counted`; in any other span everything is.
    pub fn explain(&self, start: Timestamp, span: Span) -> Result<Explanation, Unreachable> {
        let due_at = self.add(start, span)?;
        Ok(Explanation { due_at, segments: self.segments(start, due_at, span.is_working(), &[]) })
    }

    /// The time from `from` to `to` cut into segments, without a gap and without two neighbours
    /// alike: how a clock used its time. With `working` only the calendar's open time counts; the
    /// `pauses`, in any order, count never. Nothing when `to` is not after `from`.
    pub fn segments(
        &self,
        from: Timestamp,
        to: Timestamp,
        working: bool,
        pauses: &[(Timestamp, Timestamp)],
    ) -> Vec<Segment> {
        let (from, to) = (clamped(from), clamped(to));
        let pieces = if working {
            self.worked(from, to)
        } else {
            vec![Piece { from, to, kind: SegmentKind::Counted, name: None }]
        };
        let pauses = in_order(pauses, from, to);
        merged(paused(&pieces, &pauses)).filter_map(|piece| piece.segment().ok()).collect()
    }

    /// Open and closed time from `from` to `to`.
    fn worked(&self, from: i64, to: i64) -> Vec<Piece<'_>> {
        let mut zone = self.local();
        let mut pieces = Vec::new();
        let mut at = from;
        if from < to {
            let _: Option<()> = self.openings(from, to, |opening| {
                let (opens, closes) = (opening.from.max(from), opening.to.min(to));
                self.closed(&mut zone, at, opens, &mut pieces);
                let own = opening.exception.and_then(|it| it.name.as_deref());
                let kind = SegmentKind::Counted;
                pieces.push(Piece { from: opens, to: closes, kind, name: own });
                at = closes;
                Continue(())
            });
        }
        self.closed(&mut zone, at, to, &mut pieces);
        pieces
    }

    /// Closed time from `from` to `to`, day by day: each local day has its own reason.
    fn closed<'a>(&'a self, zone: &mut Zone, from: i64, to: i64, pieces: &mut Vec<Piece<'a>>) {
        let mut day = zone.day_of(from);
        // A zone whose clocks cross midnight backwards has two beginnings of a day: the first is it.
        while zone.instant(day, 0) > from {
            day -= 1;
        }
        let mut at = from;
        while at < to {
            let end = zone.instant(day + 1, 0).min(to);
            let (kind, name) = reason(self.plan().day(day).exception);
            if at < end {
                pieces.push(Piece { from: at, to: end, kind, name });
                at = end;
            }
            day += 1;
        }
    }
}

/// Why a day that `exception` governs is closed.
fn reason(exception: Option<&Exception>) -> (SegmentKind, Option<&str>) {
    let kind = match exception.map(|exception| exception.cause) {
        None => SegmentKind::Closed,
        Some(Cause::Holiday) => SegmentKind::Holiday,
        Some(Cause::Override) => SegmentKind::Override,
    };
    (kind, exception.and_then(|exception| exception.name.as_deref()))
}

/// The pauses between `from` and `to` in order of their beginning.
fn in_order(pauses: &[(Timestamp, Timestamp)], from: i64, to: i64) -> Vec<(i64, i64)> {
    let clip = |at: Timestamp| clamped(at).clamp(from, to.max(from));
    let clipped = pauses.iter().map(|(begin, end)| (clip(*begin), clip(*end)));
    let mut pauses: Vec<_> = clipped.filter(|(begin, end)| begin < end).collect();
    pauses.sort_unstable();
    pauses
}

/// The pieces with the pauses laid over them.
fn paused<'a>(pieces: &[Piece<'a>], pauses: &[(i64, i64)]) -> Vec<Piece<'a>> {
    let mut all = Vec::with_capacity(pieces.len() + 2 * pauses.len());
    let mut pauses = pauses.iter().peekable();
    for piece in pieces {
        let mut at = piece.from;
        while at < piece.to {
            // A pause that lies behind is done with; it may have reached into earlier pieces.
            if pauses.next_if(|(_, end)| *end <= at).is_some() {
                continue;
            }
            let next = pauses.peek().map(|(begin, end)| (*begin, *end));
            let next = match next {
                Some((begin, end)) if begin <= at => {
                    let to = end.min(piece.to);
                    Piece { from: at, to, kind: SegmentKind::Paused, name: None }
                }
                Some((begin, _)) => Piece { from: at, to: begin.min(piece.to), ..*piece },
                None => Piece { from: at, ..*piece },
            };
            all.push(next);
            at = next.to;
        }
    }
    all
}

/// The pieces with neighbours of the same kind and name made one.
fn merged(pieces: Vec<Piece<'_>>) -> impl Iterator<Item = Piece<'_>> {
    let mut pieces = pieces.into_iter().peekable();
    std::iter::from_fn(move || {
        let mut piece = pieces.next()?;
        while let Some(next) =
            pieces.next_if(|next| next.kind == piece.kind && next.name == piece.name)
        {
            piece.to = next.to;
        }
        Some(piece)
    })
}

impl Piece<'_> {
    fn segment(self) -> Result<Segment, Unreachable> {
        let name = self.name.map(ToOwned::to_owned);
        Ok(Segment { from: timestamp(self.from)?, to: timestamp(self.to)?, kind: self.kind, name })
    }
}
