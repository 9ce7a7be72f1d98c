//! `logs NAME --index N`: the log of the newest attempt of an index, byte for byte.

use std::time::Duration;

use indexedjob_core::progress::JobProgress;
use tokio::io::{AsyncBufReadExt, AsyncWrite, AsyncWriteExt};

use super::{Context, observe_attempts};
use crate::cli::LogsArgs;
use crate::cluster::{ByteStream, Cluster, Log, LogOptions};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::logs::{Pick, Wanted, pick};

/// How often `-f` looks whether the container has started.
const LOOK: Duration = Duration::from_secs(1);

/// Finds the log and copies it.
pub(crate) async fn run(args: LogsArgs, context: &Context) -> Result<Exit, Failure> {
    let cluster = context.cluster().await?;
    let found = find(&args, &cluster, context).await?;
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
        return Err(Failure::error(format_args!("index {} has no node yet", args.index)));
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
async fn find(args: &LogsArgs, cluster: &Cluster, context: &Context) -> Result<Found, Failure> {
    let wanted = Wanted { index: args.index, container: args.container.as_deref(), previous: args.previous };
    let mut told = String::new();
    loop {
        match pick(&look(args, cluster).await?, wanted) {
            Pick::Read { pod, container, previous_run, attempt: (attempt, all), defaulted } => {
                if let Some(defaulted) = defaulted {
                    context.term.note(&defaulted);
                }
                if all > 1 {
                    context.term.note(&format!("index {}: attempt {attempt} of {all} (pod {pod})", args.index));
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
                let hint = format!("kubectl indexedjob logs {name} --index {} -f{given}", args.index);
                return Err(Failure::error(why).hint(hint));
            }
            Pick::Never(why) => return Err(Failure::error(why)),
        }
    }
}

/// The Job and the attempts of the index as they are now.
async fn look(args: &LogsArgs, cluster: &Cluster) -> Result<JobProgress, Failure> {
    let job = cluster.job(args.name.as_str()).await.map_err(Failure::of_job)?;
    if !job.indexed {
        let name = args.name.as_str();
        return Err(Failure::usage(format_args!("job {name} is not Indexed; its pods have no index"))
            .hint(format!("kubectl logs job/{name}")));
    }
    if args.index >= job.completions {
        let name = args.name.as_str();
        let range = match job.completions {
            0 => format!("job {name} has no indexes"),
            completions => format!("job {name} has indexes 0 to {}", completions - 1),
        };
        return Err(Failure::usage(format_args!("index {} is out of range: {range}", args.index)));
    }
    let mut progress = JobProgress::of(job);
    observe_attempts(&mut progress, cluster, Some(args.index)).await?;
    Ok(progress)
}
