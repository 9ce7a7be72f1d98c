//! Logs in files: `DIR/<index>/<attempt>.log`, with `joblog.tsv` and `job.json` beside them.
//!
//! A file has its final name only when all of the log is in it and nothing will be added; until then its name ends in
//! `.part`. So a second run goes on where the first one was interrupted, and takes what has ended since.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use indexedjob_core::index_set::IndexSet;
use indexedjob_core::text::{plainly, quoted, shown};
use indexedjob_core::view::indexes;
use indexedjob_core::view::joblog::{Row, joblog};
use serde_json::Value;

use super::options::{Containers, LogsOptions};
use super::ordered::{Sink, read_each};
use super::pick::Log;
use super::shared::Reading;
use crate::exit::Exit;
use crate::failure::Failure;

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Saved {
    pub(crate) exit: Exit,
    /// How many logs are in files now, and how many of them were there before.
    pub(crate) done: usize,
    pub(crate) before: usize,
}

/// Saves `logs` of `job`, an object of the API, under `directory`. `progress` is told how many of how many are done.
///
/// [`Exit::Error`] where one is not whole yet or could not be read to its end, of which a note has told. It fails where no
/// log may be read, the directory holds another Job's logs, or cannot be written to.
pub(crate) async fn save(
    reading: &Arc<Reading>,
    job: &Value,
    logs: Vec<Log>,
    options: &LogsOptions,
    directory: &Path,
    progress: impl FnMut(usize, usize),
) -> Result<Saved, Failure> {
    let job_file = directory.join("job.json");
    check_owner(&job_file, job, directory)?;
    in_file(&job_file, fs::create_dir_all(directory))?;
    let text = serde_json::to_string_pretty(job).map_err(Failure::error)? + "\n";
    replace(&job_file, text.as_bytes())?;
    // Without its name the log of one container would be taken for that of another in a later run.
    let with_container = !matches!(options.containers, Containers::Default);
    let earlier = joblog_there(directory)?;
    let mut save = Save::new(directory, with_container, logs.len(), progress);
    let (done, open): (Vec<_>, Vec<_>) = logs.iter().cloned().partition(|log| log.is_over && save.path(log).exists());
    (save.done, save.before) = (done.len(), done.len());
    let mut exit = read_each(reading, open, options, &mut save).await?;
    write_joblog(&save, &earlier, &logs, job)?;
    if !save.unfinished.is_empty() {
        let these: IndexSet = save.unfinished.iter().copied().collect();
        let verb = if these.len() == 1 { "is" } else { "are" };
        reading
            .output
            .note(&format!("error: {} {verb} not over: what there is so far is in .log.part", indexes(&these)));
        exit = Exit::Error;
    }
    Ok(Saved { exit, done: save.done, before: save.before })
}

/// A directory is for one Job: another of the same name has other logs.
fn check_owner(job_file: &Path, job: &Value, directory: &Path) -> Result<(), Failure> {
    let there = match fs::read(job_file) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return in_file(job_file, Err(error)),
    };
    let uid = |job: &Value| job["metadata"]["uid"].as_str().map(str::to_owned);
    let there: Option<Value> = serde_json::from_slice(&there).ok();
    if there.as_ref().and_then(uid) == uid(job) {
        return Ok(());
    }
    let text = format!("{} holds the logs of another Job", called(directory));
    Err(Failure::usage(text).hint("choose another directory, or move that one away"))
}

struct Save<P> {
    directory: PathBuf,
    /// Is the container in the names of files?
    with_container: bool,
    /// How many logs there are, and how many of them are in their files.
    all: usize,
    done: usize,
    before: usize,
    /// The numbers of which a log is not whole yet.
    unfinished: Vec<u32>,
    open: Option<File>,
    progress: P,
}

impl<P: FnMut(usize, usize)> Save<P> {
    fn new(directory: &Path, with_container: bool, all: usize, progress: P) -> Self {
        let (directory, unfinished) = (directory.to_owned(), Vec::new());
        Self { directory, with_container, all, done: 0, before: 0, unfinished, open: None, progress }
    }

    fn part(&self, log: &Log) -> PathBuf {
        let mut name = self.path(log).into_os_string();
        name.push(".part");
        name.into()
    }
}

impl<P> Save<P> {
    /// Where a log belongs.
    fn path(&self, log: &Log) -> PathBuf {
        let (number, attempt, container) = (log.origin.number, log.origin.attempt, &log.origin.container);
        let run = if log.previous_run { ".previous" } else { "" };
        let container = if self.with_container { format!(".{container}") } else { String::new() };
        self.directory.join(number.to_string()).join(format!("{attempt}{container}{run}.log"))
    }
}

impl<P: FnMut(usize, usize)> Sink for Save<P> {
    async fn begin(&mut self, log: &Log) -> Result<(), Failure> {
        let part = self.part(log);
        let directory = part.parent().map_or(Ok(()), fs::create_dir_all);
        self.open = Some(in_file(&part, directory.and_then(|()| File::create(&part)))?);
        Ok(())
    }

    async fn bytes(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.open.as_mut().map_or(Ok(()), |file| file.write_all(bytes)).map_err(|error| spoilt(&self.directory, &error))
    }

