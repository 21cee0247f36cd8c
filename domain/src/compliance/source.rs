//! Where the obligations of what carries a clause out are found.

use crate::pack::{Enforcer, Library, Part};

/// What counts as one obligation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// Each case of the procedure: it arises when the case is opened and is met when it is closed.
    Cases {
        /// The procedure.
        procedure: String,
    },
    /// Each promise of that code on a case of the procedure.
    Clock {
        /// The procedure.
        procedure: String,
        /// The clock, or the clock of an approval.
        code: String,
    },
    /// Each case that the follow-up has opened; where it takes the span it is handed, its clock.
    FollowUp {
        /// The procedure whose cases open it.
        procedure: String,
        /// Which of its follow-ups.
        code: String,
        /// The procedure of the cases it opens.
        opens: String,
        /// Their clock that takes the span.
        clock: Option<String>,
    },
    /// Each occurrence of the duty.
    Duty {
        /// The duty.
        code: String,
        /// The procedure of the cases it opens.
        opens: String,
        /// Their clock that takes the span.
        clock: Option<String>,
    },
}

impl Library {
    /// Where the obligations of what carries a clause out are found. `None`: it stands all the time
    /// (a post, a permission, a figure, what the kernel does) and has none of its own.
    pub fn source(&self, by: &Enforcer) -> Option<Source> {
        match by {
            Enforcer::Procedure(procedure) => Some(Source::Cases { procedure: procedure.clone() }),
            Enforcer::Part { procedure, part, code } => self.source_of_part(procedure, *part, code),
            Enforcer::Duty(code) => {
                let duty = self.duties.get(code);
                let opens = duty.map(|it| it.open.clone()).unwrap_or_default();
                let clock = self.given_clock(&opens);
                Some(Source::Duty { code: code.clone(), opens, clock })
            }
            Enforcer::Metric(_)
            | Enforcer::Role(_)
            | Enforcer::Permission(_)
            | Enforcer::Calendar(_)
            | Enforcer::Kernel(_) => None,
        }
    }

    fn given_clock(&self, procedure: &str) -> Option<String> {
        self.procedure(procedure)?.given_clock().map(str::to_owned)
    }

    fn source_of_part(&self, procedure: &str, part: Part, code: &str) -> Option<Source> {
        let procedure = procedure.to_owned();
        let definition = self.procedure(&procedure);
        Some(match part {
            Part::State | Part::Action | Part::Field | Part::Hold => Source::Cases { procedure },
            Part::Clock => Source::Clock { procedure, code: code.to_owned() },
            Part::Approval => {
                let approval = definition?.approvals.iter().find(|it| it.code == code);
                match approval.and_then(crate::procedure::definition::Approval::clock) {
                    Some(code) => Source::Clock { procedure, code },
                    None => Source::Cases { procedure },
                }
            }
            Part::FollowUp => {
                let follow_up = definition?.follow_ups.iter().find(|it| it.code() == code)?;
                let opens = follow_up.open.clone();
                let clock = self.given_clock(&opens);
                Source::FollowUp { procedure, code: code.to_owned(), opens, clock }
            }
            Part::Figure => return None,
        })
    }
}

/// As an address: of a follow-up, of a clock, of a procedure, of a duty.
impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Cases { procedure } => write!(f, "procedure:{procedure}"),
            Self::Clock { procedure, code } => write!(f, "procedure:{procedure}/clock:{code}"),
            Self::FollowUp { procedure, code, .. } => {
                write!(f, "procedure:{procedure}/follow_up:{code}")
            }
            Self::Duty { code, .. } => write!(f, "duty:{code}"),
        }
    }
}

impl Source {
    /// Whether every obligation of this source is one of the other's.
    fn is_within(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::FollowUp { opens, clock: Some(own), .. }
                | Self::Duty { opens, clock: Some(own), .. },
                Self::Clock { procedure, code },
            ) => opens == procedure && own == code,
            (
                Self::FollowUp { opens, clock: None, .. } | Self::Duty { opens, clock: None, .. },
                Self::Cases { procedure },
            ) => opens == procedure,
            _ => false,
        }
    }
}

/// The sources of a clause, each obligation in one of them only.
pub fn distinct(sources: impl IntoIterator<Item = Source>) -> Vec<Source> {
    let mut all: Vec<Source> = sources.into_iter().collect();
    all.sort();
    all.dedup();
    let whole = all.clone();
    all.retain(|it| !whole.iter().any(|other| it.is_within(other)));
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pack::load_shipped;

    fn source(library: &Library, address: &str) -> Option<Source> {
        library.source(&address.parse().unwrap())
    }

    #[test]
    fn parts_of_one_procedure_are_one_source_and_a_clock_is_another() {
        let library = load_shipped(&["property"]).unwrap();
        let cases = Source::Cases { procedure: "complaint".to_owned() };
        let whole = [
            "procedure:complaint",
            "procedure:complaint/state:investigating",
            "procedure:complaint/action:answer",
            "procedure:complaint/field:grade",
        ];
        for address in whole {
            assert_eq!(source(&library, address), Some(cases.clone()), "{address}");
        }
        let clock = source(&library, "procedure:complaint/clock:reply").unwrap();
        let all = whole.iter().filter_map(|it| source(&library, it)).chain([clock.clone()]);
        assert_eq!(distinct(all), [cases, clock]);
    }

    #[test]
    fn what_stands_all_the_time_has_no_obligations() {
        let library = load_shipped(&["property"]).unwrap();
        for address in [
            "role:front_desk",
            "permission:case.read",
            "kernel:log",
            "metric:x",
            "procedure:complaint/figure:ordinary",
        ] {
            assert_eq!(source(&library, address), None, "{address}");
        }
    }

    #[test]
    fn a_follow_up_is_the_clock_that_takes_its_span_and_is_not_counted_beside_it() {
        let library = load_shipped(&["property"]).unwrap();
        let follow_up = source(&library, "procedure:complaint/follow_up:callback").unwrap();
        let Source::FollowUp { opens, clock, .. } = &follow_up else { panic!("{follow_up:?}") };
        assert_eq!((opens.as_str(), clock.as_deref()), ("callback", Some("callback")));
        let clock = source(&library, "procedure:callback/clock:callback").unwrap();
        assert_eq!(distinct([follow_up.clone(), clock.clone()]), [clock]);
        let other = source(&library, "procedure:repair/follow_up:callback").unwrap();
        assert_eq!(distinct([follow_up.clone(), other.clone()]).len(), 2);
        let plain = source(&library, "procedure:callback/follow_up:new_need").unwrap();
        let Source::FollowUp { clock: None, .. } = &plain else { panic!("{plain:?}") };
        let cases = source(&library, "procedure:inquiry").unwrap();
        assert_eq!(distinct([plain, cases.clone()]), [cases]);
    }
}
