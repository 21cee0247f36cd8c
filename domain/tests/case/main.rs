//! The case kernel: who may do what when, what it does to the clocks, and that nothing is lost.

#[cfg(test)]
mod actions;
mod approvals;
#[cfg(test)]
mod attachments;
#[cfg(test)]
mod complaint;
#[cfg(test)]
mod edit;
#[cfg(test)]
mod extension;
#[cfg(test)]
mod follow_ups;
#[cfg(test)]
mod gates;
#[cfg(test)]
mod hand_over;
#[cfg(test)]
mod ladder;
#[cfg(test)]
mod matrix;
#[cfg(test)]
mod notices;
#[cfg(test)]
mod offers;
#[cfg(test)]
mod opening;
#[cfg(test)]
mod oracle;
#[cfg(test)]
mod owner;
#[cfg(test)]
mod people;
#[cfg(test)]
mod promises;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod reopening;
#[cfg(test)]
mod repair;
#[cfg(test)]
mod retarget;
#[cfg(test)]
mod scopes;
#[cfg(test)]
mod shipped;
#[cfg(test)]
mod support;
#[cfg(test)]
mod suspension;
#[cfg(test)]
mod timers;
#[cfg(test)]
mod urging;
#[cfg(test)]
mod walk;
#[cfg(test)]
mod words;
#[cfg(test)]
mod works;
