//! What `create` understood, and what `create --dry-run` would run.

use std::fmt::Write as _;

use comfy_table::{Table, presets};
use serde_json::Value;

use super::{count, describe};
use crate::index_set::IndexSet;
use crate::manifest::{self, Ways};
use crate::numbering::{Index, Number};
use crate::plan::{Base, Command, Defaults, Plan};
use crate::text::{quoted, shown, shown_bytes};
use crate::work::{self, Item, Items, Piece, Source, Token, Word, Work, words};

/// How many tasks are shown before the rest is counted.
const ROWS: u32 = 10;
/// So many characters of an item are shown.
const CELL: usize = 60;
/// So many of a command.
const COMMAND: usize = 200;

/// What was understood of the work, in one line; None where there is nothing that could be misunderstood. `source` is
/// where a list came from.
#[must_use]
pub fn understood(plan: &Plan, ways: &Ways, source: Option<&str>) -> Option<String> {
    let by = |what: &str, way: &str| format!("{what} by {way}");
    let (mut text, place) = match &plan.work {
        Some(Work::Items(items)) => {
            let place = ways.item_path.as_ref().map(|path| format!("each in {}", shown(path)));
            (items.understood_from(source), place)
        }
        Some(Work::Array(numbers)) => (array(numbers), None),
        Some(Work::Completions(_)) | None => return None,
    };
    let travel = ways.travel.as_ref();
    let parts = [
        place.map(|place| travel.map_or_else(|| place.clone(), |way| by(&format!("{place},"), way))),
        ways.values.map(|way| by("values", way)),
        travel.filter(|_| ways.item_path.is_none()).map(|way| by("the list", way)),
    ];
    for part in parts.into_iter().flatten() {
        let _ = write!(text, "; {part}");
    }
    Some(text)
}

/// What may surprise about `plan`, a line each.
#[must_use]
pub fn warnings(plan: &Plan, ways: &Ways) -> Vec<String> {
    let left_to = ways.left_to.map(|program| {
        format!("{{}} in the arguments of {program} is left to {program}; -I STRING takes another token for the item")
    });
    let counted = plan.job.backoff_limit.map(|limit| match plan.job.retries {
        Some(_) => {
            let pods = count(limit, "failed pod", "failed pods");
            format!("--backoff-limit still counts every failure: with more than {pods} the Job fails, whatever --retries says")
        }
        None => "--backoff-limit counts the failures of all tasks; one task is tried again only with --retries N".to_owned(),
    });
    let counted = counted.filter(|_| plan.base == Base::New && plan.defaults == Defaults::Array);
    let disruptions = plan.job.count_disruptions && plan.defaults == Defaults::Api;
    let disruptions =
        disruptions.then(|| "--count-disruptions changes nothing with --defaults=api: the API counts them".to_owned());
    left_to.into_iter().chain(strays(plan)).chain(counted).chain(disruptions).collect()
}

/// What looks like a placeholder and is none.
fn strays(plan: &Plan) -> Option<String> {
    let (Command::Words { words, token, .. } | Command::Script { words, token, .. }) = &plan.command else {
        return None;
    };
    stray(words, token, plan.work.as_ref().and_then(Work::items).map(Items::columns))
}

/// What looks like a placeholder in `words` and is none, in words; None where nothing does. `columns` is None where there are
/// no items.
#[must_use]
pub fn stray(words: &[String], token: &Token, columns: Option<&[String]>) -> Option<String> {
    let strays = work::strays(words, token, columns);
    let text = shown(&strays.join(", ")).into_owned();
    let why = match columns {
        _ if strays.is_empty() => return None,
        None => "there are no items; the number of the task is $(JOB_COMPLETION_INDEX)".to_owned(),
        Some([]) => "only {} stands for the item".to_owned(),
        Some(columns) => format!("the columns are {}", shown(&columns.join(", "))),
    };
    let stay = if strays.len() == 1 { "stays as it is" } else { "stay as they are" };
    Some(format!("{text} {stay}: {why}"))
}

/// `10 tasks, numbers 1-10`; of a long set only the ends.
fn array(numbers: &IndexSet) -> String {
    let tasks = count(numbers.len(), "task", "tasks");
    let ends = || format!("{} to {}", numbers.min().unwrap_or(0), numbers.max().unwrap_or(0));
    let text = Some(numbers.compact()).filter(|text| text.len() <= CELL).unwrap_or_else(ends);
    format!("{tasks}, {} {text}", if numbers.len() == 1 { "number" } else { "numbers" })
}

