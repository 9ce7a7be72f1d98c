//! What the tasks of a plan need, and the way in which values reach them.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::super::Problem;
use super::super::edit::Manifest;
use super::super::expansion::{Part, literal, split_first};
use super::lists::{self, List};
use super::{SCRIPT_PATH, values};
use crate::numbering::{Index, Numbering};
use crate::plan::{Command, FileKeyRef, Plan};
use crate::work::{CodeError, Items, Piece, Source, Word, Work, code, words};

/// The variable that the job controller sets, unless the container has one of that name.
pub(super) const INDEX: &str = "JOB_COMPLETION_INDEX";
/// The index, where that variable holds something else.
pub(super) const OWN_INDEX: &str = "INDEXEDJOB_INDEX";

/// How values get into variables and words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// There are none.
    Nothing,
    /// Kubernetes reads them from a file.
    FileKeyRef,
    /// A shell around the command does.
    Wrapper,
}

impl Way {
    pub(super) fn told(self) -> Option<&'static str> {
        match self {
            Self::Nothing => None,
            Self::FileKeyRef => Some("fileKeyRef"),
            Self::Wrapper => Some("a sh wrapper"),
        }
    }
}

/// What is run.
enum Program {
    /// What the image says, or arguments to it: no shell can be put around it.
    Unknown(Option<Vec<Word>>),
    /// These words, which a user typed.
    Typed(Vec<Word>),
    /// These words of a file, which are Kubernetes' already.
    Kept(Vec<Word>),
}

/// What the tasks of a plan need.
pub(super) struct Needs<'a> {
    plan: &'a Plan,
    pub(super) items: Option<&'a Items>,
    pub(super) numbering: Numbering,
    completions: u32,
    program: Program,
    pub(super) keep_entrypoint: bool,
    pub(super) left_to: Option<&'static str>,
    /// Variables that are of each task its own, besides those that any server fills in.
    variables: Vec<(String, Source)>,
    /// What variables and words use.
    sources: BTreeSet<Source>,
    pub(super) way: Way,
    /// Does the container of a file set [`INDEX`] to something else?
    index_is_taken: bool,
}

impl<'a> Needs<'a> {
    pub(super) fn of(plan: &'a Plan, manifest: &Manifest) -> Result<Self, Problem> {
        let items = plan.work.as_ref().and_then(Work::items);
        let numbering = plan.work.as_ref().map(Work::numbering).unwrap_or_default();
        let (program, keep_entrypoint, left_to) = program(plan, items, manifest)?;
        the_index_is_told(plan, manifest)?;
        no_item_is_code(plan, manifest)?;
        let mut needs = Self {
            plan,
            items,
            completions: plan.work.as_ref().map_or(0, Work::completions),
            variables: variables(plan, &numbering),
            numbering,
            program,
            keep_entrypoint,
            left_to,
            sources: BTreeSet::new(),
            way: Way::Nothing,
            index_is_taken: env(manifest.container()).any(|variable| text(variable, "name") == INDEX),
        };
        let used = needs.program.words().iter().flatten().filter_map(|piece| match piece {
            Piece::Value(source) => Some(*source),
            Piece::Text(_) => None,
        });
        needs.sources = needs.variables.iter().map(|(_, source)| *source).chain(used).collect();
        needs.way = needs.choose()?;
        if needs.way == Way::Wrapper {
            none_is_lost(manifest.container())?;
        }
        needs.files_differ()?;
        Ok(needs)
    }

    /// The item and the number are two files.
    fn files_differ(&self) -> Result<(), Problem> {
        let delivery = &self.plan.delivery;
        match &delivery.index_path {
            Some(path) if self.items.is_some() && *path == delivery.item_path => {
                let problem = format!("{} cannot hold both the item and the number", crate::text::shown(path));
                Err(Problem::new(problem).hint("give --item-path or --index-path another file"))
            }
            _ => Ok(()),
        }
    }

