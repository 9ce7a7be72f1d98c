//! What `create --dry-run` would run: index, item and command.

use std::fmt::Write as _;

use comfy_table::{Table, presets};

use crate::plan::Plan;
use crate::text::{quoted, shown};
use crate::work::Work;

/// How many tasks are shown before the rest is counted.
const ROWS: usize = 10;

/// A table of the first tasks of `plan`, every line with its newline.
#[must_use]
pub fn tasks(plan: &Plan) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    let command = command(plan);
    let completions = plan.work.completions() as usize;
    match &plan.work {
        Work::Completions(_) => {
            table.set_header(["INDEX", "COMMAND"]);
            for index in 0..completions.min(ROWS) {
                table.add_row([index.to_string(), command.clone()]);
            }
        }
        Work::Items(items) => {
            table.set_header(["INDEX", "ITEM", "COMMAND"]);
            for (index, item) in items.iter().enumerate().take(ROWS) {
                table.add_row([index.to_string(), shown(item).into_owned(), command.clone()]);
            }
        }
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 3));
    }
    let mut text = table.trim_fmt();
    text.push('\n');
    if let Some(more) = completions.checked_sub(ROWS).filter(|more| *more > 0) {
        let _ = writeln!(text, "... and {more} more");
    }
    text
}

fn command(plan: &Plan) -> String {
    if plan.command.is_empty() {
        return format!("(the command of {})", shown(&plan.image));
    }
    let words = plan.command.iter().map(|word| quoted(word));
    shown(&words.collect::<Vec<_>>().join(" ")).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Defaults, Delivery, Via};

    fn plan(work: Work, command: &[&str]) -> Plan {
        Plan {
            name: "x".into(),
            namespace: None,
            image: "busybox".into(),
            command: command.iter().map(ToString::to_string).collect(),
            work,
            delivery: Delivery { path: "/input/data.txt".into(), via: Via::ConfigMap },
            parallelism: None,
            defaults: Defaults::Api,
        }
    }

    #[test]
    fn a_row_per_item() {
        let items = Work::Items(vec!["foo".into(), "two\nlines".into()]);
        insta::assert_snapshot!(tasks(&plan(items, &["rev", "/input/data.txt"])), @r"
        INDEX   ITEM         COMMAND
        0       foo          rev /input/data.txt
        1       two\nlines   rev /input/data.txt
        ");
    }

    #[test]
    fn many_tasks_are_counted_and_words_quoted() {
        let text = tasks(&plan(Work::Completions(12), &["sh", "-c", "echo $X"]));
        assert!(text.contains("0       sh -c 'echo $X'\n"), "{text}");
        assert!(text.ends_with("\n... and 2 more\n"), "{text}");
        let own = tasks(&plan(Work::Completions(1), &[]));
        assert!(own.contains("(the command of busybox)"), "{own}");
    }
}
