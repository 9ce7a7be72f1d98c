//! Logs in files: `DIR/<index>/<attempt>.log`, with `pods.tsv`, `joblog.tsv` and `job.json` beside them.
//!
//! A file has its final name only when all of the log is in it and nothing will be added; until then its name ends in
//! `.part`. So a second run goes on where the first one was interrupted, and takes what has ended since. Whose log a file
//! has stands in the [`ledger`](super::ledger); no file is ever written over.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use indexedjob_core::index_set::IndexSet;
use indexedjob_core::manifest::TaskItems;
use indexedjob_core::rerun::Chain;
use indexedjob_core::text::{plainly, shown};
use indexedjob_core::view::indexes;
use indexedjob_core::view::joblog::{Row, command, joblog};
use serde_json::Value;

use super::ledger::{self, Ledger};
use super::options::{Containers, LogsOptions};
use super::ordered::{Sink, read_each};
use super::pick::Log;
use super::shared::Reading;
use crate::exit::Exit;
use crate::failure::Failure;

/// The file with a row for each task.
const JOBLOG: &str = "joblog.tsv";

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Saved {
    pub(crate) exit: Exit,
    /// How many logs are in files now, and how many of them were there before.
    pub(crate) done: usize,
    pub(crate) before: usize,
}

/// The Job whose logs are saved: an object of the API, and the items of its tasks where they are known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source<'a> {
    pub(crate) job: &'a Value,
    /// All runs, where it is a later one: what was done before it was done by their commands.
    pub(crate) chain: Option<&'a Chain>,
    pub(crate) items: Option<&'a TaskItems>,
}

impl<'a> Source<'a> {
    /// The runs up to this Job, newest first, each with the numbers of the tasks that it was the last to run.
    fn runs(&self) -> Vec<(&'a Value, IndexSet)> {
        let Some(chain) = self.chain else { return vec![(self.job, IndexSet::all(u32::MAX))] };
        let uid = self.job["metadata"]["uid"].as_str().unwrap_or_default();
        let own = chain.all().iter().find(|run| run.facts.uid == uid).map(|run| (run, run.ran().clone()));
        let runs = own.into_iter().chain(chain.before(uid));
        runs.map(|(run, numbers)| (&run.json, numbers)).collect()
    }
}

