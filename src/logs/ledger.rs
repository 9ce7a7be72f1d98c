//! Which file has whose log: `pods.tsv`, in the directory of the logs.
//!
//! The number of an attempt is its place among the pods that are left where the controller does not count, so it may
//! come to mean another pod; the uid of a pod never does. A row is written before its file gets its name: there is no
//! file without one.

use std::collections::{BTreeMap, BTreeSet};

use super::pick::Log;

/// The name of the file.
pub(super) const NAME: &str = "pods.tsv";
const HEADER: &str = "File\tIndex\tAttempt\tContainer\tPod\tUid\tBytes\n";

/// A log that is in its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    number: u32,
    attempt: usize,
    container: String,
    pod: String,
    uid: String,
    /// The size of the file.
    pub(super) bytes: u64,
}

/// What is known of the files, by their paths in the directory.
#[derive(Debug, Default)]
pub(super) struct Ledger(BTreeMap<String, Entry>);

impl Ledger {
    /// Reads the file. A last line that was being written when the program was stopped says nothing. It fails with the
    /// number of a line that is no row.
    pub(super) fn read(text: &str) -> Result<Self, usize> {
        let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
        let rows = whole.lines().enumerate().skip(1);
        let rows = rows.map(|(at, line)| entry(line).ok_or(at + 1));
        match whole.lines().next() {
            Some(header) if header != HEADER.trim_end() => Err(1),
            _ => rows.collect::<Result<_, _>>().map(Self),
        }
    }

    /// The whole file.
    pub(super) fn text(&self) -> String {
        self.0.iter().fold(HEADER.to_owned(), |text, (file, entry)| text + &row(file, entry))
    }

    /// Numbers the attempts anew where another pod's log was saved under a number: it gets the next that is free.
    pub(super) fn number(&self, logs: &mut [Log]) {
        let mut pods: BTreeMap<(u32, String), usize> = BTreeMap::new();
        let mut taken: BTreeSet<(u32, usize)> = BTreeSet::new();
        for entry in self.0.values() {
            pods.insert((entry.number, entry.uid.clone()), entry.attempt);
            taken.insert((entry.number, entry.attempt));
        }
        for log in logs {
            let (number, first) = (log.origin.number.0, log.origin.attempt);
            // Of so many numbers one is free.
            let most = first + taken.len();
            let nth = pods
                .entry((number, log.pod_uid.clone()))
                .or_insert_with(|| (first..=most).find(|nth| taken.insert((number, *nth))).unwrap_or(first));
            log.origin.attempt = *nth;
        }
    }

    /// How large this log's file was when it was whole; None where that has not been. Where another log was saved under
    /// the name, that is its pod.
    pub(super) fn saved(&self, file: &str, log: &Log) -> Result<Option<u64>, &str> {
        match self.0.get(file) {
            None => Ok(None),
            Some(entry) if entry.uid == log.pod_uid && entry.container == log.origin.container => Ok(Some(entry.bytes)),
            Some(other) => Err(&other.pod),
        }
    }

    /// Adds what is to be the file of `log`. Returns the row to be written.
    pub(super) fn add(&mut self, file: &str, log: &Log, bytes: u64) -> String {
        // None of these has such a character, unless the server lies.
        let [container, pod, uid] =
            [&log.origin.container, &log.origin.pod, &log.pod_uid].map(|text| text.replace(['\t', '\n', '\r'], " "));
        let entry = Entry { number: log.origin.number.0, attempt: log.origin.attempt, container, pod, uid, bytes };
        let row = row(file, &entry);
        self.0.insert(file.to_owned(), entry);
        row
    }
}

fn row(file: &str, entry: &Entry) -> String {
    let Entry { number, attempt, container, pod, uid, bytes } = entry;
    format!("{file}\t{number}\t{attempt}\t{container}\t{pod}\t{uid}\t{bytes}\n")
}

