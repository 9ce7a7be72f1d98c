//! Another command for a Job whose tasks find what is their own already: `{}` and `{column}` in it stand for the items where
//! their values travel in variables, or through a shell around the command.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::Problem;
use super::super::edit::{Container, Manifest};
use super::super::expansion::literal;
use super::lists::ITEM;
use super::needs::{INDEX, OWN_INDEX, code_problem};
use super::values;
use crate::text::{quoted, shown};
use crate::work::{Piece, Source, Token, Word, strays, words};

/// What the items of a Job are like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fields {
    /// Nobody can tell: they are gone, or may not be read.
    Unknown,
    /// They have these columns, by name; none where an item is one text.
    Named {
        /// Their names, sorted.
        names: Vec<String>,
        /// Is that their order? Else it depends on what they were read from, which nobody knows any more.
        in_order: bool,
    },
}

/// Another command.
#[derive(Clone, Copy, Debug)]
pub struct Replacement<'a> {
    /// What was typed.
    pub words: &'a [String],
    /// What stands for an item in it.
    pub token: &'a Token,
    /// What the items are like; None where the Job has none.
    pub fields: Option<&'a Fields>,
}

/// `job` with another command in its only container, or in the one of the name `container`.
///
/// # Errors
/// It is not clear which container is meant; an item would become code; or a value that the command mentions is not given
/// to the tasks in a way that a command can use.
pub fn replace_command(job: Value, container: Option<&str>, new: Replacement) -> Result<Value, Problem> {
    let mut manifest = Manifest::new(job, container.map_or(Container::Only, Container::Named))?;
    let words = given_words(&manifest, new)?;
    manifest.set_command(&words, false);
    Ok(manifest.into_job())
}

fn given_words(manifest: &Manifest, new: Replacement) -> Result<Vec<String>, Problem> {
    let columns = match new.fields {
        Some(Fields::Named { names, .. }) => Some(names.as_slice()),
        Some(Fields::Unknown) => {
            known_without_columns(new)?;
            Some(&[][..])
        }
        None => None,
    };
    let words = words(new.words, new.token, columns).map_err(code_problem)?.words;
    let values = words.iter().flatten().filter_map(|piece| match piece {
        Piece::Value(source) => Some(*source),
        Piece::Text(_) => None,
    });
    let sources: BTreeSet<Source> = values.collect();
    let container = manifest.container();
    if values::is_nested(&container["command"]) {
        let problem = "the command of this smaller run is inside two shells, one for its index and one for its item; \
                       another command cannot take its place";
        return Err(Problem::new(problem).hint("leave the command as it is, or create a Job of these tasks"));
    }
    let told = !new.fields.is_some_and(|fields| is_ambiguous(fields, &sources));
    if told && sources.iter().all(|source| variable(container, *source).is_some()) {
        let name = |source| variable(container, source).unwrap_or_default().to_owned();
        let plain = || words.iter().map(|word| values::expanded(word, name)).collect::<Vec<_>>();
        // A Job that came from here may give its tasks their values by a shell around the old command.
        let kept = sources.is_empty().then(|| values::rewrapped(&container["command"], &as_typed(&words))).flatten();
        return Ok(kept.unwrap_or_else(plain));
    }
    let by_shell = told && sources.iter().all(|source| values::is_set_by(&container["command"], *source));
    let wrapped = by_shell.then(|| values::rewrapped(&container["command"], &as_typed(&words))).flatten();
    wrapped.ok_or_else(|| not_given(manifest, new, told, columns.unwrap_or_default(), &sources))
}

/// A column whose place is not known cannot be looked up.
fn is_ambiguous(fields: &Fields, sources: &BTreeSet<Source>) -> bool {
    let has_column = sources.iter().any(|source| matches!(source, Source::Column(_)));
    has_column && !matches!(fields, Fields::Named { in_order: true, .. })
}

/// Where the items cannot be read, what looks like a column may be one.
fn known_without_columns(new: Replacement) -> Result<(), Problem> {
    let maybe = strays(new.words, new.token, Some(&[]));
    match maybe.first() {
        None => Ok(()),
        Some(first) => Err(Problem::new(format!(
            "whether {} stands for a column cannot be told: the items of the Job cannot be read",
            shown(first)
        ))
        .hint("-I '' leaves braces as they are")),
    }
}

fn not_given(
    manifest: &Manifest,
    new: Replacement,
    told: bool,
    columns: &[String],
    sources: &BTreeSet<Source>,
) -> Problem {
    let name = |source: &Source| match (source, new.token) {
        (Source::Column(column), _) => columns.get(*column).map(|name| format!("{{{name}}}")),
        (Source::Item, Token::Text(token)) => Some(token.clone()),
        (Source::Item, _) => Some("{}".to_owned()),
        (Source::Number, _) => None,
    };
    let names: Vec<String> = sources.iter().filter_map(name).collect();
    let names = shown(&names.join(", ")).into_owned();
    let file = item_file(manifest.container());
    let why = match (told, &file) {
        (false, _) => "which of its columns that is cannot be told from the Job".to_owned(),
        (true, Some(file)) => format!("its tasks have their items only in the file {}", shown(file)),
        (true, None) => "its tasks have their items only in a file".to_owned(),
    };
    let file = quoted(file.as_deref().unwrap_or("FILE"));
    Problem::new(format!("{names} cannot be given to another command of this Job: {why}")).hint(format!(
        "let a shell read it: -- sh -c 'COMMAND \"$(cat \"$1\")\"' sh {file}; -I '' leaves braces as they are"
    ))
}