/// Saves `logs` of a Job under `directory`. `progress` is told how many of how many are done.
///
/// [`Exit::Error`] where one is not whole yet or could not be read to its end, of which a note has told. It fails where no
/// log may be read, the directory holds another Job's logs or a file of somebody else's, or cannot be written to.
pub(crate) async fn save(
    reading: &Arc<Reading>,
    source: Source<'_>,
    mut logs: Vec<Log>,
    options: &LogsOptions,
    directory: &Path,
    progress: impl FnMut(usize, usize),
) -> Result<Saved, Failure> {
    let job_file = directory.join("job.json");
    check_owner(&job_file, source.job, directory)?;
    in_file(&job_file, fs::create_dir_all(directory))?;
    let text = serde_json::to_string_pretty(source.job).map_err(Failure::error)? + "\n";
    replace(&job_file, text.as_bytes())?;
    let earlier = text_there(&directory.join(JOBLOG))?;
    let ledger = ledger_there(directory)?;
    ledger.number(&mut logs);
    // Without its name the log of one container would be taken for that of another in a later run.
    let with_container = !matches!(options.containers, Containers::Default);
    let mut save = Save::new(directory, ledger, with_container, logs.len(), progress)?;
    let mut open = Vec::new();
    for log in &logs {
        match save.is_there(log)? {
            true => save.before += 1,
            false => open.push(log.clone()),
        }
    }
    save.done = save.before;
    let mut exit = read_each(reading, open, options, &mut save).await?;
    write_joblog(&save, &earlier, &logs, source)?;
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
        Err(error) if error.kind() == io::ErrorKind::NotFound => return is_free(directory),
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

/// Without `job.json`, which is written first, the files that are rewritten at each save would be somebody else's: GNU
/// parallel, too, calls its own `joblog.tsv`.
fn is_free(directory: &Path) -> Result<(), Failure> {
    let Some(path) = [JOBLOG, ledger::NAME].map(|name| directory.join(name)).into_iter().find(|path| path.exists())
    else {
        return Ok(());
    };
    let text = format!("{} is there, and no job.json says whose it is", called(&path));
    Err(Failure::usage(text).hint("choose another directory, or move that file away"))
}

struct Save<P> {
    directory: PathBuf,
    ledger: Ledger,
    /// Where the ledger gets its rows.
    ledger_file: File,
    /// Is the container in the names of files?
    with_container: bool,
    /// How many logs there are, and how many of them are in their files.
    all: usize,
    done: usize,
    before: usize,
    /// The numbers of which a log is not whole yet.
    unfinished: Vec<u32>,
    /// The file that is being written, and how much is in it.
    open: Option<(File, u64)>,
    progress: P,
}

impl<P: FnMut(usize, usize)> Save<P> {
    fn new(directory: &Path, ledger: Ledger, with_container: bool, all: usize, progress: P) -> Result<Self, Failure> {
        let path = directory.join(ledger::NAME);
        replace(&path, ledger.text().as_bytes())?;
        let ledger_file = in_file(&path, File::options().append(true).open(&path))?;
        let (directory, unfinished, open) = (directory.to_owned(), Vec::new(), None);
        let (done, before) = (0, 0);
        Ok(Self { directory, ledger, ledger_file, with_container, all, done, before, unfinished, open, progress })
    }

    /// Is the whole log in its file? It fails where something else is there.
    fn is_there(&self, log: &Log) -> Result<bool, Failure> {
        let (name, path) = (self.name(log)?, self.path(log)?);
        let strange = |why: &str| {
            let text = format!("{} is there, and {why}", called(&path));
            Failure::usage(text).hint("choose another directory, or move that file away")
        };
        let saved = self.ledger.saved(&name, log);
        let saved = saved.map_err(|pod| strange(&format!("is the log of pod {}", shown(pod))))?;
        match (saved, fs::metadata(&path)) {
            (_, Err(error)) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            (_, Err(error)) => in_file(&path, Err(error)),
            (None, Ok(_)) => Err(strange(&format!("{} does not say whose log it is", ledger::NAME))),
            (Some(bytes), Ok(file)) if file.len() != bytes => Err(strange("has been changed since it was saved")),
            (Some(_), Ok(_)) => Ok(log.is_over),
        }
    }
}

impl<P> Save<P> {
    /// Where a log belongs in the directory: `3/1.log`, `3/1.side.log`; of a run that was not the last in its pod,
    /// `3/1@2.log`.
    fn name(&self, log: &Log) -> Result<String, Failure> {
        let (number, attempt, container) = (log.origin.number, log.origin.attempt, &log.origin.container);
        let is_plain = |c: char| c.is_ascii_alphanumeric() || ['-', '.', '_'].contains(&c);
        if !container.chars().all(is_plain) {
            return Err(Failure::error(format_args!("container {} is no name for a file", shown(container))));
        }
        let container = if self.with_container { format!(".{container}") } else { String::new() };
        let run = if log.previous_run { format!("@{}", log.run) } else { String::new() };
        Ok(format!("{number}/{attempt}{container}{run}.log"))
    }

    fn path(&self, log: &Log) -> Result<PathBuf, Failure> {
        Ok(self.directory.join(self.name(log)?))
    }

    fn part(&self, log: &Log) -> Result<PathBuf, Failure> {
        let mut name = self.path(log)?.into_os_string();
        name.push(".part");
        Ok(name.into())
    }
}

impl<P: FnMut(usize, usize)> Sink for Save<P> {
    async fn begin(&mut self, log: &Log) -> Result<(), Failure> {
        let part = self.part(log)?;
        let directory = part.parent().map_or(Ok(()), fs::create_dir_all);
        self.open = Some((in_file(&part, directory.and_then(|()| File::create(&part)))?, 0));
        Ok(())
    }

    async fn bytes(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let Some((file, length)) = &mut self.open else { return Ok(()) };
        *length += bytes.len() as u64;
        file.write_all(bytes).map_err(|error| spoilt(&self.directory, &error))
    }

    async fn end(&mut self, log: &Log, whole: bool) -> Result<(), Failure> {
        let length = self.open.take().map_or(0, |(_, length)| length);
        if !log.is_over {
            self.unfinished.push(log.origin.number.0);
        } else if whole {
            let (part, path) = (self.part(log)?, self.path(log)?);
            let row = self.ledger.add(&self.name(log)?, log, length);
            in_file(&self.directory.join(ledger::NAME), self.ledger_file.write_all(row.as_bytes()))?;
            in_file(&path, fs::rename(&part, &path))?;
            self.done += 1;
            (self.progress)(self.done, self.all);
        }
        Ok(())
    }
}

/// What the runs before have written; empty before the first. What cannot be read is not written over.
fn text_there(path: &Path) -> Result<String, Failure> {
    match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        read => read.map_err(|error| Failure::error(format_args!("cannot read {}: {}", called(path), plainly(&error)))),
    }
}

fn ledger_there(directory: &Path) -> Result<Ledger, Failure> {
    let path = directory.join(ledger::NAME);
    Ledger::read(&text_there(&path)?).map_err(|line| {
        Failure::usage(format_args!("{}: line {line} does not say whose log a file has", called(&path)))
            .hint("choose another directory, or mend the line")
    })
}