    async fn end(&mut self, log: &Log, whole: bool) -> Result<(), Failure> {
        let (part, path) = (self.part(log), self.path(log));
        self.open = None;
        if !log.is_over {
            self.unfinished.push(log.origin.number.0);
        } else if whole {
            in_file(&path, fs::rename(&part, &path))?;
            self.done += 1;
            (self.progress)(self.done, self.all);
        }
        Ok(())
    }
}

/// The job log of the runs before; empty before the first. One that cannot be read is not written over.
fn joblog_there(directory: &Path) -> Result<String, Failure> {
    let path = directory.join("joblog.tsv");
    match fs::read_to_string(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        read => {
            read.map_err(|error| Failure::error(format_args!("cannot read {}: {}", called(&path), plainly(&error))))
        }
    }
}

/// Adds to the job log every attempt that has ended and whose log is there.
fn write_joblog<P>(save: &Save<P>, earlier: &str, logs: &[Log], job: &Value) -> Result<(), Failure> {
    let path = save.directory.join("joblog.tsv");
    let row = |log: &Log| {
        let (end, file) = (log.end.as_ref()?, fs::metadata(save.path(log)).ok()?);
        Some(Row {
            number: log.origin.number,
            host: end.node.clone(),
            started: end.started,
            ended: end.finished,
            bytes: file.len(),
            exit_code: end.exit_code,
            command: command(job, &log.origin.container),
        })
    };
    let rows: Vec<Row> = logs.iter().filter(|log| !log.previous_run).filter_map(row).collect();
    replace(&path, joblog(earlier, &rows).as_bytes())
}

/// What a container of the Job runs, as a shell would take it: in a manifest `$$` stands for `$`.
fn command(job: &Value, container: &str) -> String {
    let spec = &job["spec"]["template"]["spec"];
    let all = ["initContainers", "containers"].into_iter().flat_map(|list| spec[list].as_array().into_iter().flatten());
    let words = all.filter(|c| c["name"] == container).flat_map(|c| {
        let words = ["command", "args"].into_iter().flat_map(|list| c[list].as_array().into_iter().flatten());
        words.filter_map(Value::as_str).map(|word| quoted(&word.replace("$$", "$")).into_owned())
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Writes a whole file: it is the old one or the new one, never half of one.
fn replace(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let part = path.with_extension("part");
    in_file(path, fs::write(&part, bytes).and_then(|()| fs::rename(&part, path)))
}

fn in_file<T>(path: &Path, result: io::Result<T>) -> Result<T, Failure> {
    result.map_err(|error| spoilt(path, &error))
}

fn spoilt(path: &Path, error: &io::Error) -> Failure {
    Failure::error(format_args!("cannot write {}: {}", called(path), plainly(error)))
}

fn called(path: &Path) -> String {
    shown(&path.to_string_lossy()).into_owned()
}

#[cfg(test)]
mod tests {
    use indexedjob_core::numbering::Number;
    use indexedjob_core::view::log::Origin;
    use serde_json::json;

    use super::*;

    fn log(number: u32, attempt: usize, is_over: bool) -> Log {
        let [job, pod, container] = ["x", "p", "w"].map(str::to_owned);
        let origin = Origin { job, number: Number(number), attempt, pod, container };
        Log { origin, of: attempt, previous_run: false, is_over, end: None, defaulted: None }
    }

    #[tokio::test]
    async fn a_file_has_its_name_only_when_it_is_whole() {
        let home = tempfile::tempdir().unwrap();
        let mut told = Vec::new();
        let mut save = Save::new(home.path(), false, 3, |done, all| told.push((done, all)));
        for (log, whole) in [(log(3, 2, true), true), (log(4, 1, true), false), (log(5, 1, false), true)] {
            save.begin(&log).await.unwrap();
            assert!(!save.path(&log).exists());
            save.bytes(b"\xff\r\n").await.unwrap();
            save.end(&log, whole).await.unwrap();
        }
        assert_eq!((save.unfinished, told), (vec![5], vec![(1, 3)]));
        let is_there = |name: &str| home.path().join(name).exists();
        assert_eq!(fs::read(home.path().join("3/2.log")).unwrap(), b"\xff\r\n");
        assert!(!is_there("3/2.log.part") && !is_there("4/1.log") && is_there("4/1.log.part"));
        assert!(!is_there("5/1.log") && is_there("5/1.log.part"));
    }

    #[test]
    fn a_directory_is_for_one_job() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("job.json");
        let job = |uid: &str| json!({"metadata": {"uid": uid}});
        check_owner(&file, &job("u"), home.path()).unwrap();
        replace(&file, job("u").to_string().as_bytes()).unwrap();
        check_owner(&file, &job("u"), home.path()).unwrap();
        let failure = check_owner(&file, &job("v"), home.path()).unwrap_err();
        assert!(failure.exit == Exit::Usage && failure.message.unwrap().ends_with("holds the logs of another Job"));
    }

    #[test]
    fn the_command_is_as_a_shell_takes_it() {
        let containers = json!([{"name": "w", "command": ["sh", "-c"], "args": ["echo a; kill $$$$"]}, {"name": "x"}]);
        let job = json!({"spec": {"template": {"spec": {"containers": containers}}}});
        assert_eq!((command(&job, "w").as_str(), command(&job, "x").as_str()), ("sh -c 'echo a; kill $$'", ""));
    }
}
