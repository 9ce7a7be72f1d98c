//! The flags of `create` that say what the tasks are.

use clap::{Args, ValueEnum};
use indexedjob_core::text::quoted;
use indexedjob_core::work::{self, Array, Format, Items, Work};

use super::super::{Usage, value};

/// What the tasks are: exactly one kind.
#[derive(Clone, Debug, Args)]
pub(crate) struct WorkArgs {
    /// So many tasks, numbered from 0
    #[arg(long, value_name = "N", help_heading = "Work", allow_negative_numbers = true, value_parser = value::whole)]
    completions: Option<i64>,
    /// Tasks of these numbers: 1-10, 0-15:4,20%4
    ///
    /// Slurm's grammar: numbers, ranges, steps after :, and after % how many at once. Sets SLURM_ARRAY_TASK_ID, _COUNT,
    /// _MIN, _MAX and SLURM_ARRAY_JOB_ID, and JOB_COMPLETION_INDEX to the number.
    #[arg(short, long, value_name = "SET[%P]", help_heading = "Work")]
    array: Option<String>,
    /// A task for each of these: foo,bar,"a, b"
    #[arg(long, value_name = "LIST", help_heading = "Work", allow_hyphen_values = true)]
    items: Option<String>,
    /// A task for each line or row; - is stdin
    ///
    /// FILE, -, or configmap/NAME[/KEY]. A task for each line; .csv and .tsv have a header with the names of their
    /// columns, .json is an array, .jsonl has a value in each line. A ConfigMap is looked for in the namespace of -n or
    /// the context, also with -f.
    #[arg(long, value_name = "SOURCE", help_heading = "Work")]
    items_from: Option<String>,
    /// The format of --items-from [default: by the name of the file, else lines]
    #[arg(long, value_enum, value_name = "FORMAT", help_heading = "Work", hide_short_help = true)]
    items_format: Option<FormatArg>,
    /// A task for each combination: lr=0.1,0.01; is repeated for each axis
    #[arg(long, value_name = "NAME=LIST", help_heading = "Work", hide_short_help = true)]
    matrix: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FormatArg {
    /// One item a line
    Lines,
    /// Items that end in NUL, as find -print0 writes them
    Nul,
    /// Comma-separated values with a header
    Csv,
    /// Tab-separated values with a header
    Tsv,
    /// One array
    Json,
    /// One JSON value a line
    Jsonl,
}

/// Where the items are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ItemsSource<'a> {
    /// In a file; `-` is stdin.
    File(&'a str),
    /// In a `ConfigMap`; in this key, or however its keys say.
    ConfigMap {
        /// Its name.
        name: &'a str,
        /// The key; None where there is only one, or one for each index.
        key: Option<&'a str>,
    },
}

impl WorkArgs {
    /// Is any kind of work given?
    pub(crate) fn is_given(&self) -> bool {
        self.completions.is_some() || self.array.is_some() || self.has_items()
    }

    /// Does each task have an item?
    pub(super) fn has_items(&self) -> bool {
        self.items.is_some() || self.items_from.is_some() || !self.matrix.is_empty()
    }

    /// Is each task nothing but an index?
    pub(super) fn is_plain(&self) -> bool {
        self.completions.is_some()
    }

    /// Where items are to be read from, if anywhere.
    pub(crate) fn source(&self) -> Option<ItemsSource<'_>> {
        let source = self.items_from.as_deref()?;
        let map = source.strip_prefix("configmap/").or_else(|| source.strip_prefix("cm/"));
        Some(match map {
            None => ItemsSource::File(source),
            Some(map) => match map.split_once('/') {
                Some((name, key)) => ItemsSource::ConfigMap { name, key: Some(key) },
                None => ItemsSource::ConfigMap { name: map, key: None },
            },
        })
    }

    /// The format of what was read from something of this name.
    pub(crate) fn format(&self, name: &str) -> Format {
        match self.items_format {
            None => Format::of_name(name),
            Some(FormatArg::Lines) => Format::Lines,
            Some(FormatArg::Nul) => Format::Nul,
            Some(FormatArg::Csv) => Format::Csv,
            Some(FormatArg::Tsv) => Format::Tsv,
            Some(FormatArg::Json) => Format::Json,
            Some(FormatArg::Jsonl) => Format::Jsonl,
        }
    }

    /// How many tasks may run at once, as `--array` says.
    pub(super) fn at_once(&self) -> Result<Option<u32>, Usage> {
        Ok(self.numbers()?.and_then(|array| array.parallelism))
    }

    fn numbers(&self) -> Result<Option<Array>, Usage> {
        let wrong = |error| Usage::new(format!("--array: {error}"));
        self.array.as_deref().map(|array| array.parse().map_err(wrong)).transpose()
    }

    /// The tasks; `read` are the items of `--items-from`. None where no kind of work is given.
    pub(super) fn work(&self, read: Option<Items>) -> Result<Option<Work>, Usage> {
        if self.items_format.is_some() && self.items_from.is_none() {
            return Err(Usage::new("--items-format goes with --items-from"));
        }
        if let Some(completions) = self.completions {
            let fits = i32::try_from(completions).ok().filter(|number| *number > 0).map(i32::unsigned_abs);
            let wrong = || Usage::new(format!("--completions must be between 1 and {}", i32::MAX));
            return Ok(Some(Work::Completions(fits.ok_or_else(wrong)?)));
        }
        if let Some(array) = self.numbers()? {
            return Ok(Some(Work::Array(array.numbers)));
        }
        if let Some(list) = &self.items {
            return listed(list).map(Some);
        }
        if !self.matrix.is_empty() {
            let items = work::matrix(&self.matrix).map_err(|error| Usage::new(format!("--matrix: {error}")))?;
            return Ok(Some(Work::Items(items)));
        }
        Ok(read.map(Work::Items))
    }
}

fn listed(list: &str) -> Result<Work, Usage> {
    if list == "-" || list.starts_with('@') {
        let file = list.strip_prefix('@').unwrap_or(list);
        let (first, rest) = list.split_at(list.find(',').unwrap_or(list.len()));
        let itself = quoted(&format!("\"{first}\"{rest}")).into_owned();
        return Err(Usage::new(format!("--items {list} would be one item of that name"))
            .hint(format!("--items-from {} reads items; for the item itself write --items {itself}", quoted(file))));
    }
    let items = work::items(list).map_err(|error| Usage::new(format!("--items: {error}")))?;
    let items = Items::single(items.into_iter().map(String::into_bytes).collect());
    items.map(Work::Items).map_err(|error| Usage::new(format!("--items: {error}")))
}

/// No kind of work was given for the Job `name`; what somebody writes to stdin may be meant.
pub(super) fn none(name: &str, stdin_is_pipe: bool) -> Usage {
    let usage = Usage::new("no work given: one of --completions, --array, --items, --items-from, --matrix is needed");
    usage.hint(match stdin_is_pipe {
        true => "--items-from - makes a task of each line of stdin".to_owned(),
        false => format!("kubectl indexedjob create {name} --image IMAGE --completions 10 -- COMMAND"),
    })
}
