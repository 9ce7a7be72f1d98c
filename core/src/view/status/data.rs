//! `status` for programs: one versioned schema as JSON, YAML and CSV, and sets of numbers. `docs/json.md` documents it.
//!
//! Rows are written one by one, however many there are.

use std::cell::Cell;
use std::io::{self, Write};

use jiff::Timestamp;
use k8s_openapi::ByteString;
use serde::{Serialize, Serializer};

use super::{Row, SortBy, Status};
use crate::facts::PodFacts;
use crate::index_set::IndexSet;
use crate::text::{Foreign, shown, shown_bytes};
use crate::view::json::{API_VERSION, JobSummary};
use crate::view::list::{self, HeldUp};
use crate::yaml;

/// The whole document.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    api_version: &'static str,
    kind: &'static str,
    job: JobSummary,
    indexes: RowsData<'a>,
}

/// One task.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RowData<'a> {
    /// What the user calls it.
    index: u32,
    /// What the API calls it.
    api_index: u32,
    state: &'static str,
    attempts: Option<u32>,
    exit_code: Option<i32>,
    reason: Option<String>,
    restarts: Option<u32>,
    node: Option<&'a str>,
    duration_seconds: Option<i64>,
    created: Option<Timestamp>,
    started: Option<Timestamp>,
    finished: Option<Timestamp>,
    pod: Option<&'a str>,
    item: Option<&'a str>,
    /// In place of `item` where that is no UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    item_base64: Option<ByteString>,
    message: Option<String>,
}

/// Tasks, made as they are written.
struct RowsData<'a>(Cell<Option<Box<dyn Iterator<Item = Row<'a>> + 'a>>>);

impl Serialize for RowsData<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.take().into_iter().flatten().map(RowData::of))
    }
}

impl<'a> Document<'a> {
    /// None before the first look.
    fn of(status: &Status<'a>, sort: SortBy) -> Option<Self> {
        Some(Self {
            api_version: API_VERSION,
            kind: "JobStatus",
            job: JobSummary::new(status.progress, &held_up(status), status.now)?,
            indexes: RowsData(Cell::new(Some(status.sorted(sort)))),
        })
    }
}

/// Why the Job stands still, if it does: its pods are here to tell.
fn held_up(status: &Status) -> HeldUp {
    let still = Some(status.progress).filter(|progress| list::needs_pods(progress, status.now));
    let told = still.and_then(|progress| Some((progress.job()?.uid.clone(), list::held_up(progress, &[])?)));
    told.into_iter().collect()
}

impl<'a> RowData<'a> {
    fn of(row: Row<'a>) -> Self {
        let pod = row.status.newest;
        let text = row.item.and_then(|item| str::from_utf8(item).ok());
        Self {
            index: row.number.0,
            api_index: row.status.index.0,
            state: row.state().as_str(),
            attempts: row.attempts(),
            exit_code: row.exit_code(),
            reason: known(&row.status.reason()),
            restarts: pod.map(PodFacts::restarts),
            node: pod.and_then(|pod| pod.node.as_deref()),
            duration_seconds: row.duration().map(|span| span.as_secs()),
            created: pod.and_then(|pod| pod.created),
            started: row.began(),
            finished: pod.and_then(|pod| pod.finished),
            pod: pod.map(|pod| pod.name.as_str()),
            item: text,
            item_base64: row.item.filter(|_| text.is_none()).map(|item| ByteString(item.to_vec())),
            message: known(&row.status.message()),
        }
    }
}

/// A string as it came; None where it is empty.
fn known(text: &Foreign) -> Option<String> {
    Some(text.raw().to_owned()).filter(|text| !text.is_empty())
}

/// One JSON document with four spaces of indent, as kubectl's.
pub fn json(status: &Status, sort: SortBy, out: &mut dyn Write) -> io::Result<()> {
    let Some(document) = Document::of(status, sort) else { return Ok(()) };
    let format = serde_json::ser::PrettyFormatter::with_indent(b"    ");
    document.serialize(&mut serde_json::Serializer::with_formatter(&mut *out, format))?;
    writeln!(out)
}

/// The same as YAML.
pub fn yaml(status: &Status, sort: SortBy, out: &mut dyn Write) -> io::Result<()> {
    match Document::of(status, sort) {
        Some(document) => yaml::write(&document, out),
        None => Ok(()),
    }
}

/// A header, and a record for each task with the fields of the JSON document. Every record is one line: control
/// characters are written out as in tables.
pub fn csv(status: &Status, sort: SortBy, out: &mut dyn Write) -> io::Result<()> {
    // The crate's own conversion hides that the reader of a pipe has gone.
    let plain = |error: csv::Error| match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    };
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(COLUMNS).map_err(plain)?;
    for row in status.sorted(sort) {
        csv.write_record(record(&row)).map_err(plain)?;
    }
    csv.flush()
}

const COLUMNS: [&str; 15] = [
    "index",
    "apiIndex",
    "state",
    "attempts",
    "exitCode",
    "reason",
    "restarts",
    "node",
    "durationSeconds",
    "created",
    "started",
    "finished",
    "pod",
    "item",
    "message",
];

fn record(row: &Row) -> [String; COLUMNS.len()] {
    fn text(value: Option<impl ToString>) -> String {
        value.map(|value| value.to_string()).unwrap_or_default()
    }
    let data = RowData::of(*row);
    [
        data.index.to_string(),
        data.api_index.to_string(),
        data.state.to_owned(),
        text(data.attempts),
        text(data.exit_code),
        row.status.reason().shown().into_owned(),
        text(data.restarts),
        text(data.node.map(shown)),
        text(data.duration_seconds),
        text(data.created),
        text(data.started),
        text(data.finished),
        text(data.pod.map(shown)),
        text(row.item.map(shown_bytes)),
        row.status.message().shown().into_owned(),
    ]
}

/// The numbers of the tasks that are meant, as the API writes a set, on one line; an empty line for none.
pub fn ranges(status: &Status, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", numbers(status))
}

/// The same, a number on each line; nothing for none.
pub fn lines(status: &Status, sort: SortBy, out: &mut dyn Write) -> io::Result<()> {
    match sort {
        SortBy::Number => numbers(status).iter().try_for_each(|number| writeln!(out, "{number}")),
        other => status.sorted(other).try_for_each(|row| writeln!(out, "{}", row.number)),
    }
}

fn numbers(status: &Status) -> IndexSet {
    status.progress.numbering().numbers(status.chosen)
}

/// The newest pod of each task that has one, as `kubectl` takes it: `pod/x-3-abcde`.
pub fn names(status: &Status, sort: SortBy, out: &mut dyn Write) -> io::Result<()> {
    let pods = status.sorted(sort).filter_map(|row| row.status.newest);
    pods.into_iter().try_for_each(|pod| writeln!(out, "pod/{}", shown(&pod.name)))
}
