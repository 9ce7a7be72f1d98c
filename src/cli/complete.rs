//! A line that is being typed: what may stand in the place of its last word.
//!
//! It is read here and not by `clap_complete`'s own engine, since what the cluster knows (the indexes of which Job, in
//! which namespace) hangs on the words before, which that engine does not pass on.

use std::ffi::OsString;

use clap::builder::PossibleValue;
use clap::{Arg, ArgAction, Args as _, Command, CommandFactory, Parser};

use super::{Cli, ConnectionArgs};

/// Flags whose value is a file of this machine, and a directory.
const FILES: &[&str] =
    &["filename", "script", "items_from", "kubeconfig", "certificate_authority", "client_certificate", "client_key"];
const DIRECTORIES: &[&str] = &["save"];

/// The name by which kubectl asks for completions, and the verb by which a script of two lines does.
const PROGRAM: &str = "kubectl_complete-indexedjob";
const VERB: &str = "__complete";

/// One possible word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Candidate {
    /// The word, or the list up to and with it.
    pub(crate) word: String,
    /// What it is; may be empty.
    pub(crate) about: String,
}

impl Candidate {
    pub(crate) fn new(word: impl Into<String>, about: impl Into<String>) -> Self {
        Self { word: word.into(), about: about.into() }
    }
}

/// What may stand there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// One of these.
    Words(Vec<Candidate>),
    /// What only the cluster or the kubeconfig knows; the word begins with `typed`, and before it stands `before`.
    Live {
        /// Of which kind.
        what: Live,
        /// The parts of a list that are there already, with their comma.
        before: String,
        /// How the part to be completed begins.
        typed: String,
    },
    /// A file of this machine.
    Files,
    /// A directory of this machine.
    Directories,
}

/// What only the cluster or the kubeconfig knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Live {
    /// Jobs.
    Jobs,
    /// Numbers of tasks of a Job.
    Numbers,
    /// Why tasks of a Job failed or do not start.
    Reasons,
    /// Exit codes of a Job's failed tasks.
    ExitCodes,
    /// Containers of a Job's pods.
    Containers,
    /// Namespaces.
    Namespaces,
    /// Contexts of the kubeconfig.
    Contexts,
    /// Clusters of the kubeconfig.
    Clusters,
    /// Users of the kubeconfig.
    Users,
}

/// A line that is being typed.
#[derive(Clone, Debug)]
pub(crate) struct Typing {
    /// The verb; None before there is one.
    pub(crate) verb: Option<String>,
    /// The words that are neither flags nor their values.
    pub(crate) names: Vec<String>,
    /// The connection flags before the last word.
    pub(crate) connection: ConnectionArgs,
    /// What may stand in the place of the last word.
    pub(crate) wanted: Wanted,
}

/// The words to be completed, the last one perhaps empty; None where the program was called to do something else.
pub(crate) fn words(args: &[OsString]) -> Option<Vec<String>> {
    let stem = args.first().and_then(|program| std::path::Path::new(program).file_stem());
    let rest = match args.get(1) {
        _ if stem.is_some_and(|stem| stem == PROGRAM) => &args[1..],
        Some(verb) if verb == VERB => &args[2..],
        _ => return None,
    };
    Some(rest.iter().map(|word| word.to_string_lossy().into_owned()).collect())
}

/// Reads the line.
pub(crate) fn typing(words: &[String]) -> Typing {
    let mut root = Cli::command();
    root.build();
    let (last, before) = words.split_last().map_or(("", words), |(last, before)| (last.as_str(), before));
    let mut reader = Reader::new(&root);
    for word in before {
        reader.read(word);
    }
    let wanted = reader.wanted(last);
    let Reader { verb, names, connection, .. } = reader;
    let verb = verb.map(|verb| verb.get_name().to_owned());
    Typing { verb, names, connection: connection_of(connection), wanted }
}

/// The connection flags alone: the line is not yet one that clap would take.
fn connection_of(flags: Vec<String>) -> ConnectionArgs {
    #[derive(Parser)]
    struct Flags {
        #[command(flatten)]
        connection: ConnectionArgs,
    }
    let line = std::iter::once("kubectl-indexedjob".to_owned()).chain(flags);
    Flags::try_parse_from(line).map(|flags| flags.connection).unwrap_or_default()
}

