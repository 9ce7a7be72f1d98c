//! The verbs with few flags: wait, describe, logs, completion.

use std::time::Duration;

use clap::{Args, ValueEnum};
use indexedjob_core::human::{self, Timeout};
use indexedjob_core::numbering::Number;
use jiff::Timestamp;

use super::JobName;
use super::value::Switch as _;

/// Follow Jobs until each is complete, has failed or is gone.
#[derive(Clone, Debug, Args)]
#[command(after_help = "Examples:
  kubectl indexedjob wait train
  kubectl indexedjob wait train score --timeout=1h

Exit codes: 0 complete, 3 failed (with the reason), 4 missing or deleted, 124 timed out.")]
pub(crate) struct WaitArgs {
    /// The Jobs: NAME, job/NAME
    #[arg(required = true, value_name = "NAME")]
    pub(crate) names: Vec<JobName>,
    /// How long to wait: 90s, 5m, 1h30m, or seconds; 0 looks once, negative waits for ever
    #[arg(long, value_name = "DURATION", default_value = "-1s", allow_hyphen_values = true)]
    pub(crate) timeout: Timeout,
    /// How to show progress: a bar on a terminal, else a line when something has changed
    #[arg(long, value_enum, default_value_t = ProgressArg::Auto)]
    pub(crate) progress: ProgressArg,
    /// The least time between two plain lines
    #[arg(long, value_name = "DURATION", default_value = "5s", value_parser = interval)]
    pub(crate) progress_interval: Duration,
}

/// How to show progress.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProgressArg {
    /// A bar on a terminal, lines elsewhere
    Auto,
    /// Lines
    Plain,
    /// Nothing but the end
    None,
}

/// Show everything about Jobs.
#[derive(Clone, Debug, Args)]
#[command(after_help = "Examples:
  kubectl indexedjob describe train")]
pub(crate) struct DescribeArgs {
    /// The Jobs: NAME, job/NAME
    #[arg(required = true, value_name = "NAME")]
    pub(crate) names: Vec<JobName>,
    /// Show the events of the Job, too
    #[arg(long, switch = Some("true"))]
    pub(crate) show_events: bool,
}

/// Print the log of an index: of its newest attempt, byte for byte. Or follow the logs of all indexes.
#[derive(Clone, Debug, Args)]
#[command(after_help = "Examples:
  kubectl indexedjob logs train --index 3
  kubectl indexedjob logs train --index 3 -f
  kubectl indexedjob logs train --index 3 --previous --tail=20
  kubectl indexedjob logs train -f")]
pub(crate) struct LogsArgs {
    /// The Job: NAME, job/NAME
    #[arg(value_name = "NAME")]
    pub(crate) name: JobName,
    /// The completion index; may be left out with -f
    #[arg(long, value_name = "N", value_parser = index, allow_negative_numbers = true, required_unless_present = "follow")]
    pub(crate) index: Option<Number>,
    /// The container; by default the one that kubectl would choose
    #[arg(short, long, value_name = "NAME")]
    pub(crate) container: Option<String>,
    /// Wait for the container to start, and follow its log until it ends; without --index, follow every attempt of
    /// every index until the Job ends, each line after [INDEX] or [INDEX/ATTEMPT]
    #[arg(short, long)]
    pub(crate) follow: bool,
    /// The container's previous run, else the previous attempt of the index
    #[arg(short, long, requires = "index")]
    pub(crate) previous: bool,
    /// Only so many lines from the end; -1 is all
    #[arg(long, value_name = "N", default_value = "-1", allow_hyphen_values = true, value_parser = tail, requires = "index")]
    pub(crate) tail: Tail,
    /// Only what is newer than this: 5s, 2m, 3h
    #[arg(long, value_name = "DURATION", conflicts_with = "since_time", value_parser = since, allow_hyphen_values = true, requires = "index")]
    pub(crate) since: Option<u64>,
    /// Only what is newer than this time (RFC 3339)
    #[arg(long, value_name = "TIME", value_parser = since_time, requires = "index")]
    pub(crate) since_time: Option<Timestamp>,
    /// Begin every line with its time
    #[arg(long, requires = "index")]
    pub(crate) timestamps: bool,
    /// Only so many bytes
    #[arg(long, value_name = "N", value_parser = bytes, requires = "index")]
    pub(crate) limit_bytes: Option<u64>,
}

/// How many lines from the end; None is all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tail(pub(crate) Option<u64>);

fn index(text: &str) -> Result<Number, String> {
    text.parse().map(Number).map_err(|_| "it must be one whole number".to_owned())
}

fn bytes(text: &str) -> Result<u64, String> {
    text.parse().ok().filter(|bytes| *bytes > 0).ok_or_else(|| "it must be a whole number above 0".to_owned())
}

fn since_time(text: &str) -> Result<Timestamp, String> {
    text.parse().map_err(|_| "write it as 2026-01-31T12:00:00Z".to_owned())
}

fn tail(text: &str) -> Result<Tail, String> {
    match text {
        "-1" => Ok(Tail(None)),
        text => text.parse().map(|lines| Tail(Some(lines))).map_err(|_| "it must be -1 or greater".to_owned()),
    }
}

/// Whole seconds, as the API takes them; kubectl rounds so, too.
fn since(text: &str) -> Result<u64, String> {
    let span = human::parse_duration(text).map_err(|error| error.to_string())?;
    match span.as_millis().saturating_add(500) / 1000 {
        seconds @ 1.. => u64::try_from(seconds).map_err(|_| "it is too long".to_owned()),
        _ => Err("it must be longer than half a second".to_owned()),
    }
}

fn interval(text: &str) -> Result<Duration, String> {
    match text.parse().map_err(|error: human::DurationError| error.to_string())? {
        Timeout::After(span) => Ok(span),
        Timeout::Once => Ok(Duration::ZERO),
        Timeout::Never => Err("it must not be negative".to_owned()),
    }
}

/// Print the completion script of a shell.
///
/// It completes the standalone name kubectl-indexedjob.
#[derive(Clone, Debug, Args)]
pub(crate) struct CompletionArgs {
    /// The shell
    #[arg(value_enum)]
    pub(crate) shell: clap_complete::Shell,
}
