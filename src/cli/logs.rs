//! `logs`: which logs, which part of them, and how they are written.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, ValueEnum};
use indexedjob_core::human;
use jiff::Timestamp;

use super::selection::SelectionArgs;
use super::value::Switch as _;
use super::{JobName, value};

/// Print logs by index: of the newest attempt of each, byte for byte.
///
/// All indexes, or those that the selection flags mean; by index, each log whole. With -f all attempts are followed as they
/// write, retries and indexes that start later too, until the Job or what was selected has ended. A log that does not end
/// with a newline gets one where another follows it, also with -o raw; one log alone, and a file of --save, has the bytes
/// of its program and no other.
///
/// It is 0 when every log that there is was read to its end. What cannot be read (a pod that is gone, a program or an image
/// that does not start) is a line on stderr, the rest goes on, and it is 1 at the end, unless --ignore-errors is given. An
/// index that has not had its turn, or with -p or --attempt no such attempt, is only told; it is 1 where no index has a
/// log, and for an index that --index names.
#[derive(Clone, Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "they are kubectl's flags")]
#[command(after_help = "Examples:
  kubectl indexedjob logs train
  kubectl indexedjob logs train --index 3
  kubectl indexedjob logs train --state failed --tail=20
  kubectl indexedjob logs train -f
  kubectl indexedjob logs train --index 0-9 --attempt all --prefix | grep -i error
  kubectl indexedjob logs train -o json --order time
  kubectl indexedjob logs train --save logs/")]
pub(crate) struct LogsArgs {
    /// The Jobs: NAME, job/NAME, or @latest, the newest one
    #[arg(required = true, value_name = "NAME")]
    pub(crate) names: Vec<JobName>,
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,
    /// Which attempts of an index: last, all, or the N-th; by default the last, with -f or --save all
    #[arg(long, value_name = "last|all|N", conflicts_with = "previous")]
    pub(crate) attempt: Option<AttemptArg>,
    /// The container; by default the one that kubectl would choose
    #[arg(short, long, value_name = "NAME", conflicts_with = "all_containers")]
    pub(crate) container: Option<String>,
    /// All containers of each pod, init containers first
    #[arg(long, switch = Some("false"))]
    pub(crate) all_containers: bool,
    /// Wait for the containers to start, and follow their logs until the Job or what was selected has ended
    #[arg(short, long)]
    pub(crate) follow: bool,
    /// The container's previous run, else the previous attempt of the index
    #[arg(short, long)]
    pub(crate) previous: bool,
    /// Only so many lines from the end of each log; -1 is all
    #[arg(long, value_name = "N", default_value = "-1", allow_hyphen_values = true, value_parser = tail)]
    pub(crate) tail: Tail,
    /// Only what is newer than this: 5s, 2m, 3h
    #[arg(long, value_name = "DURATION", conflicts_with = "since_time", value_parser = since, allow_hyphen_values = true)]
    pub(crate) since: Option<u64>,
    /// Only what is newer than this time (RFC 3339)
    #[arg(long, value_name = "TIME", value_parser = since_time)]
    pub(crate) since_time: Option<Timestamp>,
    /// Begin every line with its time
    #[arg(long, switch = Some("false"))]
    pub(crate) timestamps: bool,
    /// Only so many bytes of each log
    #[arg(long, value_name = "N", value_parser = bytes)]
    pub(crate) limit_bytes: Option<u64>,
    /// Begin every line with [INDEX], [INDEX/ATTEMPT], [INDEX/ATTEMPT/CONTAINER], with several Jobs with [JOB/INDEX]; auto:
    /// with more than one log, on a terminal, with -f, and with --order=time
    #[arg(long, value_enum, value_name = "WHEN", num_args = 0..=1, require_equals = true)]
    #[arg(default_value = "auto", default_missing_value = "always")]
    pub(crate) prefix: PrefixArg,
    /// How to print: json is one object a line; raw changes nothing, also on a terminal, where control characters are
    /// otherwise written out
    #[arg(short, long, value_enum)]
    pub(crate) output: Option<LogsOutput>,
    /// By index, each log whole, or all lines by their time
    #[arg(long, value_enum, default_value_t = OrderArg::Index)]
    pub(crate) order: OrderArg,
    /// Save every log as DIR/INDEX/ATTEMPT.log, with joblog.tsv as of GNU parallel, pods.tsv (whose log each file has) and
    /// job.json; what is there already is not read again
    #[arg(long, value_name = "DIR")]
    #[arg(conflicts_with_all = ["follow", "tail", "since", "since_time", "timestamps", "limit_bytes", "prefix", "output", "order"])]
    pub(crate) save: Option<PathBuf>,
    /// How many logs are read at a time; the others wait for their turn. Each takes up to half a megabyte of memory
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = value::positive)]
    pub(crate) max_log_requests: u32,
    /// Exit with 0 also where some log cannot be read
    #[arg(long, switch = Some("false"))]
    pub(crate) ignore_errors: bool,
}

/// Which attempts at an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AttemptArg {
    /// The newest
    Last,
    /// All
    All,
    /// This one, from 1
    Nth(u32),
}

impl FromStr for AttemptArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "last" => Ok(Self::Last),
            "all" => Ok(Self::All),
            text => value::positive(text).map(Self::Nth).map_err(|_| "write last, all, or a number from 1".to_owned()),
        }
    }
}

/// When lines begin with where they come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PrefixArg {
    /// Where it is needed
    Auto,
    /// Always
    #[value(alias = "true")]
    Always,
    /// Never
    #[value(alias = "false")]
    Never,
}

/// How to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogsOutput {
    /// One object a line
    Json,
    /// The bytes as they are
    Raw,
}

/// In which order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum OrderArg {
    /// By index and attempt, each log whole
    Index,
    /// All lines by their time
    Time,
}

/// How many lines from the end; None is all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tail(pub(crate) Option<u64>);

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