    /// The way that this server and these values allow.
    fn choose(&self) -> Result<Way, Problem> {
        if self.sources.is_empty() {
            return Ok(Way::Nothing);
        }
        self.all_can_be_given()?;
        let can_wrap = !matches!(self.program, Program::Unknown(_));
        match (self.plan.features.file_key_ref, can_wrap) {
            (FileKeyRef::No | FileKeyRef::Unknown, true) => Ok(Way::Wrapper),
            (FileKeyRef::No, false) => Err(self.needs_command("the server is older than Kubernetes 1.35")),
            (FileKeyRef::Yes | FileKeyRef::Unknown, can_wrap) => match self.unreadable() {
                None => Ok(Way::FileKeyRef),
                Some(_) if can_wrap => Ok(Way::Wrapper),
                Some(why) => Err(self.needs_command(&why)),
            },
        }
    }

    /// Without a command there is nothing that a shell could be put around.
    fn needs_command(&self, why: &str) -> Problem {
        let what = match self.sources.first() {
            Some(Source::Number) => "its own number",
            _ => "its item in a variable or argument",
        };
        Problem::new(format!("a task can be given {what} only by a command after --: {why}")).hint(
            if self.items.is_some() {
                "give the command after --, or let the program read the file of --item-path"
            } else {
                "give the command after --, or use --completions, whose numbers begin at 0"
            },
        )
    }

    /// Is there a value that no program can be given at all?
    fn all_can_be_given(&self) -> Result<(), Problem> {
        for index in 0..self.completions {
            let values = self.values_of(index);
            for (source, value) in &values {
                if let Some(why) = values::ungivable(value) {
                    let what = self.called(*source, index);
                    let hint = match value.contains(&0) {
                        true => "--items-format nul reads items that end in NUL; else let the program read the file",
                        false => "let the program read it from the file of --item-path",
                    };
                    return Err(
                        Problem::new(format!("{what} {why}: it cannot be an argument or a variable")).hint(hint)
                    );
                }
            }
            let length = |piece: &Piece| match piece {
                Piece::Text(text) => text.len(),
                Piece::Value(wanted) => values.iter().find(|(source, _)| source == wanted).map_or(0, |(_, v)| v.len()),
            };
            let lengths = self.program.words().iter().map(|word| word.iter().map(length).sum::<usize>());
            if lengths.into_iter().any(|length| length > values::WORD_BYTES) {
                return Err(Problem::new(format!("with item {index} a word of the command is longer than 127 KiB"))
                    .hint("let the program read the item from the file of --item-path"));
            }
        }
        Ok(())
    }

    /// Why Kubernetes cannot read the values from a file; None where it can.
    fn unreadable(&self) -> Option<String> {
        (0..self.completions).find_map(|index| {
            let values = self.values_of(index);
            let unreadable = values.iter().find_map(|(source, value)| {
                let why = values::unreadable(value)?;
                Some(format!("Kubernetes cannot read {} from a file: {why}", self.called(*source, index)))
            });
            let too_long = || {
                values::is_too_long(&file_of(&values))
                    .then(|| format!("the values of item {index} are longer than 60 KiB together"))
            };
            unreadable.or_else(too_long)
        })
    }

    fn called(&self, source: Source, index: u32) -> String {
        match (source, self.items) {
            (Source::Column(column), Some(items)) => {
                let name = items.columns().get(column).map_or("", String::as_str);
                format!("column {} of item {index}", crate::text::shown(name))
            }
            _ => format!("item {index}"),
        }
    }

    /// The values of one task.
    fn values_of(&self, index: u32) -> Vec<(Source, std::borrow::Cow<'a, [u8]>)> {
        let item = self.items.and_then(|items| items.rows().get(index as usize));
        let value = |source: &Source| match source {
            Source::Number => self.numbering.number(Index(index)).to_string().into_bytes().into(),
            Source::Item => item.map_or(&[][..], |item| &item.text).into(),
            Source::Column(column) => {
                item.and_then(|item| item.fields.get(*column)).map_or(&[][..], |field| field.as_bytes()).into()
            }
        };
        self.sources.iter().map(|source| (*source, value(source))).collect()
    }

    /// The program that computes the number of a task, where that is all that it needs.
    pub(super) fn computed(&self) -> Option<String> {
        let only_number = self.sources.iter().eq([&Source::Number]);
        self.numbering.set().filter(|_| only_number).and_then(values::computed)
    }

