//! The job log of GNU parallel (`--joblog`): what became of each task, for the tools that read such files.
//!
//! GNU parallel itself reads it back by a pattern in which no column is empty.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::Timestamp;
use serde_json::Value;

use crate::numbering::Number;
use crate::text::{quoted, shown_bytes};

/// The columns, as GNU parallel names and orders them.
pub const HEADER: &str = "Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand\n";

/// A task's newest attempt that has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The task.
    pub number: Number,
    /// The node; empty where there was none.
    pub host: String,
    /// When the container started; None where that is not known.
    pub started: Option<Timestamp>,
    /// When it ended; None where that is not known.
    pub ended: Option<Timestamp>,
    /// The size of its logs, in bytes.
    pub bytes: u64,
    /// Its exit code; above 128 also the number of a signal. None where no container ended: -1, as of a timeout.
    pub exit_code: Option<i32>,
    /// What it ran: [`command`]. None where it ran in a Job that is gone.
    pub command: Option<String>,
}

/// A job log of `rows`, by task. Of `earlier`, the text of one that was written before, the rows stay that are of other
/// tasks, or of a newer attempt: their pods may be gone by now; and those whose command nobody knows any more. Lines of it
/// that are no rows are left out.
#[must_use]
pub fn joblog(earlier: &str, rows: &[Row]) -> String {
    let mut lines: BTreeMap<u32, (f64, String)> = earlier.lines().filter_map(known).collect();
    for row in rows {
        let (start, line) = line(row);
        match lines.get(&row.number.0) {
            Some((known, _)) if *known > start || row.command.is_none() && *known >= start => {}
            _ => drop(lines.insert(row.number.0, (start, line))),
        }
    }
    lines.into_values().fold(HEADER.to_owned(), |text, (_, line)| text + &line)
}

/// What a container of a Job runs for a task, as a shell would take it: the index, the command, and the task's item as a
/// comment. A container without a command runs its image's own; then that is named.
///
/// `job` is an object of the API, in which `$$` stands for `$`, and the variable of the index for its value.
#[must_use]
pub fn command(job: &Value, container: &str, number: Number, item: Option<&[u8]>) -> String {
    let spec = &job["spec"]["template"]["spec"];
    let mut all =
        ["initContainers", "containers"].into_iter().flat_map(|list| spec[list].as_array().into_iter().flatten());
    let mut text = format!("JOB_COMPLETION_INDEX={number}");
    if let Some(container) = all.find(|c| c["name"] == container) {
        let words = |list: &str| container[list].as_array().into_iter().flatten().filter_map(Value::as_str);
        let image = container["image"].as_str().filter(|_| words("command").next().is_none());
        for word in image.into_iter().chain(words("command")).chain(words("args")) {
            let word = expanded(word, number);
            let _ = write!(text, " {}", quoted(&word));
        }
    }
    if let Some(item) = item {
        let _ = write!(text, " # {}", shown_bytes(item));
    }
    text
}

/// `$$` as `$`, and the task's number in place of its variable; other variables stay as they are written.
fn expanded(word: &str, number: Number) -> String {
    let parts = word.split("$$").map(|part| part.replace("$(JOB_COMPLETION_INDEX)", &number.to_string()));
    parts.collect::<Vec<_>>().join("$")
}

/// A row of an earlier job log: its task and its start.
fn known(line: &str) -> Option<(u32, (f64, String))> {
    let mut columns = line.split('\t');
    let number = columns.next()?.parse().ok()?;
    let start = columns.nth(1)?.parse().ok()?;
    Some((number, (start, format!("{line}\n"))))
}