/// Reads a line word by word.
struct Reader<'a> {
    root: &'a Command,
    verb: Option<&'a Command>,
    names: Vec<String>,
    /// `--flag=value` of every connection flag.
    connection: Vec<String>,
    /// The flags that need not be offered again.
    given: Vec<&'a str>,
    /// The flag whose value comes next.
    pending: Option<&'a Arg>,
    /// Has `--` come?
    escaped: bool,
}

impl<'a> Reader<'a> {
    fn new(root: &'a Command) -> Self {
        let (names, connection, given) = (Vec::new(), Vec::new(), Vec::new());
        Self { root, verb: None, names, connection, given, pending: None, escaped: false }
    }

    fn command(&self) -> &'a Command {
        self.verb.unwrap_or(self.root)
    }

    fn read(&mut self, word: &str) {
        if let Some(flag) = self.pending.take() {
            return self.value(flag, word);
        }
        if self.escaped {
            return;
        }
        if word == "--" {
            self.escaped = true;
        } else if let Some(long) = word.strip_prefix("--") {
            let (name, value) = long.split_once('=').map_or((long, None), |(name, value)| (name, Some(value)));
            if let Some(flag) = self.long(name) {
                self.flag(flag, value);
            }
        } else if let Some(short) = word.strip_prefix('-').filter(|short| !short.is_empty()) {
            self.shorts(short);
        } else if let (None, Some(verb)) = (self.verb, self.root.find_subcommand(word)) {
            self.verb = Some(verb);
        } else {
            self.names.push(word.to_owned());
        }
    }

    fn long(&self, name: &str) -> Option<&'a Arg> {
        let is = |arg: &&Arg| arg.get_long_and_visible_aliases().is_some_and(|names| names.contains(&name));
        self.command().get_arguments().find(is)
    }

    /// `-wl app=x`: flags without a value, and perhaps one with.
    fn shorts(&mut self, word: &str) {
        let mut rest = word.chars();
        while let Some(letter) = rest.next() {
            let Some(flag) = self.command().get_arguments().find(|arg| arg.get_short() == Some(letter)) else { return };
            if takes_next(flag) {
                let value = rest.as_str();
                let value = value.strip_prefix('=').unwrap_or(value);
                return self.flag(flag, Some(value).filter(|value| !value.is_empty()));
            }
            self.flag(flag, None);
        }
    }

    fn flag(&mut self, flag: &'a Arg, value: Option<&str>) {
        match value {
            Some(value) => self.value(flag, value),
            None if takes_next(flag) => self.pending = Some(flag),
            None => self.value(flag, "true"),
        }
    }

    fn value(&mut self, flag: &'a Arg, value: &str) {
        let Some(long) = flag.get_long() else { return };
        if !matches!(flag.get_action(), ArgAction::Append) {
            self.given.push(long);
        }
        let of_connection = ConnectionArgs::augment_args(Command::new("connection"));
        if of_connection.get_arguments().any(|known| known.get_long() == Some(long)) {
            self.connection.push(format!("--{long}={value}"));
        }
    }

    /// What may stand in the place of `last`.
    fn wanted(&self, last: &str) -> Wanted {
        if let Some(flag) = self.pending {
            return of_value(flag, last);
        }
        if self.escaped {
            return Wanted::Files;
        }
        match last.strip_prefix("--").and_then(|flag| flag.split_once('=')) {
            Some((name, value)) => self.long(name).map_or(Wanted::Words(vec![]), |flag| of_value(flag, value)),
            None if last.starts_with('-') => Wanted::Words(self.flags(last)),
            None => match self.verb {
                None => Wanted::Words(self.verbs(last)),
                Some(verb) => self.positional(verb).map_or(Wanted::Words(vec![]), |name| of_value(name, last)),
            },
        }
    }

    fn verbs(&self, typed: &str) -> Vec<Candidate> {
        let verbs = self.root.get_subcommands().filter(|verb| !verb.is_hide_set());
        let verbs = verbs.map(|verb| Candidate::new(verb.get_name(), about(verb.get_about())));
        verbs.filter(|verb| verb.word.starts_with(typed)).collect()
    }

    fn flags(&self, typed: &str) -> Vec<Candidate> {
        let flags = self.command().get_arguments().filter(|flag| !flag.is_hide_set());
        let flags = flags.filter_map(|flag| Some((flag.get_long()?, flag)));
        let flags = flags.filter(|(long, _)| !self.given.contains(long));
        let flags = flags.map(|(long, flag)| Candidate::new(format!("--{long}"), about(flag.get_help())));
        flags.filter(|flag| flag.word.starts_with(typed)).collect()
    }

    /// The next of the verb's words that are no flags.
    fn positional(&self, verb: &'a Command) -> Option<&'a Arg> {
        let takes_more = |arg: &&Arg| arg.get_num_args().is_some_and(|number| number.max_values() > 1);
        let next = verb.get_positionals().nth(self.names.len());
        next.or_else(|| verb.get_positionals().find(takes_more)).filter(|arg| !arg.is_last_set())
    }
}

