//! The job log of GNU parallel (`--joblog`): what became of each attempt, for the tools that read such files.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::numbering::Number;

/// The columns, as GNU parallel names and orders them.
pub const HEADER: &str = "Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand\n";

/// One attempt that has ended.
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
    /// The size of its log, in bytes.
    pub bytes: u64,
    /// Its exit code; above 128 also the number of a signal.
    pub exit_code: i32,
    /// What it ran.
    pub command: String,
}

/// A job log of `rows`, by task and start. Of `earlier`, the text of one that was written before, the rows stay that are
/// of other attempts: their pods may be gone by now. Lines of it that are no rows are left out.
#[must_use]
pub fn joblog(earlier: &str, rows: &[Row]) -> String {
    let mut lines: Vec<((u32, String), String)> = rows.iter().map(line).collect();
    let known: BTreeSet<(u32, String)> = lines.iter().map(|(key, _)| key.clone()).collect();
    let before = earlier.lines().filter_map(|line| {
        let mut columns = line.split('\t');
        let number = columns.next()?.parse().ok()?;
        Some(((number, columns.nth(1)?.to_owned()), format!("{line}\n")))
    });
    lines.extend(before.filter(|(key, _)| !known.contains(key)));
    lines.sort_by(|(a, _), (b, _)| a.cmp(b));
    lines.into_iter().fold(HEADER.to_owned(), |text, (_, line)| text + &line)
}

/// A row, and what tells the attempt from others: its task and its start.
fn line(row: &Row) -> ((u32, String), String) {
    let Row { number, host, started, ended, bytes, exit_code, command } = row;
    let runtime = started.zip(*ended).map_or(0, |(from, to)| to.duration_since(from).as_millis());
    let (start, runtime) = (started.map(seconds).unwrap_or_default(), thousandths(runtime));
    let signal = Some(exit_code - 128).filter(|signal| (1..=64).contains(signal)).unwrap_or(0);
    let command = command.replace(['\t', '\n', '\r'], " ");
    let line = format!("{number}\t{host}\t{start}\t{runtime}\t0\t{bytes}\t{exit_code}\t{signal}\t{command}\n");
    ((number.0, start), line)
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
    use super::*;

    fn row(number: u32, start: i64, exit_code: i32) -> Row {
        let at = |second| Some(Timestamp::from_second(1_767_225_600 + second).unwrap());
        let (host, command) = ("node-1".to_owned(), "sh -c 'a\tb\nc'".to_owned());
        Row { number: Number(number), host, started: at(start), ended: at(start + 90), bytes: 12, exit_code, command }
    }

    #[test]
    fn a_row_is_one_line_in_gnu_parallels_order() {
        let rows = "3\tnode-1\t1767225600.000\t90.000\t0\t12\t137\t9\tsh -c 'a b c'\n\
                    10\tnode-1\t1767225601.000\t90.000\t0\t12\t0\t0\tsh -c 'a b c'\n";
        assert_eq!(joblog("", &[row(10, 1, 0), row(3, 0, 137)]), format!("{HEADER}{rows}"));
    }

    #[test]
    fn an_attempt_whose_pod_is_gone_keeps_its_row() {
        let first = joblog("", &[row(3, 0, 1), row(4, 0, 0)]);
        let second = joblog(&first, &[row(3, 100, 0), row(4, 0, 0)]);
        assert_eq!(second, joblog("", &[row(3, 0, 1), row(3, 100, 0), row(4, 0, 0)]));
        assert_eq!(joblog("no job log\nat all\n", &[]), HEADER);
        assert_eq!(joblog("", &[row(3, 0, 1), row(3, 0, 0)]).lines().count(), 3, "two that began in one second");
    }
}
