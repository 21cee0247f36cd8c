//! Procedures: conditions, forms, the checks, the files and the packs.

#[cfg(test)]
mod conditions;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod forms;
#[cfg(test)]
mod languages;
#[cfg(test)]
mod packs;
#[cfg(test)]
mod world;
