//! `logs NAME --index N`: the log of the newest attempt of an index, byte for byte. `logs NAME -f`: the logs of all.

use std::time::Duration;

use indexedjob_core::facts::JobFacts;
use indexedjob_core::numbering::{Index, Number};
use indexedjob_core::progress::JobProgress;
use tokio::io::{AsyncBufReadExt, AsyncWrite, AsyncWriteExt};

use super::{Context, observe_attempts};
use crate::cli::LogsArgs;
use crate::cluster::{ByteStream, Cluster, Log, LogOptions};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::logs::{FollowOptions, Pick, Wanted, follow_all, pick};

/// How often `-f` looks whether the container has started.
const LOOK: Duration = Duration::from_secs(1);

/// One log, or all.
pub(crate) async fn run(args: LogsArgs, context: &Context) -> Result<Exit, Failure> {
    let cluster = context.cluster().await?;
    match args.index {
        Some(number) => one(&args, number, &cluster, context).await,
        None => all(&args, &cluster, context).await,
    }
}

/// Follows all logs until the Job ends.
async fn all(args: &LogsArgs, cluster: &Cluster, context: &Context) -> Result<Exit, Failure> {
    let job = indexed_job(args, cluster).await?;
    let options = FollowOptions { container: args.container.clone(), ..FollowOptions::default() };
    follow_all(cluster, &context.term, &job, cluster.watch_job(&job.name), &options).await
}

/// Finds the log of one index and copies it.
async fn one(args: &LogsArgs, number: Number, cluster: &Cluster, context: &Context) -> Result<Exit, Failure> {
    let found = find(args, number, cluster, context).await?;
    let options = LogOptions {
        container: Some(found.container),
        follow: args.follow,
        previous: found.previous_run,
        tail: args.tail.0,
        since_seconds: args.since,
        since_time: args.since_time,
        timestamps: args.timestamps,
        limit_bytes: args.limit_bytes,
    };
    let Log::Bytes(mut log) = cluster.log(&found.pod, &options).await? else {
        return Err(Failure::error(format_args!("index {number} has no node yet")));
    };
    let mut stdout = context.term.stream();
    let copied = copy(&mut log, &mut stdout).await;
    stdout.flush().await?;
    copied.map(|()| Exit::Done)
}

/// Copies bytes as they come; a log that breaks off is told from an output that does.
async fn copy(log: &mut ByteStream, stdout: &mut (impl AsyncWrite + Unpin)) -> Result<(), Failure> {
    loop {
        let broke_off = |_| {
            Failure::error("the log broke off: the connection to the server or the node was lost")
                .hint("run it again, with --since to leave out what was seen")
        };
        let bytes = log.fill_buf().await.map_err(broke_off)?;
        if bytes.is_empty() {
            return Ok(());
        }
        let length = bytes.len();
        stdout.write_all(bytes).await?;
        // A line that is followed is seen at once.
        stdout.flush().await?;
        log.consume(length);
    }
}

struct Found {
    pod: String,
    container: String,
    previous_run: bool,
}

/// Looks once, or with `-f` until there is a log.
async fn find(args: &LogsArgs, number: Number, cluster: &Cluster, context: &Context) -> Result<Found, Failure> {
    let mut told = String::new();
    loop {
        let (progress, index) = look(args, number, cluster).await?;
        let wanted = Wanted { index, container: args.container.as_deref(), previous: args.previous };
        match pick(&progress, wanted) {
            Pick::Read { pod, container, previous_run, attempt: (attempt, all), defaulted } => {
                if let Some(defaulted) = defaulted {
                    context.term.note(&defaulted);
                }
                if all > 1 {
                    context.term.note(&format!("index {number}: attempt {attempt} of {all} (pod {pod})"));
                }
                return Ok(Found { pod, container, previous_run });
            }
            Pick::NotYet(why) if args.follow => {
                if why != told {
                    context.term.note(&format!("waiting: {why}"));
                    told = why;
                }
                tokio::time::sleep(LOOK).await;
            }
            Pick::NotYet(why) => {
                let name = args.name.as_str();
                let given = context.connection.given();
                let hint = format!("kubectl indexedjob logs {name} --index {number} -f{given}");
                return Err(Failure::error(why).hint(hint));
            }
            Pick::Never(why) => return Err(Failure::error(why)),
        }
    }
}

/// The Job and the attempts at the task `number` as they are now, and its index.
async fn look(args: &LogsArgs, number: Number, cluster: &Cluster) -> Result<(JobProgress, Index), Failure> {
    let job = indexed_job(args, cluster).await?;
    let Some(index) = job.numbering.index(number).filter(|index| index.0 < job.completions) else {
        let name = args.name.as_str();
        let range = match (job.numbering.set(), job.completions) {
            (_, 0) => format!("job {name} has no indexes"),
            (None, completions) => format!("job {name} has indexes 0 to {}", completions - 1),
            (Some(numbers), _) => format!("job {name} has indexes {}", numbers.compact()),
        };
        return Err(Failure::usage(format_args!("index {number} is out of range: {range}")));
    };
    let mut progress = JobProgress::of(job);
    observe_attempts(&mut progress, cluster, Some(index)).await?;
    Ok((progress, index))
}

/// The Job, whose pods must have indexes.
async fn indexed_job(args: &LogsArgs, cluster: &Cluster) -> Result<JobFacts, Failure> {
    let name = args.name.as_str();
    let job = cluster.job(name).await.map_err(Failure::of_job)?;
    if !job.indexed {
        return Err(Failure::usage(format_args!("job {name} is not Indexed; its pods have no index"))
            .hint(format!("kubectl logs job/{name}")));
    }
    Ok(job)
}
