//! Calendars: examples to the second, every fault, and a slow oracle that agrees.

#[cfg(test)]
mod dst;
#[cfg(test)]
mod examples;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod generate;
#[cfg(test)]
mod holidays;
#[cfg(test)]
mod ical;
#[cfg(test)]
mod oracle;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod segments;
#[cfg(test)]
mod support;
#[cfg(test)]
mod zones;