/// The file in which a task finds its item.
fn item_file(container: &Value) -> Option<String> {
    let own = [INDEX, OWN_INDEX].map(|variable| format!("$({variable})"));
    let is_item =
        |mount: &&Value| mount["subPath"] == ITEM || own.iter().any(|key| mount["subPathExpr"] == key.as_str());
    let mut mounts = container["volumeMounts"].as_array().into_iter().flatten();
    mounts.find(is_item).and_then(|mount| mount["mountPath"].as_str()).map(str::to_owned)
}

/// The variable of `container` that Kubernetes fills with a value of the task.
fn variable(container: &Value, source: Source) -> Option<&str> {
    let key = values::key(source);
    let mut env = container["env"].as_array().into_iter().flatten();
    let found = env.find(|variable| variable["valueFrom"]["fileKeyRef"]["key"] == key.as_str())?;
    found["name"].as_str()
}

/// Words as Kubernetes must read them where a shell puts the values in.
fn as_typed(words: &[Word]) -> Vec<Word> {
    let typed = |piece: &Piece| match piece {
        Piece::Text(text) => Piece::Text(literal(text, false)),
        value @ Piece::Value(_) => value.clone(),
    };
    words.iter().map(|word| word.iter().map(typed).collect()).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::super::build;
    use super::*;
    use crate::plan::{Features, Plan, sample};
    use crate::work::{Format, Items, Work};

    fn fields(names: &[&str]) -> Fields {
        Fields::Named { names: names.iter().map(ToString::to_string).collect(), in_order: names.is_sorted() }
    }

    /// The command of a Job that `plan` makes on a server of this minor version, when it is to be `words`.
    fn replaced(plan: &Plan, minor: u32, words: &[&str], fields: &Fields) -> Result<Vec<String>, Problem> {
        let plan = Plan { features: Features::of_minor(minor), ..plan.clone() };
        let (objects, _) = build(&plan, "abcde").unwrap();
        let words: Vec<String> = words.iter().map(ToString::to_string).collect();
        let new = Replacement { words: &words, token: &Token::Braces, fields: Some(fields) };
        let job = replace_command(objects.job, None, new)?;
        let command = &job["spec"]["template"]["spec"]["containers"][0]["command"];
        Ok(serde_json::from_value(command.clone()).unwrap())
    }

    fn table(command: &[&str]) -> Plan {
        sample(Work::Items(Format::Csv.read(b"lr,seed\n0.1,7\n").unwrap()), command)
    }

    #[test]
    fn a_value_that_the_old_command_had_the_new_one_may_have_too() {
        let plan = table(&["train", "{seed}", "{}"]);
        let columns = fields(&["lr", "seed"]);
        let by_file = replaced(&plan, 37, &["echo", "{seed}-{}", "$HOME"], &columns).unwrap();
        assert_eq!(by_file, ["echo", "$(INDEXEDJOB_COLUMN_1)-$(INDEXEDJOB_ITEM)", "$HOME"]);
        let by_shell = replaced(&plan, 30, &["echo", "{seed}-{}"], &columns).unwrap();
        assert_eq!(by_shell[2].lines().last(), Some("exec \"$${2}\" \"$$IJ_C1$${3}$$IJ_I\""));
        assert_eq!(by_shell[4..], ["train", "echo", "-"]);
    }

    #[test]
    fn a_value_that_no_task_has_is_refused_and_never_text() {
        for minor in [30, 37] {
            let refused = |plan: &Plan, words: &[&str], fields: &Fields| {
                let problem = replaced(plan, minor, words, fields).unwrap_err();
                (problem.to_string(), problem.hint.unwrap_or_default())
            };
            let columns = fields(&["lr", "seed"]);
            let (problem, hint) = refused(&table(&["train"]), &["echo", "{lr}"], &columns);
            assert_eq!(
                problem,
                "{lr} cannot be given to another command of this Job: its tasks have their items only in the file \
                 /input/data.txt"
            );
            assert!(hint.contains("sh /input/data.txt; -I ''"), "{hint}");
            let (problem, _) = refused(&table(&["train", "{seed}"]), &["echo", "{lr}"], &columns);
            assert!(problem.starts_with("{lr} cannot be given"), "{problem}");
            let (problem, _) = refused(&table(&["train", "{lr}"]), &["echo", "{lr}"], &Fields::Unknown);
            assert!(problem.starts_with("whether {lr} stands for a column cannot be told"), "{problem}");
            let unordered = Fields::Named { names: vec!["lr".into(), "seed".into()], in_order: false };
            let (problem, _) = refused(&table(&["train", "{lr}"]), &["echo", "{lr}"], &unordered);
            assert!(problem.contains("which of its columns that is cannot be told"), "{problem}");
            let items = sample(Work::Items(Items::single(vec![b"a".to_vec()]).unwrap()), &["x", "{}"]);
            let (problem, _) = refused(&items, &["sh", "-c", "echo {}"], &fields(&[]));
            assert!(problem.contains("inside the program that sh runs"), "{problem}");
        }
    }

    #[test]
    fn what_no_item_stands_for_is_text() {
        let plan = table(&["train", "{lr}"]);
        for (minor, begin) in [(30, 5), (37, 0)] {
            let words = ["find", ".", "-exec", "ls", "{}", ";", "{print}"];
            let command = replaced(&plan, minor, &words, &fields(&["lr", "seed"])).unwrap();
            assert_eq!(command[begin..], words, "{minor}");
        }
        let job = json!({"metadata": {}, "spec": {"template": {"spec": {"containers": [{"name": "w"}]}}}});
        let words = ["echo".to_owned(), "{}".to_owned()];
        let new = Replacement { words: &words, token: &Token::Braces, fields: None };
        let job = replace_command(job, None, new).unwrap();
        assert_eq!(job["spec"]["template"]["spec"]["containers"][0]["command"], json!(words));
    }
}