/// Is the word after this flag its value?
fn takes_next(flag: &Arg) -> bool {
    let takes_values = flag.get_num_args().is_some_and(|number| number.takes_values());
    takes_values && !flag.is_require_equals_set()
}

/// What may stand as the value of `arg`, of which `typed` is there.
fn of_value(arg: &Arg, typed: &str) -> Wanted {
    let id = arg.get_id().as_str();
    let list = arg.get_value_delimiter().is_some() || id == "index";
    let (before, typed) = match typed.rfind(',').filter(|_| list) {
        Some(comma) => typed.split_at(comma + 1),
        None => ("", typed),
    };
    let what = match id {
        "name" | "names" => Live::Jobs,
        "index" => Live::Numbers,
        "reason" => Live::Reasons,
        "exit_code" => Live::ExitCodes,
        "container" => Live::Containers,
        "namespace" => Live::Namespaces,
        "context" => Live::Contexts,
        "cluster" => Live::Clusters,
        "user" => Live::Users,
        "goal" => return Wanted::Words(goals(typed)),
        _ if FILES.contains(&id) => return Wanted::Files,
        _ if DIRECTORIES.contains(&id) => return Wanted::Directories,
        _ => return Wanted::Words(possible(arg, before, typed)),
    };

    Wanted::Live { what, before: before.to_owned(), typed: typed.to_owned() }
}

/// What can be waited for; the shell goes on with the word after a `=`.
const GOALS: [(&str, &str); 7] = [
    ("complete", "the Job has succeeded"),
    ("failed", "the Job has failed"),
    ("finished", "the Job has ended, whichever way"),
    ("running", "a pod of it runs"),
    ("suspended", "the Job is suspended"),
    ("succeeded=", "so many indexes have succeeded: 10 or 90%"),
    ("failed=", "so many indexes have failed: 10 or 5%"),
];

fn goals(typed: &str) -> Vec<Candidate> {
    let goals = GOALS.iter().filter(|(goal, _)| goal.starts_with(typed));
    goals.map(|(goal, about)| Candidate::new(*goal, *about)).collect()
}

/// Those of the values of `arg` that are not in the list yet.
fn possible(arg: &Arg, before: &str, typed: &str) -> Vec<Candidate> {
    let values = arg.get_possible_values();
    let is_new = |value: &&PossibleValue| !before.split(',').any(|there| there == value.get_name());
    let values = values.iter().filter(|value| !value.is_hide_set() && value.get_name().starts_with(typed));
    let values = values.filter(is_new);
    values.map(|value| Candidate::new(format!("{before}{}", value.get_name()), about(value.get_help()))).collect()
}

