//! `logs --save DIR`.

use std::cell::RefCell;
use std::path::Path;
use std::time::Duration;

use indexedjob_core::manifest::ItemPlace;
use indexedjob_core::rerun::Chain;

use super::super::chain;
use super::super::status::items;
use super::Logs;
use crate::cli::JobName;
use crate::cluster::Kind;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::logs::{Source, save};
use crate::term::{Form, Wish};

/// The least time between two plain lines of progress.
const INTERVAL: Duration = Duration::from_secs(5);

impl Logs<'_> {
    /// Saves the logs of all Jobs; of several, each in a directory of its own.
    pub(super) async fn save(self, directory: &Path) -> Result<Exit, Failure> {
        let mut exit = Exit::Done;
        for name in &self.names {
            let saved = match self.names.len() {
                1 => self.save_one(name, directory).await,
                _ => self.save_one(name, &directory.join(name.as_str())).await,
            };
            exit = exit.worse(match saved {
                Ok(exit) => exit,
                Err(failure) => self.failed(name, failure)?,
            });
        }
        Ok(exit)
    }

    async fn save_one(&self, name: &JobName, directory: &Path) -> Result<Exit, Failure> {
        let mut picked = self.picked(name).await?;
        let job = self.cluster.get(Kind::Job, name.as_str()).await.map_err(Failure::of_job)?;
        let items = match ItemPlace::of(&job) {
            Some(place) => items(&place, &self.cluster, self.context).await?,
            None => None,
        };
        let chain = match Chain::first_of(&job) {
            Some(_) => Some(chain::of_job(name.as_str(), &self.cluster).await?),
            None => None,
        };
        let source = Source { job: &job, chain: chain.as_ref(), items: items.as_ref() };
        let logs = std::mem::take(&mut picked.logs);
        let sink = RefCell::new(self.context.term.progress(Wish::Auto, INTERVAL));
        let show = |done: usize, all: usize| {
            let state = format!("{done}/{all} logs saved");
            let draw = |form: Form| match form {
                Form::Bar { columns } => bar(&state, done, all, columns),
                _ => format!("{}: {state}", name.as_str()),
            };
            // Progress as JSON, which alone could fail, was not asked for.
            let _ = sink.borrow_mut().show(name.as_str(), || state.clone(), draw);
        };
        let saved = save(&self.reading, source, logs, &self.options, directory, show).await;
        drop(sink);
        let saved = saved?;
        let before = match saved.before {
            0 => String::new(),
            before => format!(", {before} of them before"),
        };
        let place = indexedjob_core::text::shown(&directory.to_string_lossy()).into_owned();
        self.say(name, &format!("{} saved in {place}{before}", count(saved.done)));
        Ok(saved.exit.worse(self.tell_missing(name, &picked)))
    }
}

fn count(logs: usize) -> String {
    indexedjob_core::view::count(u32::try_from(logs).unwrap_or(u32::MAX), "log", "logs")
}

/// `[####----] 4/8 logs saved`, or as much of it as the line takes.
fn bar(state: &str, done: usize, all: usize, columns: usize) -> String {
    let cells = columns.saturating_sub(state.len() + 4).min(24);
    let full = (cells * done).checked_div(all).unwrap_or(cells);
    format!("[{}{}] {state}", "#".repeat(full), "-".repeat(cells - full))
}
