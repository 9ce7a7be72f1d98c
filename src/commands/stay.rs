//! Staying after a Job has been created: its logs, its end, and its deletion.

use std::cell::RefCell;
use std::pin::pin;

use futures::FutureExt as _;
use indexedjob_core::facts::JobFacts;
use serde::Deserialize as _;
use serde_json::Value;

use super::{Context, wait};
use crate::cli::StayArgs;
use crate::cluster::{Cluster, Kind};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::logs::{Expected, Form, Indexes, LogsOptions, Look, Reading, follow_all};
use crate::term::{Line, Progress, Wish};

/// How many logs are read at a time, as of logs.
const CONNECTIONS: usize = 16;

/// Follows `job`, which the server has just returned, to its end, and the logs of `indexes` of it; `remove_after` deletes
/// it once it is complete.
pub(super) async fn follow(
    job: &Value,
    indexes: Indexes,
    stay: &StayArgs,
    remove_after: bool,
    cluster: &Cluster,
    context: &Context,
) -> Result<Exit, Failure> {
    let facts =
        JobFacts::deserialize(job).map_err(|error| Failure::error(format_args!("the Job makes no sense: {error}")))?;
    let given = context.connection.given();
    context.on_interrupt(format!(
        "interrupted; the job is left alone\nhint: kubectl indexedjob wait {}{given}",
        facts.name
    ));
    let name = facts.name.parse().map_err(Failure::error)?;
    let lines = if stay.has_stdout() { Line::Note } else { Line::Data };
    let sink = RefCell::new(context.term.progress(stay.progress().into(), stay.progress_interval));
    let task = wait::Task::complete(stay.timeout(), lines);
    let ended = wait::follow(&name, &task, &sink, cluster, context);
    let ended = match stay.logs {
        true => logged(&facts, indexes, ended, &sink, cluster, context).await,
        false => ended.await,
    };
    if ended == Exit::TimedOut {
        context.term.note(&format!("hint: the Job goes on: kubectl indexedjob wait {}{given}", facts.name));
    }
    if remove_after && ended == Exit::Done {
        remove(&facts, cluster).await?;
        context.term.line(lines, &format!("job.batch \"{}\" deleted", facts.name))?;
    }
    Ok(ended)
}

/// What the wait `ended` gives, with the logs of `indexes` beside it. When it times out, the logs end, too. Where logs
/// cannot be read, that is said at once, and progress is shown in their place.
async fn logged(
    job: &JobFacts,
    indexes: Indexes,
    ended: impl Future<Output = Exit>,
    sink: &RefCell<Progress>,
    cluster: &Cluster,
    context: &Context,
) -> Exit {
    let form = Form::on(context.term.stdout_is_terminal());
    let look = Look { form, prefix: true, palette: context.term.palette(), ..Look::default() };
    let options = LogsOptions { look, expected: Expected::Nothing, ..LogsOptions::default() };
    let reading = Reading::new(cluster, &context.term, CONNECTIONS, context.connection.given());
    let mut ended = pin!(ended);
    let logs = follow_all(&reading, job, cluster.watch_job(&job.name), indexes, &options);
    let mut logs = pin!(logs.map(|read| read.unwrap_or_else(|failure| {
        sink.borrow_mut().change(Wish::Auto);
        failure.tell(&context.term)
    })));
    tokio::select! {
        read = &mut logs => ended.await.worse(read),
        exit = &mut ended => match exit {
            Exit::TimedOut => exit,
            // What has been written is read to its end.
            _ => exit.worse(logs.await),
        }
    }
}

/// Deletes the Job that was followed, and no other of its name.
async fn remove(job: &JobFacts, cluster: &Cluster) -> Result<(), Failure> {
    match cluster.delete(Kind::Job, &job.name, &job.uid, None).await {
        Err(error) if !error.is_not_found() => Err(error.into()),
        _ => Ok(()),
    }
}