    /// The lists that travel.
    pub(super) fn lists(&self, is_computed: bool) -> Vec<List<'a>> {
        let mut lists = Vec::new();
        if let Some(items) = self.items {
            let entries = items.rows().iter().map(|item| item.text.as_slice().into()).collect();
            lists.push(List { kind: lists::ITEM, entries });
        }
        let has_values = self.way != Way::Nothing || self.plan.delivery.index_path.is_some();
        if has_values && !self.sources.is_empty() && !is_computed {
            let entries = (0..self.completions).map(|index| file_of(&self.values_of(index)).into()).collect();
            lists.push(List { kind: lists::VALUES, entries });
        }
        lists
    }

    /// The variable that holds the index while mounts are expanded.
    pub(super) fn index_variable(&self) -> &'static str {
        if self.index_is_taken { OWN_INDEX } else { INDEX }
    }

    /// Variables that any server fills in, in the order in which they must stand.
    pub(super) fn fields(&self) -> Vec<Value> {
        let field = |name: &str, field: Value| json!({"name": name, "valueFrom": {"fieldRef": field}});
        let own = self.numbering.set().is_some();
        let mut fields = Vec::new();
        // The controller adds it as the last, and $(NAME) in a value sees only what stands before it.
        let is_used = |(_, value): &(String, String)| value.contains("$(JOB_COMPLETION_INDEX)");
        if !own && self.plan.pod.env.iter().any(is_used) {
            fields.push(field(INDEX, values::index_field()));
        }
        if self.index_is_taken && self.items.is_some() {
            fields.push(field(OWN_INDEX, values::index_field()));
        }
        if let Some(Work::Array(numbers)) = &self.plan.work {
            fields.push(field(SLURM_JOB, json!({"fieldPath": "metadata.labels['controller-uid']"})));
            let bounds = [("COUNT", Some(numbers.len())), ("MIN", numbers.min()), ("MAX", numbers.max())];
            for (name, value) in bounds {
                let value = value.unwrap_or_default().to_string();
                fields.push(json!({"name": format!("SLURM_ARRAY_TASK_{name}"), "value": value}));
            }
            fields.extend((!own).then(|| field(SLURM_TASK, values::index_field())));
        }
        if !own {
            fields.extend(self.plan.delivery.index_env.iter().map(|name| field(name, values::index_field())));
        }
        fields.retain(|new| self.plan.pod.env.iter().all(|(name, _)| new["name"] != name.as_str()));
        fields
    }

    /// Variables that Kubernetes reads from the file of values: those that were asked for, and one for each source of
    /// the command that has none.
    pub(super) fn file_variables(&self) -> Vec<(String, Source)> {
        let mut variables = self.variables.clone();
        for source in &self.sources {
            if !variables.iter().any(|(_, known)| known == source) {
                variables.push((internal(*source), *source));
            }
        }
        variables
    }

    /// The command as Kubernetes is to read it; None where the base keeps its own.
    pub(super) fn words(&self) -> Option<Vec<String>> {
        let words = match &self.program {
            Program::Typed(words) | Program::Unknown(Some(words)) => words,
            Program::Kept(_) | Program::Unknown(None) => return None,
        };
        let variables = self.file_variables();
        let variable = |source: Source| {
            let known = variables.iter().find(|(_, known)| *known == source);
            known.map_or_else(|| internal(source), |(name, _)| name.clone())
        };
        Some(words.iter().map(|word| values::expanded(word, variable)).collect())
    }

    /// The variables that the wrapper takes over from `container`, and the wrapped command: what mentions a value of the
    /// task cannot be Kubernetes' to expand, nor what mentions that.
    pub(super) fn wrapped(&self, prelude: &str, container: &Value) -> (Vec<String>, Vec<String>) {
        let variables = self.taken_over(container);
        let known = |name: &str| variables.iter().find(|(known, _)| known == name).map(|(_, word)| word.clone());
        let is_kept = matches!(self.program, Program::Kept(_));
        let command = self.program.words().iter().map(|word| match is_kept {
            true => values::with_values(word, known),
            false => values::with_values(&word.iter().cloned().map(as_typed).collect::<Word>(), known),
        });
        let command: Vec<Word> = command.collect();
        let wrapped = values::wrapper(prelude, &variables, &command);
        (variables.into_iter().map(|(name, _)| name).collect(), wrapped)
    }

    /// The task's own variables, and those of `container` that mention one, each in the order in which they are set.
    fn taken_over(&self, container: &Value) -> Vec<(String, Word)> {
        let own = self.variables.iter().map(|(name, source)| (name.clone(), vec![Piece::Value(*source)]));
        let mut taken: Vec<(String, Word)> = own.collect();
        let env: Vec<(&str, &Value)> = env(container).map(|variable| (text(variable, "name"), variable)).collect();
        for (at, (name, variable)) in env.iter().enumerate() {
            if self.variables.iter().any(|(own, _)| own == name) {
                continue;
            }
            let is_later = |name: &str| {
                let place = env.iter().position(|(other, _)| *other == name);
                place.map_or(name == INDEX, |place| place >= at)
            };
            // Among variables `$(NAME)` sees what stands before it, among the wrapper's arguments it would see all.
            let known = |name: &str| match taken.iter().find(|(known, _)| known == name) {
                Some((_, word)) => Some(word.clone()),
                None => is_later(name).then(|| vec![Piece::Text(format!("$$({name})"))]),
            };
            let word = values::with_values(&[Piece::Text(text(variable, "value").to_owned())], known);
            if word.iter().any(|piece| matches!(piece, Piece::Value(_))) {
                taken.push(((*name).to_owned(), word));
            }
        }
        taken
    }
}

