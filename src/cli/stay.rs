//! The flags about following a new Job to its end, the same for every verb that makes Jobs.

use std::time::Duration;

use clap::parser::ValueSource;
use clap::{ArgMatches, Args};
use indexedjob_core::human::Timeout;

use super::value::Switch as _;
use super::wait::interval;
use super::{Form, ProgressArg, Usage};

/// Whether to stay until the end.
#[derive(Clone, Debug, Args)]
pub(crate) struct StayArgs {
    /// Follow the Job to its end, as wait does
    #[arg(long, help_heading = "Stay", switch = Some("false"), hide_default_value = true, hide_possible_values = true)]
    pub(crate) wait: bool,
    /// Print the logs of all tasks as they come, to the end
    #[arg(long, help_heading = "Stay", switch = Some("false"), hide_default_value = true, hide_possible_values = true)]
    pub(crate) logs: bool,
    /// How long to stay: 90s, 5m, 1h30m; by default without end
    #[arg(long, value_name = "DURATION", help_heading = "Stay", hide_short_help = true, allow_hyphen_values = true)]
    pub(super) timeout: Option<Timeout>,
    /// How to show progress meanwhile: a bar on a terminal, else a line when something has changed; with --logs none
    #[arg(long, value_enum, default_value_t = ProgressArg::Auto, help_heading = "Stay", hide_short_help = true)]
    progress: ProgressArg,
    /// The least time between two lines of progress
    #[arg(long, value_name = "DURATION", default_value = "5s", value_parser = interval, help_heading = "Stay", hide_short_help = true)]
    pub(crate) progress_interval: Duration,
    /// What -o prints, which has stdout for itself; None without -o.
    #[arg(skip)]
    output: Option<Form>,
    /// Does the line itself say how to show progress? A user's own default fits every line.
    #[arg(skip)]
    progress_is_typed: bool,
}

impl StayArgs {
    /// Learns of the rest of the line: what -o prints, and where values come from.
    pub(super) fn typed(&mut self, output: Option<Form>, matches: &ArgMatches) {
        self.output = output;
        self.progress_is_typed = matches.value_source("progress") == Some(ValueSource::CommandLine);
    }

    /// Checks what no flag tells alone.
    pub(super) fn check(&self) -> Result<(), Usage> {
        if self.progress_is_typed && !self.stays() {
            return Err(Usage::new("--progress goes with --wait or --logs").hint("add --wait"));
        }
        if self.progress_is_typed && self.progress == ProgressArg::Json && (self.logs || self.output.is_some()) {
            let other = if self.logs { "--logs" } else { "--output" };
            let text = format!("{other} and --progress=json both write to stdout; use one of them");
            return Err(Usage::new(text));
        }

        if self.timeout.is_some() && !self.stays() {
            return Err(Usage::new("--timeout goes with --wait or --logs")
                .hint("add --wait, or limit the Job itself by --active-deadline"));
        }
        Ok(())
    }

    /// Is there anything to stay for?
    pub(crate) fn stays(&self) -> bool {
        self.wait || self.logs
    }

    /// How to show progress. Beside the lines of logs there is none unless the line asks for it.
    pub(crate) fn progress(&self) -> ProgressArg {
        match self.progress {
            ProgressArg::Auto if self.logs => ProgressArg::None,
            _ if self.logs && !self.progress_is_typed => ProgressArg::None,
            ProgressArg::Json if self.output.is_some() => ProgressArg::None,
            progress => progress,
        }
    }

    /// Is stdout for a program to read, so that kubectl's lines have no place there?
    pub(crate) fn has_stdout(&self) -> bool {
        self.output.is_some() || self.stays() && self.progress() == ProgressArg::Json
    }

    /// How long.
    pub(crate) fn timeout(&self) -> Timeout {
        self.timeout.unwrap_or(Timeout::Never)
    }
}
