//! Procedures: conditions, forms, the checks, the files and the packs.

mod conditions;
mod faults;
mod forms;
mod packs;
mod world;