/// The first tasks of `plan` as a table, and how they run, in words. Every line with its newline. `job` is the Job that
/// was built from it.
#[must_use]
pub fn tasks(plan: &Plan, job: &Value) -> String {
    let completions = manifest::completions(job);
    let items = plan.work.as_ref().and_then(Work::items);
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    let columns: Vec<String> = match items {
        None => vec![],
        Some(items) if items.columns().is_empty() => vec!["ITEM".to_owned()],
        Some(items) => items.columns().iter().map(|name| shown(name).into_owned()).collect(),
    };
    table.set_header(["INDEX".to_owned()].into_iter().chain(columns).chain(["COMMAND".to_owned()]));
    let numbering = manifest::numbering(plan, job);
    let program = program(plan, job);
    for index in 0..completions.min(ROWS) {
        let number = numbering.number(Index(index));
        let item = items.and_then(|items| items.rows().get(index as usize));
        let cells = item.map_or_else(Vec::new, cells);
        let command = command(&program, number, item);
        table.add_row([number.to_string()].into_iter().chain(cells).chain([command]));
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 3));
    }
    let mut text = table.trim_fmt();
    text.push('\n');
    if let Some(more) = completions.checked_sub(ROWS).filter(|more| *more > 0) {
        let _ = writeln!(text, "... and {more} more");
    }
    let policies = describe::policies(job).unwrap_or_default();
    for line in [conduct(&job["spec"])].into_iter().chain(policies) {
        let _ = writeln!(text, "{line}");
    }
    text
}

/// How the tasks run, and what a failure does: `12 tasks, 3 at a time; each is tried once, and ...`.
fn conduct(spec: &Value) -> String {
    let number = |key: &str| spec[key].as_u64().and_then(|number| u32::try_from(number).ok());
    let completions = number("completions").unwrap_or(0);
    let tasks = count(completions, "task", "tasks");
    let at_once = match number("parallelism").unwrap_or(1) {
        0 => "none may run yet".to_owned(),
        parallelism if parallelism >= completions => "all at once".to_owned(),
        parallelism => format!("{parallelism} at a time"),
    };
    let failures = match (number("backoffLimitPerIndex"), number("maxFailedIndexes")) {
        (None, _) => format!("the Job fails with more than {} failed pods", number("backoffLimit").unwrap_or(6)),
        (Some(retries), max) => {
            let tries = if retries == 0 { "once".to_owned() } else { format!("up to {} times", retries + 1) };
            let end = match max {
                None => "all of them run, even if every one fails".to_owned(),
                Some(max) => format!("the Job fails when about more than {max} of them have failed"),
            };
            format!("each is tried {tries}; {end}")
        }
    };
    format!("{tasks}, {at_once}; {failures}")
}

fn cells(item: &Item) -> Vec<String> {
    match &item.fields[..] {
        [] => vec![cut(&shown_bytes(&item.text), CELL)],
        fields => fields.iter().map(|field| cut(&shown(field), CELL)).collect(),
    }
}

/// `text`, or its beginning and how long it is.
fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}... ({} characters)", &text[..end], text.chars().count()),
        None => text.to_owned(),
    }
}

/// What is run, before the values are filled in.
struct Program {
    /// The image whose own entrypoint takes the words as its arguments; None where the first word is the program.
    entrypoint: Option<String>,
    words: Vec<Word>,
}

/// The program as the user knows it: of a file its own words, and not what was built around them.
fn program(plan: &Plan, job: &Value) -> Program {
    let theirs = match &plan.base {
        Base::File { job, .. } => worker(plan, job),
        Base::New => &Value::Null,
    };
    let (typed, token, kept) = match &plan.command {
        Command::Words { words, token, keep_entrypoint } => (words.clone(), token, *keep_entrypoint),
        Command::Script { file_name, words, token, .. } => {
            ([file_name.clone()].into_iter().chain(words.iter().cloned()).collect(), token, false)
        }
        Command::Keep => (strings(theirs, "args"), &Token::None, true),
    };
    let command = if kept { strings(theirs, "command") } else { vec![] };
    let image = || worker(plan, job)["image"].as_str().unwrap_or_default().to_owned();
    let entrypoint = (kept && command.is_empty()).then(image);
    let columns = plan.work.as_ref().and_then(Work::items).map(Items::columns);
    // A plan with words that are refused cannot be built.
    let typed = words(&typed, token, columns).map_or_else(|_| vec![], |found| found.words);
    let command = command.into_iter().map(|word| vec![Piece::Text(word)]);
    Program { entrypoint, words: command.chain(typed).collect() }
}