/// The first line of a help text.
fn about(help: Option<&clap::builder::StyledStr>) -> String {
    help.map(ToString::to_string).unwrap_or_default().lines().next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(line: &[&str]) -> Typing {
        typing(&line.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>())
    }

    #[track_caller]
    fn offers(line: &[&str], want: &[&str]) {
        let Wanted::Words(words) = typed(line).wanted else { panic!("{line:?}: {:?}", typed(line).wanted) };
        assert_eq!(words.iter().map(|it| it.word.as_str()).collect::<Vec<_>>(), want, "{line:?}");
    }

    #[track_caller]
    fn asks(line: &[&str], what: Live, before: &str, begun: &str) {
        let want = Wanted::Live { what, before: before.to_owned(), typed: begun.to_owned() };
        assert_eq!(typed(line).wanted, want, "{line:?}");
    }

    #[test]
    fn verbs_flags_and_values_begin_as_typed() {
        offers(&["de"], &["describe", "delete"]);
        offers(&["-n", "science", "wa"], &["wait"]);
        offers(&["wait", "--prog"], &["--progress", "--progress-interval"]);
        offers(&["wait", "--progress=plain", "--progress"], &["--progress-interval"]);
        offers(&["wait", "--progress", "p"], &["plain"]);
        offers(&["wait", "--progress=p"], &["plain"]);
        offers(&["status", "x", "--state", "failed,r"], &["failed,running", "failed,retrying"]);
        offers(&["status", "x", "--state", "failed,f"], &[]);
        offers(&["list", ""], &[]);
        offers(&["completion", "z"], &["zsh"]);
        offers(&["wait", "x", "--for", "f"], &["failed", "finished", "failed="]);
        offers(&["wait", "x", "--for=su"], &["suspended", "succeeded="]);
        offers(&["wait", "--nosuch"], &[]);
        offers(&["wait", "--nosuch=x"], &[]);
    }

    #[test]
    fn what_is_offered_to_wait_for_can_be_waited_for() {
        for (goal, _) in GOALS {
            let whole = if goal.ends_with('=') { format!("{goal}1") } else { goal.to_owned() };
            assert!(whole.parse::<indexedjob_core::goal::Goal>().is_ok(), "{goal}");
        }
    }

    #[test]
    fn nothing_that_is_hidden_is_offered() {
        let Wanted::Words(all) = typed(&[""]).wanted else { panic!("verbs are words") };
        assert!(all.iter().all(|verb| !verb.word.starts_with('_') && !verb.about.is_empty()), "{all:?}");
    }

    #[test]
    fn what_only_the_cluster_knows_is_asked() {
        asks(&["wait", ""], Live::Jobs, "", "");
        asks(&["wait", "one", "t"], Live::Jobs, "", "t");
        asks(&["logs", "x", "--index", "3,1"], Live::Numbers, "3,", "1");
        asks(&["logs", "x", "--index=3"], Live::Numbers, "", "3");
        asks(&["retry", "--reason=Error,O"], Live::Reasons, "Error,", "O");
        asks(&["logs", "x", "--exit-code", "1,"], Live::ExitCodes, "1,", "");
        asks(&["logs", "x", "-c", "w"], Live::Containers, "", "w");
        asks(&["-n", ""], Live::Namespaces, "", "");
        asks(&["wait", "--context", "d"], Live::Contexts, "", "d");
    }

    #[test]
    fn files_are_left_to_the_shell() {
        assert_eq!(typed(&["create", "-f", ""]).wanted, Wanted::Files);
        assert_eq!(typed(&["create", "x", "--items-from", "./"]).wanted, Wanted::Files);
        assert_eq!(typed(&["create", "x", "--", "r"]).wanted, Wanted::Files);
        assert_eq!(typed(&["logs", "x", "--save", ""]).wanted, Wanted::Directories);
    }

    #[test]
    fn the_words_before_say_where_to_ask() {
        let typing = typed(&["-nscience", "logs", "--follow", "--tail", "5", "x", "--context=dev", "--index", ""]);
        assert_eq!((typing.verb.as_deref(), typing.names), (Some("logs"), vec!["x".to_owned()]));
        assert_eq!(typing.connection.namespace.as_deref(), Some("science"));
        assert_eq!(typing.connection.context.as_deref(), Some("dev"));
        // A switch takes no word.
        let switch = typed(&["list", "-A", "--insecure-skip-tls-verify", "--namespace", "x", "--sort", "n"]);
        assert_eq!(switch.connection.insecure_skip_tls_verify, Some(true));
        offers(&["list", "-Ao", "w"], &["wide"]);
        // A line that clap would not take has no connection, and no end.
        assert_eq!(typed(&["wait", "--request-timeout=x", "-n", "a", ""]).connection.namespace, None);
    }

    #[test]
    fn only_two_names_ask_for_completions() {
        let words = |line: &[&str]| words(&line.iter().map(Into::into).collect::<Vec<_>>());
        let wait = Some(vec!["wait".to_owned(), String::new()]);
        assert_eq!(words(&["/usr/bin/kubectl_complete-indexedjob", "wait", ""]), wait);
        assert_eq!(words(&["kubectl-indexedjob", "__complete", "wait", ""]), wait);
        assert_eq!(words(&["kubectl-indexedjob", "wait", ""]), None);
    }
}
