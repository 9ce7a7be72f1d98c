//! The directives of a script as flags: they come before those of the command line, which wins.

use std::ffi::OsString;

use clap::{Arg, ArgAction, ArgMatches, CommandFactory};
use indexedjob_core::plan::Command;
use indexedjob_core::work::{Directives, Token};

use super::super::{Cli, Setting, Stop, Usage, Verb};
use super::CreateArgs;

/// The kinds of work, of which one is given: a directive of one kind gives way to a flag of another.
const WORK: &str = "work";

/// The command line as it was typed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Line {
    words: Vec<OsString>,
    /// The flags in it, by clap's names.
    given: Vec<String>,
    /// The defaults that held for it.
    defaults: Vec<Setting>,
}

impl CreateArgs {
    /// Keeps the line that these arguments come from, for the directives of a script, and tells flags of each other.
    pub(in crate::cli) fn typed(&mut self, words: &[OsString], matches: &ArgMatches, defaults: &[Setting]) {
        let is_typed =
            |id: &&clap::Id| matches.value_source(id.as_str()) == Some(clap::parser::ValueSource::CommandLine);
        let given = matches.ids().filter(is_typed).map(|id| id.as_str().to_owned());
        self.stay.typed(self.output, matches);
        self.line = Line { words: words.to_vec(), given: given.collect(), defaults: defaults.to_vec() };
    }

    /// The same line with the directives of the script `file` before it.
    pub(crate) fn with_directives(self, file: &str, found: Directives) -> Result<Self, Usage> {
        let name = found.name.filter(|_| self.name.is_none());
        let directives = self.line.left_open(found.args);
        let (head, tail) = self.line.around_verb();
        let words = head.iter().cloned().chain(directives.iter().map(Into::into));
        let whole = words.clone().chain(name.map(Into::into)).chain(tail.iter().cloned());
        let read = |words| parsed(words, &self.line.defaults);
        let args = read(whole.collect()).map_err(|usage| match read(words.collect()) {
            // Alone they show whether it is the script or the line that is wrong.
            Err(usage) => Usage { message: format!("{file}: {}", usage.message), ..usage },
            Ok(_) => usage,
        })?;
        Ok(Self { line: self.line, ..args })
    }
}

fn parsed(words: Vec<OsString>, defaults: &[Setting]) -> Result<CreateArgs, Usage> {
    match super::super::parse_with(words, defaults) {
        Ok(Cli { verb: Verb::Create(args), .. }) => Ok(*args),
        Ok(_) => Err(Usage::new("a directive cannot change the verb")),
        Err(Stop::Usage(usage)) => Err(usage),
        Err(Stop::Print(_)) => Err(Usage::new("a directive cannot ask for help")),
    }
}

impl Line {
    /// Does the flag `winner` hold against `loser`, which only a script has given? Both by clap's ids.
    pub(super) fn wins(&self, winner: &str, loser: &str) -> bool {
        let is_given = |id: &str| self.given.iter().any(|given| given == id);
        is_given(winner) && !is_given(loser)
    }

    /// What stands up to the verb, and what stands behind it.
    fn around_verb(&self) -> (&[OsString], &[OsString]) {
        let command = Cli::command();
        let takes_value = |word: &OsString| {
            let word = word.to_string_lossy();
            arg_of(&command, &word).is_some_and(|arg| !word.contains('=') && arg.get_action().takes_values())
        };
        let verb = (1..self.words.len()).find(|at| self.words[*at] == "create" && !takes_value(&self.words[at - 1]));
        self.words.split_at(verb.map_or(self.words.len(), |at| at + 1))
    }

    /// The words of those directives that the line leaves open; of several that set one value, the last.
    fn left_open(&self, directives: Vec<Vec<String>>) -> Vec<String> {
        let command = Cli::command();
        let Some(create) = command.find_subcommand("create") else { return vec![] };
        let in_work = |id: &str| {
            let group = create.get_groups().find(|group| group.get_id() == WORK);
            group.is_some_and(|group| group.get_args().any(|arg| arg == id))
        };
        let work_is_given = self.given.iter().any(|id| in_work(id));
        let mut open: Vec<(Option<String>, Vec<String>)> = Vec::new();
        for words in directives {
            let arg = words.first().and_then(|word| arg_of(create, word));
            let single = arg.filter(|arg| !matches!(arg.get_action(), ArgAction::Append));
            let id = single.map(|arg| arg.get_id().to_string());
            let is_given = id.as_ref().is_some_and(|id| self.given.contains(id));
            let is_other_work = work_is_given && arg.is_some_and(|arg| in_work(arg.get_id().as_str()));
            if is_given || is_other_work {
                continue;
            }
            open.retain(|(other, _)| other.is_none() || *other != id);
            open.push((id, words));
        }
        open.into_iter().flat_map(|(_, words)| words).collect()
    }
}

/// The flag that `word` is: `--flag`, `--flag=value`, `-f`, `-fvalue`.
fn arg_of<'a>(command: &'a clap::Command, word: &str) -> Option<&'a Arg> {
    let long = word.strip_prefix("--").map(|long| long.split('=').next().unwrap_or(long));
    let short = word.strip_prefix('-').and_then(|short| short.chars().next()).filter(|_| long.is_none());
    command.get_arguments().find(|arg| match long {
        Some(long) => arg.get_long() == Some(long),
        None => short.is_some() && arg.get_short() == short,
    })
}