/// The container of `job` that the flags are about; null where there is none.
fn worker<'a>(plan: &Plan, job: &'a Value) -> &'a Value {
    let template = &job["spec"]["template"];
    let default = template["metadata"]["annotations"]["kubectl.kubernetes.io/default-container"].as_str();
    let meant = plan.pod.container.as_deref().or(default);
    let containers = template["spec"]["containers"].as_array().map_or(&[][..], Vec::as_slice);
    containers.iter().find(|c| meant.is_none_or(|name| c["name"] == name)).unwrap_or(&Value::Null)
}

fn strings(container: &Value, key: &str) -> Vec<String> {
    let strings = container[key].as_array().into_iter().flatten().filter_map(Value::as_str);
    strings.map(str::to_owned).collect()
}

fn command(program: &Program, number: Number, item: Option<&Item>) -> String {
    let piece = |piece: &Piece| match (piece, item) {
        (Piece::Text(text), _) => text.clone(),
        (Piece::Value(Source::Number), _) => number.to_string(),
        (Piece::Value(Source::Item), Some(item)) => String::from_utf8_lossy(&item.text).into_owned(),
        (Piece::Value(Source::Column(column)), Some(item)) => item.fields.get(*column).cloned().unwrap_or_default(),
        (Piece::Value(_), None) => String::new(),
    };
    let words = program.words.iter().map(|word| word.iter().map(piece).collect::<String>());
    let mut words: Vec<String> = words.map(|word| quoted(&word).into_owned()).collect();
    match &program.entrypoint {
        Some(image) if words.is_empty() => return format!("(the command of {})", shown(image)),
        Some(image) => words.insert(0, format!("(the entrypoint of {image})")),
        None => {}
    }
    cut(&shown(&words.join(" ")), COMMAND)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::manifest::build;
    use crate::plan::sample;
    use crate::work::Format;

    #[track_caller]
    fn preview(plan: &Plan) -> String {
        tasks(plan, &build(plan, "abcde").unwrap().0.job)
    }

    #[test]
    fn a_row_per_item_with_its_own_command() {
        let items = Items::single(vec![b"foo".to_vec(), b"two\nlines".to_vec(), b"\xff".to_vec()]).unwrap();
        let plan = sample(Work::Items(items), &["rev", "{}.txt"]);
        insta::assert_snapshot!(preview(&plan), @r"
        INDEX   ITEM         COMMAND
        0       foo          rev foo.txt
        1       two\nlines   rev 'two\nlines.txt'
        2       \xff         rev '�.txt'
        3 tasks, all at once; each is tried once; all of them run, even if every one fails
        ignore the failure when the pod was disrupted (DisruptionTarget)
        ");
    }

    #[test]
    fn a_column_for_each_column() {
        let items = Format::Csv.read(b"path,seed\na b,1\nc,2\n").unwrap();
        let plan = sample(Work::Items(items), &["x", "{path}", "--seed={seed}"]);
        insta::assert_snapshot!(preview(&plan), @r"
        INDEX   path   seed   COMMAND
        0       a b    1      x 'a b' '--seed=1'
        1       c      2      x c '--seed=2'
        2 tasks, all at once; each is tried once; all of them run, even if every one fails
        ignore the failure when the pod was disrupted (DisruptionTarget)
        ");
    }

    #[test]
    fn many_tasks_are_counted_and_numbers_are_those_of_the_user() {
        let text = preview(&sample(Work::Completions(12), &["sh", "-c", "echo $X"]));
        assert!(text.contains("0       sh -c 'echo $X'\n"), "{text}");
        assert!(text.contains("\n... and 2 more\n"), "{text}");
        let own = preview(&sample(Work::Array("1,20".parse().unwrap()), &[]));
        assert!(own.contains("\n20      (the command of busybox)\n"), "{own}");
    }

    /// A file with two containers, of which the second is meant, and this much of it.
    fn of_file(worker: &Value) -> Base {
        let default = json!({"kubectl.kubernetes.io/default-container": "w"});
        let mut containers =
            json!([{"name": "sidecar", "image": "s", "command": ["serve"]}, {"name": "w", "image": "i"}]);
        containers[1].as_object_mut().unwrap().extend(worker.as_object().unwrap().clone());
        let template = json!({
            "metadata": {"annotations": default},
            "spec": {"restartPolicy": "Never", "containers": containers},
        });
        Base::File { job: json!({"metadata": {"name": "x"}, "spec": {"template": template}}), helpers: vec![] }
    }

    #[track_caller]
    fn first_command(plan: &Plan, want: &str) {
        let text = preview(plan);
        let row = text.lines().nth(1).unwrap();
        assert!(row.ends_with(&format!("   {want}")), "{text}");
    }

    #[test]
    fn of_a_file_its_own_command_is_shown() {
        let works = [
            Work::Completions(2),
            Work::Array("1-10".parse().unwrap()),
            Work::Items(Items::single(vec![b"a".to_vec()]).unwrap()),
        ];
        for work in works {
            let mut plan = sample(work, &[]);
            plan.pod.image = None;
            if plan.work.as_ref().and_then(Work::items).is_some() {
                plan.delivery.item_env = vec![("ITEM".to_owned(), Source::Item)];
            }
            plan.base = of_file(&json!({"command": ["run", "a b"], "args": ["--all", "{}"]}));
            first_command(&plan, "run 'a b' --all '{}'");
        }
        let mut plan = sample(Work::Completions(2), &[]);
        plan.base = of_file(&json!({"args": ["--all"]}));
        first_command(&plan, "(the entrypoint of busybox) --all");
        plan.base = of_file(&json!({}));
        first_command(&plan, "(the command of busybox)");
    }

    #[test]
    fn arguments_of_an_entrypoint_are_no_command() {
        let mut plan = sample(Work::Items(Items::single(vec![b"a".to_vec()]).unwrap()), &[]);
        let words = vec!["--in".to_owned(), "{}".to_owned()];
        plan.command = Command::Words { words, token: Token::Braces, keep_entrypoint: true };
        let shown = |plan: &Plan, want: &str| {
            let text = tasks(
                plan,
                &json!({"spec": {"completions": 1, "template": {"spec": {"containers": [{"image": "i"}]}}}}),
            );
            assert!(text.contains(want), "{text}");
        };
        shown(&plan, "0       a      (the entrypoint of i) --in a\n");
        plan.base = of_file(&json!({"command": ["run"], "args": ["--out"]}));
        shown(&plan, "0       a      run --in a\n");
    }

    #[test]
    fn disruptions_are_counted_without_defaults() {
        let mut plan = sample(Work::Completions(1), &["x"]);
        plan.job.count_disruptions = true;
        let said = |plan: &Plan| warnings(plan, &build(plan, "abcde").unwrap().1);
        assert_eq!(said(&plan), [""; 0]);
        plan.defaults = Defaults::Api;
        assert_eq!(said(&plan), ["--count-disruptions changes nothing with --defaults=api: the API counts them"]);
    }

    #[test]
    fn what_looks_like_a_placeholder_and_is_none_is_told() {
        let said = |work: Work, command: &[&str]| warnings(&sample(work, command), &Ways::default());
        let items = Work::Items(Format::Csv.read(b"path,seed\na,1\n").unwrap());
        assert_eq!(said(items, &["x", "{pth}"]), ["{pth} stays as it is: the columns are path, seed"]);
        let without = "{} stays as it is: there are no items; the number of the task is $(JOB_COMPLETION_INDEX)";
        assert_eq!(said(Work::Completions(2), &["echo", "{}"]), [without]);
    }

    #[test]
    fn what_was_understood() {
        let said = |work: Work, command: &[&str], source| {
            let plan = sample(work, command);
            let (_, ways) = build(&plan, "abcde").unwrap();
            understood(&plan, &ways, source)
        };
        let items = || Work::Items(Format::Csv.read(b"path,seed\na,1\nb,2\n").unwrap());
        assert_eq!(said(Work::Completions(3), &["x"], None), None);
        assert_eq!(
            said(items(), &["x"], Some("f.csv")).unwrap(),
            "2 items from f.csv, columns path, seed; each in /input/data.txt, by configmap"
        );
        assert_eq!(
            said(items(), &["x", "{seed}"], None).unwrap(),
            "2 items, columns path, seed; each in /input/data.txt, by configmap; values by a sh wrapper"
        );
        assert_eq!(said(Work::Array("0-3".parse().unwrap()), &["x"], None).unwrap(), "4 tasks, numbers 0-3");
        assert_eq!(
            said(Work::Array("1-10".parse().unwrap()), &["x"], None).unwrap(),
            "10 tasks, numbers 1-10; values by a sh wrapper"
        );
    }
}