fn entry(line: &str) -> Option<(String, Entry)> {
    let [file, number, attempt, container, pod, uid, bytes] = line.split('\t').collect::<Vec<_>>()[..] else {
        return None;
    };
    let [container, pod, uid] = [container, pod, uid].map(str::to_owned);
    let (number, attempt, bytes) = (number.parse().ok()?, attempt.parse().ok()?, bytes.parse().ok()?);
    Some((file.to_owned(), Entry { number, attempt, container, pod, uid, bytes }))
}

#[cfg(test)]
mod tests {
    use indexedjob_core::numbering::{Index, Number};
    use indexedjob_core::view::log::Origin;

    use super::*;

    fn log(attempt: usize, uid: &str) -> Log {
        let [job, pod, container] = ["x", "p", "w"].map(str::to_owned);
        let origin = Origin { job, number: Number(3), attempt, pod, container };
        let (index, pod_uid) = (Index(3), uid.to_owned());
        let of = attempt;
        Log { origin, index, of, pod_uid, previous_run: false, run: 1, is_over: true, end: None, defaulted: None }
    }

    /// The numbers of these pods after the first have been saved.
    #[track_caller]
    fn numbered(saved: &[(usize, &str)], now: &[(usize, &str)], want: &[usize]) {
        let mut ledger = Ledger::default();
        for (attempt, uid) in saved {
            ledger.add(&format!("3/{attempt}.log"), &log(*attempt, uid), 1);
        }
        let mut logs: Vec<Log> = now.iter().map(|(attempt, uid)| log(*attempt, uid)).collect();
        ledger.number(&mut logs);
        assert_eq!(logs.iter().map(|log| log.origin.attempt).collect::<Vec<_>>(), want);
    }

    #[test]
    fn a_pod_keeps_the_number_under_which_it_was_saved_and_no_other_gets_it() {
        numbered(&[], &[(1, "a"), (2, "b")], &[1, 2]);
        numbered(&[(1, "a"), (2, "b")], &[(1, "a"), (2, "b"), (3, "c")], &[1, 2, 3]);
        // The pod of the first attempt is gone, and the controller does not count.
        numbered(&[(1, "a"), (2, "b")], &[(1, "b"), (2, "c")], &[2, 3]);
        numbered(&[(1, "a")], &[(1, "b"), (2, "c")], &[2, 3]);
        numbered(&[(1, "a"), (2, "b")], &[(1, "c")], &[3]);
        // It counts: the number is right.
        numbered(&[(1, "a")], &[(4, "d")], &[4]);
        numbered(&[(3, "c")], &[(1, "a"), (2, "b"), (3, "c")], &[1, 2, 3]);
        // Containers of one pod have one number.
        numbered(&[(1, "a")], &[(1, "b"), (1, "b"), (2, "c")], &[2, 2, 3]);
    }

    #[test]
    fn what_is_written_is_read_again_but_for_a_line_that_was_cut_off() {
        let mut ledger = Ledger::default();
        let rows = [ledger.add("3/1.log", &log(1, "a"), 7), ledger.add("3/2.log", &log(2, "b\tc"), 0)];
        let text = ledger.text();
        assert_eq!(text, [HEADER, &rows[0], &rows[1]].concat());
        let read = Ledger::read(&text).unwrap();
        assert_eq!(read.text(), text);
        assert_eq!(read.saved("3/1.log", &log(1, "a")), Ok(Some(7)));
        assert_eq!(read.saved("3/1.log", &log(1, "z")), Err("p"));
        assert_eq!(read.saved("3/9.log", &log(9, "z")), Ok(None));
        assert_eq!(Ledger::read(&text[..text.len() - 1]).unwrap().text(), [HEADER, &rows[0]].concat());
        assert_eq!(Ledger::read("").unwrap().text(), HEADER);
        assert_eq!(Ledger::read(&format!("{HEADER}3/1.log\tx\n")).unwrap_err(), 2);
        assert_eq!(Ledger::read("something else\n").unwrap_err(), 1);
    }
}