/// Every task must learn which one it is.
fn the_index_is_told(plan: &Plan, manifest: &Manifest) -> Result<(), Problem> {
    if plan.pod.env.iter().any(|(name, _)| name == INDEX) {
        let problem = format!("{INDEX} tells each task which one it is, and --env would give it to all alike");
        return Err(Problem::new(problem).hint("give the variable another name"));
    }
    let asks = !plan.delivery.index_env.is_empty() || plan.delivery.index_path.is_some();
    if plan.work.is_none() && asks && super::super::numbering(plan, manifest.job()).set().is_some() {
        return Err(Problem::new("the tasks of the file have numbers of their own already")
            .hint(format!("{INDEX} holds them; leave --index-env and --index-path out")));
    }
    Ok(())
}

/// `$(NAME)` of a variable that holds an item, in the text of a program, would make code of the item.
fn no_item_is_code(plan: &Plan, manifest: &Manifest) -> Result<(), Problem> {
    let mut tainted: BTreeSet<&str> = plan.delivery.item_env.iter().map(|(name, _)| name.as_str()).collect();
    if tainted.is_empty() {
        return Ok(());
    }
    let variables: Vec<&Value> = env(manifest.container()).collect();
    loop {
        let names = |text: &str| references(text).any(|name| tainted.contains(name));
        let more =
            variables.iter().filter(|variable| names(text(variable, "value"))).map(|variable| text(variable, "name"));
        let more: Vec<&str> = more.filter(|name| !tainted.contains(name)).collect();
        if more.is_empty() {
            break;
        }
        tainted.extend(more);
    }
    let command = match &plan.command {
        Command::Keep => kept_words(manifest.container()),
        Command::Words { words, .. } | Command::Script { words, .. } => words.clone(),
    };
    for (at, interpreter) in code(&command) {
        if let Some(name) = references(&command[at]).find(|name| tainted.contains(name)) {
            let (name, interpreter) = (crate::text::shown(name), crate::text::shown(&interpreter));
            let problem =
                format!("$({name}) is inside the program that {interpreter} runs, where an item would become code");
            return Err(
                Problem::new(problem).hint(format!("let it read its variable {name}, which in a shell is \"${name}\""))
            );
        }
    }
    Ok(())
}

/// The names in `$(NAME)` of a text that Kubernetes expands.
fn references(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        while let Some((part, after)) = split_first(rest) {
            rest = after;
            if let Part::Reference(name) = part {
                return Some(name);
            }
        }
        None
    })
}

/// The variables of a container.
fn env(container: &Value) -> impl Iterator<Item = &Value> {
    container["env"].as_array().into_iter().flatten()
}

fn text<'a>(variable: &'a Value, key: &str) -> &'a str {
    variable[key].as_str().unwrap_or_default()
}