/// A row, and its start in seconds.
fn line(row: &Row) -> (f64, String) {
    let Row { number, host, started, ended, bytes, exit_code, command } = row;
    let runtime = started.zip(*ended).map_or(0, |(from, to)| to.duration_since(from).as_millis());
    let (start, runtime) = (seconds(started.unwrap_or(Timestamp::UNIX_EPOCH)), thousandths(runtime));
    let code = exit_code.unwrap_or(-1);
    let signal = Some(code - 128).filter(|signal| (1..=64).contains(signal)).unwrap_or(0);
    let host = if host.is_empty() { "-" } else { host };
    let command = match command {
        Some(command) => command.replace(['\t', '\n', '\r'], " "),
        None => format!("JOB_COMPLETION_INDEX={number} # in a run that is gone"),
    };
    let line = format!("{number}\t{host}\t{start}\t{runtime}\t0\t{bytes}\t{code}\t{signal}\t{command}\n");
    (start.parse().unwrap_or(0.0), line)
}

/// Seconds since 1970, as GNU parallel writes them: `1767225600.000`.
fn seconds(at: Timestamp) -> String {
    thousandths(i128::from(at.as_millisecond()))
}

fn thousandths(millis: i128) -> String {
    let millis = millis.max(0);
    format!("{}.{:03}", millis / 1000, millis % 1000)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn row(number: u32, start: i64, exit_code: i32) -> Row {
        let at = |second| Some(Timestamp::from_second(1_767_225_600 + second).unwrap());
        let (host, command) = ("node-1".to_owned(), Some("sh -c 'a\tb\nc'".to_owned()));
        Row {
            number: Number(number),
            host,
            started: at(start),
            ended: at(start + 90),
            bytes: 12,
            exit_code: Some(exit_code),
            command,
        }
    }

    #[test]
    fn a_row_is_one_line_in_gnu_parallels_order() {
        let rows = "3\tnode-1\t1767225600.000\t90.000\t0\t12\t137\t9\tsh -c 'a b c'\n\
                    10\tnode-1\t1767225601.000\t90.000\t0\t12\t0\t0\tsh -c 'a b c'\n";
        assert_eq!(joblog("", &[row(10, 1, 0), row(3, 0, 137)]), format!("{HEADER}{rows}"));
    }

    #[test]
    fn a_task_has_one_row_that_of_its_newest_attempt() {
        let first = joblog("", &[row(3, 0, 1), row(4, 0, 0)]);
        let second = joblog(&first, &[row(3, 100, 0)]);
        assert_eq!(second, joblog("", &[row(3, 100, 0), row(4, 0, 0)]), "the pod of task 4 is gone");
        assert_eq!(joblog(&second, &[row(3, 0, 1)]), second, "an earlier attempt was saved later");
        assert_eq!(joblog("no job log\nat all\n", &[]), HEADER);
    }

    #[test]
    fn no_column_is_empty() {
        let bare = Row { host: String::new(), started: None, ended: None, exit_code: None, ..row(3, 0, 0) };
        let log = joblog("", &[bare]);
        assert_eq!(log.lines().nth(1), Some("3\t-\t0.000\t0.000\t0\t12\t-1\t0\tsh -c 'a b c'"));
    }

    #[test]
    fn the_command_is_as_a_shell_takes_it_with_index_and_item() {
        let containers = json!([
            {"name": "w", "command": ["sh", "-c"], "args": ["echo a; kill $$$$; $$(JOB_COMPLETION_INDEX)"]},
            {"name": "x", "image": "docker.io/library/work", "args": ["-n", "$(JOB_COMPLETION_INDEX)", "$(OTHER)"]},
        ]);
        let job = json!({"spec": {"template": {"spec": {"containers": containers}}}});
        let command = |container, item| command(&job, container, Number(7), item);
        assert_eq!(command("w", None), "JOB_COMPLETION_INDEX=7 sh -c 'echo a; kill $$; $(JOB_COMPLETION_INDEX)'");
        let item: Option<&[u8]> = Some(b"a\tb\n\xff");
        let want = "JOB_COMPLETION_INDEX=7 docker.io/library/work -n 7 '$(OTHER)' # a\\tb\\n\\xff";
        assert_eq!(command("x", item), want);
    }
}