/// The script of this path, which holds `content`, with these arguments.
pub(super) fn command(path: &str, content: Vec<u8>, words: Vec<String>, token: Token) -> Command {
    Command::Script { file_name: file_name(path), content, words, token }
}

/// The last part of the path of a script, as a key of a `ConfigMap`.
fn file_name(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let name: String = name.chars().map(|c| if allowed(c) { c } else { '_' }).collect();
    let is_key = !name.is_empty() && name.len() <= 253 && !name.starts_with("..") && name != "." && name != "-";
    if is_key { name } else { "script".to_owned() }
}

#[cfg(test)]
mod tests {
    use indexedjob_core::plan::{Features, Plan};

    use super::super::super::parse;
    use super::*;

    fn with(line: &str, script: &str) -> Result<CreateArgs, Usage> {
        let words = std::iter::once("kubectl-indexedjob").chain(line.split_whitespace()).map(Into::into);
        let Ok(Cli { verb: Verb::Create(args), .. }) = parse(words) else { panic!("{line}") };
        args.with_directives("run.sh", indexedjob_core::work::directives(script.as_bytes()).unwrap())
    }

    fn plan(args: CreateArgs) -> Result<Plan, Usage> {
        args.plan(super::super::Inputs::default(), None, Features::unasked())
    }

    fn job(args: CreateArgs) -> (String, u32, Option<u32>) {
        let plan = plan(args).unwrap();
        (plan.name.unwrap().as_str().to_owned(), plan.work.unwrap().completions(), plan.job.parallelism)
    }

    const SCRIPT: &str = "#!/bin/sh\n#INDEXEDJOB --parallelism 4 --array 1-3\n#SBATCH -J theirs\necho\n";

    #[test]
    fn directives_are_flags() {
        let args = with("create --image i --script run.sh", SCRIPT).unwrap();
        assert_eq!(job(args), ("theirs".into(), 3, Some(4)));
    }

    #[test]
    fn the_command_line_wins() {
        let args = with("-n create create mine --image=i --script=run.sh --parallelism=2 --completions 9 -- a", SCRIPT);
        assert_eq!(job(args.unwrap()), ("mine".into(), 9, Some(2)));
    }

    #[test]
    fn the_command_line_wins_over_the_other_way_to_say_how_many_at_once() {
        let array = "#!/bin/sh\n#SBATCH --array=1-100%4\n";
        let args = with("create x --image=i --script=run.sh --parallelism 2", array).unwrap();
        assert_eq!(job(args), ("x".into(), 100, Some(2)));
        let args = with("create x --image=i --script=run.sh --array=1-9%3", SCRIPT).unwrap();
        assert_eq!(job(args), ("x".into(), 9, Some(3)));
        let both = "#!/bin/sh\n#SBATCH --array=1-100%4\n#INDEXEDJOB --parallelism 2\n";
        let usage = plan(with("create x --image=i --script=run.sh", both).unwrap()).unwrap_err();
        assert_eq!(usage.message, "--parallelism 2 and %4 of --array contradict each other");
    }

    #[test]
    fn the_command_line_wins_over_resources_of_a_script() {
        let pod = |line: &str, script: &str| {
            let args = with(&format!("create x --image=i --array=1 --script=run.sh {line}"), script).unwrap();
            args.check().map(|()| plan(args).unwrap().pod)
        };
        let memory = pod("--limits memory=8Gi", "#!/bin/sh\n#SBATCH --mem=16G\n").unwrap();
        assert_eq!((memory.limits.last().unwrap().1.as_str(), memory.requests), ("8Gi", vec![]));
        let gpus = pod("--limits nvidia.com/gpu=1", "#!/bin/sh\n#SBATCH --gpus=2\n").unwrap();
        assert_eq!(gpus.limits.last().unwrap().1, "1");
        let lost = pod("--gpus=2", "#!/bin/sh\n#INDEXEDJOB --limits nvidia.com/gpu=1\n").unwrap_err();
        assert_eq!(lost.message, "--gpus 2 and --limits nvidia.com/gpu=1 contradict each other");
    }

    #[test]
    fn a_wrong_directive_names_the_script() {
        let usage = with("create x --script run.sh", "#!/bin/sh\n#INDEXEDJOB --paralelism 4\n").unwrap_err();
        assert_eq!(usage.message, "run.sh: unexpected argument '--paralelism' found");
    }

    #[test]
    fn a_directive_may_need_a_flag_of_the_line() {
        let queue = "#!/bin/sh\n#INDEXEDJOB --queue team --parallelism 8\n";
        let args = with("create x --image=i --completions=9 --script=run.sh --parallelism=4", queue).unwrap();
        let plan = plan(args).unwrap();
        assert_eq!((plan.job.queue.as_deref(), plan.job.parallelism), (Some("team"), Some(4)));
        let other = with("create x --script run.sh --array 1", "#!/bin/sh\n#INDEXEDJOB --filename f\n").unwrap_err();
        assert_eq!(other.message, "the argument '--filename <FILE>' cannot be used with '--script <FILE>'");
    }

    #[test]
    fn scripts_keep_their_names() {
        assert_eq!(file_name("/a/run.sh"), "run.sh");
        assert_eq!(file_name("my run.sh"), "my_run.sh");
        assert_eq!((file_name("-"), file_name("..x")), ("script".into(), "script".into()));
    }
}