/// Writes the job log: of each task the newest attempt whose log is there and that has ended.
fn write_joblog<P>(save: &Save<P>, earlier: &str, logs: &[Log], source: Source) -> Result<(), Failure> {
    let mut rows: BTreeMap<u32, (usize, Row)> = BTreeMap::new();
    let runs = source.runs();
    for log in logs.iter().filter(|log| !log.previous_run) {
        let (Some(end), Ok(file)) = (&log.end, fs::metadata(save.path(log)?)) else { continue };
        let (number, attempt) = (log.origin.number, log.origin.attempt);
        let item = source.items.and_then(|items| items.get(log.index));
        let job = runs.iter().find(|(_, numbers)| numbers.contains(number.0)).map(|(job, _)| *job);
        let row = || Row {
            number,
            host: end.node.clone(),
            started: end.started,
            ended: end.finished,
            bytes: 0,
            exit_code: end.exit_code,
            command: job.map(|job| command(job, &end.container, number, item)),
        };
        let known = rows.entry(number.0).or_insert_with(|| (attempt, row()));
        if known.0 < attempt {
            *known = (attempt, row());
        }
        if known.0 == attempt {
            known.1.bytes += file.len();
        }
    }
    let rows: Vec<Row> = rows.into_values().map(|(_, row)| row).collect();
    replace(&save.directory.join(JOBLOG), joblog(earlier, &rows).as_bytes())
}

/// Writes a whole file: it is the old one or the new one, never half of one.
fn replace(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
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
    use indexedjob_core::numbering::{Index, Number};
    use indexedjob_core::view::log::Origin;
    use serde_json::json;

    use super::*;

    fn log(number: u32, attempt: usize, is_over: bool) -> Log {
        let [job, pod, container] = ["x", "p", "w"].map(str::to_owned);
        let origin = Origin { job, number: Number(number), attempt, pod, container };
        let (index, pod_uid) = (Index(number), format!("uid-{number}-{attempt}"));
        Log { origin, index, of: attempt, pod_uid, previous_run: false, run: 1, is_over, end: None, defaulted: None }
    }

    #[tokio::test]
    async fn a_file_has_its_name_only_when_it_is_whole() {
        let home = tempfile::tempdir().unwrap();
        let mut told = Vec::new();
        let mut save = Save::new(home.path(), Ledger::default(), false, 3, |done, all| told.push((done, all))).unwrap();
        for (log, whole) in [(log(3, 2, true), true), (log(4, 1, true), false), (log(5, 1, false), true)] {
            save.begin(&log).await.unwrap();
            assert!(!save.path(&log).unwrap().exists());
            save.bytes(b"\xff\r\n").await.unwrap();
            save.end(&log, whole).await.unwrap();
        }
        assert_eq!((save.unfinished, told), (vec![5], vec![(1, 3)]));
        let is_there = |name: &str| home.path().join(name).exists();
        assert_eq!(fs::read(home.path().join("3/2.log")).unwrap(), b"\xff\r\n");
        assert!(!is_there("3/2.log.part") && !is_there("4/1.log") && is_there("4/1.log.part"));
        assert!(!is_there("5/1.log") && is_there("5/1.log.part"));
    }

    #[tokio::test]
    async fn what_is_there_is_neither_read_again_nor_written_over() {
        let home = tempfile::tempdir().unwrap();
        let there = || Ledger::read(&fs::read_to_string(home.path().join(ledger::NAME)).unwrap()).unwrap();
        let save = |ledger| Save::new(home.path(), ledger, false, 1, |_, _| ()).unwrap();
        let (mut first, old) = (save(Ledger::default()), log(3, 1, true));
        first.begin(&old).await.unwrap();
        first.bytes(b"text").await.unwrap();
        first.end(&old, true).await.unwrap();
        assert!(save(there()).is_there(&old).unwrap());
        let why = |log: &Log| save(there()).is_there(log).unwrap_err().message.unwrap();
        let other = Log { pod_uid: "another".into(), ..old.clone() };
        assert!(why(&other).ends_with("3/1.log is there, and is the log of pod p"), "{}", why(&other));
        fs::write(home.path().join("3/2.log"), "mine").unwrap();
        assert!(why(&log(3, 2, true)).ends_with("is there, and pods.tsv does not say whose log it is"));
        fs::write(home.path().join("3/1.log"), "text and more").unwrap();
        assert!(why(&old).ends_with("has been changed since it was saved"));
        fs::remove_file(home.path().join("3/1.log")).unwrap();
        assert!(!save(there()).is_there(&old).unwrap(), "it is read again");
    }

    #[test]
    fn a_container_cannot_lead_out_of_the_directory() {
        let home = tempfile::tempdir().unwrap();
        let save = Save::new(home.path(), Ledger::default(), true, 1, |_, _| ()).unwrap();
        let mut log = log(3, 1, true);
        assert_eq!(save.name(&log).unwrap(), "3/1.w.log");
        log.previous_run = true;
        assert_eq!(save.name(&log).unwrap(), "3/1.w@1.log");
        log.origin.container = "/../../x".into();
        assert_eq!(save.name(&log).unwrap_err().message.unwrap(), "error: container /../../x is no name for a file");
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
    fn a_job_log_of_somebody_else_is_left_as_it_is() {
        for name in [JOBLOG, ledger::NAME] {
            let home = tempfile::tempdir().unwrap();
            fs::write(home.path().join(name), "of GNU parallel").unwrap();
            let failure = check_owner(&home.path().join("job.json"), &json!({}), home.path()).unwrap_err();
            assert!(failure.exit == Exit::Usage && failure.message.unwrap().contains("no job.json says whose it is"));
        }
    }
}
