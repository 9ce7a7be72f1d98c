//! The pure part of kubectl-indexedjob: values in, values out, no cluster, no terminal, no clock.
//!
//! From the ground up; a module may use only what stands above it in this list (`tests/it/house.rs` checks):
//!
//! - [`text`]: strings that came from a cluster, and how they are made safe to show
//! - [`index_set`]: a set of completion indexes, as the API writes it and as people do
//! - [`numbering`]: what a user calls a task, and what the API calls it
//! - [`human`]: durations, ages and times as text, and back
//! - [`quantity`]: amounts of resources
//! - [`yaml`]: reads documents, writes one
//! - [`facts`]: the few fields of API objects that the program decides by
//! - [`progress`]: what a Job's indexes are doing, from what the API said
//! - [`select`]: the selection flags, as one request and one resolver
//! - [`goal`]: what a wait is for
//! - [`pace`]: how fast its indexes finish, and when the last one will have
//! - [`digest`]: failures by cause
//! - [`stuck`]: why nothing moves
//! - [`work`]: the tasks of a new Job
//! - [`plan`]: what `create` will do
//! - [`manifest`]: JSON manifests, by setters
//! - [`creation`]: the order in which a Job and its helper objects come to be
//! - [`lifecycle`]: what changes a Job that is there: suspend, resume, scale, cancel, delete
//! - [`rerun`]: a Job that runs only what is not done
//! - [`view`]: everything that people read

pub mod creation;
pub mod digest;
pub mod facts;
pub mod goal;
pub mod human;
pub mod index_set;
pub mod lifecycle;
pub mod manifest;
pub mod numbering;
pub mod pace;
pub mod plan;
pub mod progress;
pub mod quantity;
pub mod rerun;
pub mod select;
pub mod stuck;
pub mod text;
pub mod view;
pub mod work;
pub mod yaml;