/// A shell does not hand on a variable whose name it could not write itself.
fn none_is_lost(container: &Value) -> Result<(), Problem> {
    let is_shells = |name: &&str| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    match env(container).map(|variable| text(variable, "name")).find(|name| !is_shells(name)) {
        None => Ok(()),
        Some(name) => Err(Problem::new(format!(
            "the variable {} would get lost in the sh around the command, which gives it values of the task's own",
            crate::text::shown(name)
        ))
        .hint("name it with letters, digits and _, or let the program read the file of --item-path or --index-path")),
    }
}

/// What was typed, as Kubernetes must read it.
fn as_typed(piece: Piece) -> Piece {
    match piece {
        Piece::Text(text) => Piece::Text(literal(&text, false)),
        Piece::Value(_) => piece,
    }
}

/// Something unique to the Job: its uid, which every server since 1.21 puts on its pods.
const SLURM_JOB: &str = "SLURM_ARRAY_JOB_ID";
const SLURM_TASK: &str = "SLURM_ARRAY_TASK_ID";

/// A variable that only the words of the command use.
fn internal(source: Source) -> String {
    match source {
        Source::Number => INDEX.to_owned(),
        Source::Item => "INDEXEDJOB_ITEM".to_owned(),
        Source::Column(column) => format!("INDEXEDJOB_COLUMN_{column}"),
    }
}

