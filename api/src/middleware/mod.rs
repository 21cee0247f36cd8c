//! What every request passes on its way in, from the outside to the inside: [`observe`] (request
//! id, language, log line, figures, headers), [`problems`] (a body for every refusal, and for
//! panics), [`cors`] (which pages may ask, and preflights), [`problems`] again, [`guard`] (who asks, how often, and whether they may at all).
//!
//! **Invariant.** None of them answers `Err`: an inner refusal is an answer to the outer one.

mod cors;
mod guard;
mod observe;
mod problems;

pub use cors::cors;
pub use guard::guard;
pub use observe::observe;
pub use problems::{nowhere, problems};