fn file_of(values: &[(Source, std::borrow::Cow<'_, [u8]>)]) -> Vec<u8> {
    let values: Vec<(Source, &[u8])> = values.iter().map(|(source, value)| (*source, value.as_ref())).collect();
    values::file(&values)
}

impl Program {
    fn words(&self) -> &[Word] {
        match self {
            Self::Typed(words) | Self::Kept(words) | Self::Unknown(Some(words)) => words,
            Self::Unknown(None) => &[],
        }
    }
}

/// What is run, whether it goes to the image's entrypoint, and who keeps its `{}`.
fn program(
    plan: &Plan,
    items: Option<&Items>,
    manifest: &Manifest,
) -> Result<(Program, bool, Option<&'static str>), Problem> {
    let (typed, token, keep_entrypoint) = match &plan.command {
        Command::Keep => return Ok((kept(manifest), false, None)),
        Command::Words { words, token, keep_entrypoint } => (words.clone(), token, *keep_entrypoint),
        Command::Script { file_name, words, token, .. } => {
            let path = format!("{SCRIPT_PATH}/{file_name}");
            (std::iter::once(path).chain(words.iter().cloned()).collect(), token, false)
        }
    };
    let found = words(&typed, token, items.map(Items::columns)).map_err(code_problem)?;
    let program = match keep_entrypoint {
        true => Program::Unknown(Some(found.words)),
        false => Program::Typed(found.words),
    };
    Ok((program, keep_entrypoint, found.left_to))
}

/// A placeholder where an item would become code, and what to write instead.
pub(super) fn code_problem(error: CodeError) -> Problem {
    let problem = Problem::new(error.to_string());
    match error.safe {
        Some(safe) => problem.hint(safe),
        None => problem.hint("pass the item to the program as an argument of its own, behind it"),
    }
}

/// The command of a file and its arguments; empty where it names none.
fn kept_words(container: &Value) -> Vec<String> {
    let strings = |key: &str| container[key].as_array().into_iter().flatten().filter_map(Value::as_str);
    match strings("command").next() {
        Some(_) => strings("command").chain(strings("args")).map(str::to_owned).collect(),
        None => vec![],
    }
}

/// The command of a file, if it names one.
fn kept(manifest: &Manifest) -> Program {
    let words = kept_words(manifest.container());
    let word = |word: String| if word.is_empty() { vec![] } else { vec![Piece::Text(word)] };
    match words.is_empty() {
        true => Program::Unknown(None),
        false => Program::Kept(words.into_iter().map(word).collect()),
    }
}

fn variables(plan: &Plan, numbering: &Numbering) -> Vec<(String, Source)> {
    let mut variables = Vec::new();
    if numbering.set().is_some() {
        let array = matches!(plan.work, Some(Work::Array(_))).then_some(SLURM_TASK);
        let asked = plan.delivery.index_env.iter().map(String::as_str);
        let numbers = std::iter::once(INDEX).chain(array).chain(asked);
        variables.extend(numbers.map(|name| (name.to_owned(), Source::Number)));
    }
    variables.extend(plan.delivery.item_env.iter().cloned());
    variables
}

#[cfg(test)]
mod tests {
    use super::super::super::{build, from_file};
    use super::*;
    use crate::plan::sample;

    fn items() -> Work {
        Work::Items(Items::single(vec![b"a".to_vec(), b"b".to_vec()]).unwrap())
    }

    #[track_caller]
    fn refused(plan: &Plan, want: &str) {
        let problem = build(plan, "abcde").unwrap_err().to_string();
        assert!(problem.contains(want), "{problem}");
    }

    #[test]
    fn an_item_in_a_variable_becomes_no_code_either() {
        let with = |command: &[&str], env: &[(&str, &str)]| {
            let mut plan = sample(items(), command);
            plan.delivery.item_env = vec![("F".to_owned(), Source::Item)];
            plan.pod.env = env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            plan
        };
        let want = "$(F) is inside the program that sh runs, where an item would become code";
        refused(&with(&["sh", "-c", "gzip $(F)"], &[]), want);
        refused(&with(&["sh", "-c", "x $(G)"], &[("G", "-$(F)-")]), "$(G) is inside the program that sh runs");
        assert!(build(&with(&["sh", "-c", "gzip \"$F\"; echo $$(F) $(date)"], &[]), "abcde").is_ok());
        assert!(build(&with(&["gzip", "$(F)"], &[]), "abcde").is_ok());
    }

    #[test]
    fn nor_by_the_command_of_a_file() {
        let file = json!({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "x"}, "spec": {"template": {"spec": {
            "containers": [{"name": "w", "image": "i", "command": ["sh", "-c"], "args": ["gzip $(F)"]}]}}}});
        let mut plan = Plan { base: from_file(vec![file]).unwrap(), ..sample(items(), &[]) };
        plan.delivery.item_env = vec![("F".to_owned(), Source::Item)];
        refused(&plan, "$(F) is inside the program that sh runs");
    }

    #[test]
    fn the_index_cannot_be_taken_away() {
        let mut plan = sample(items(), &["x"]);
        plan.pod.env = vec![(INDEX.to_owned(), "0".to_owned())];
        refused(&plan, "JOB_COMPLETION_INDEX tells each task which one it is");
    }

    #[test]
    fn a_file_that_sets_the_index_finds_its_items_by_another_name() {
        let env = json!([{"name": INDEX, "value": "0"}]);
        let file = json!({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "x"}, "spec": {"template": {"spec": {
            "containers": [{"name": "w", "image": "i", "env": env}]}}}});
        let plan = Plan { base: from_file(vec![file]).unwrap(), ..sample(items(), &[]) };
        let (objects, _) = build(&plan, "abcde").unwrap();
        let worker = &objects.job["spec"]["template"]["spec"]["containers"][0];
        assert_eq!(worker["env"][0]["name"], OWN_INDEX);
        assert_eq!(worker["volumeMounts"][0]["subPathExpr"], "$(INDEXEDJOB_INDEX)");
    }

    #[test]
    fn numbers_are_not_laid_over_numbers() {
        let (objects, _) = build(&sample(Work::Array("1-10".parse().unwrap()), &["x"]), "abcde").unwrap();
        let base = from_file(vec![objects.job]).unwrap();
        let again = Plan { base: base.clone(), ..sample(Work::Array("1-20".parse().unwrap()), &[]) };
        refused(&again, "the Job of the file has tasks with numbers of their own");
        let mut asks = Plan { base, work: None, ..sample(Work::Completions(1), &[]) };
        asks.delivery.index_env = vec!["N".to_owned()];
        refused(&asks, "numbers of their own already");
    }

    #[test]
    fn a_word_that_no_program_could_be_given_is_refused() {
        let items = Work::Items(Items::single(vec![vec![b'x'; 100 << 10]]).unwrap());
        refused(&sample(items, &["x", "{}{}"]), "with item 0 a word of the command is longer than 127 KiB");
    }
}
