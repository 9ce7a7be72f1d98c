//! Defaults that a user sets once: which flags may have one, and how they get it. A flag that is given comes first, then a
//! variable, then the file.
//!
//! They are about how the program speaks. What a Job is made of has none, so that the same command makes the same Job for
//! everybody.

use std::path::Path;

use clap::builder::StyledStr;
use clap::{Arg, Command};

use super::Usage;

/// The flags that may have one.
const FLAGS: &[&str] = &[
    "color",
    "max-log-requests",
    "order",
    "prefix",
    "progress",
    "progress-interval",
    "request-timeout",
    "timestamps",
    "v",
    "warnings-as-errors",
];

/// What the names of variables begin with.
pub(crate) const PREFIX: &str = "KUBECTL_INDEXEDJOB_";
/// What else has a name that begins so: the place of the file.
pub(crate) const FILE: &str = "KUBECTL_INDEXEDJOB_CONFIG";

/// The default of a flag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Setting {
    /// The flag, without dashes before it.
    flag: String,
    /// Its value, as after the flag.
    value: String,
    /// The variable, or the file with the key.
    origin: String,
}

impl Setting {
    /// From a variable.
    pub(crate) fn of_variable(name: &str, value: &str) -> Result<Self, Usage> {
        let flag = name.strip_prefix(PREFIX).unwrap_or(name).to_ascii_lowercase().replace('_', "-");
        if FLAGS.contains(&flag.as_str()) {
            return Ok(Self { flag, value: value.to_owned(), origin: name.to_owned() });
        }
        let known = FLAGS.iter().map(|flag| variable(flag)).collect::<Vec<_>>().join(", ");
        Err(Usage::new(format!("{name} is no setting")).hint(format!("there are {known}, {FILE}")))
    }

    /// From a key of a file.
    pub(crate) fn of_key(file: &Path, key: &str, value: String) -> Result<Self, Usage> {
        let file = file.display();
        if FLAGS.contains(&key) {
            return Ok(Self { flag: key.to_owned(), value, origin: format!("{file}: {key}") });
        }
        Err(Usage::new(format!("{file}: {key} is no setting")).hint(format!("there are {}", FLAGS.join(", "))))
    }
}

fn variable(flag: &str) -> String {
    format!("{PREFIX}{}", flag.to_ascii_uppercase().replace('-', "_"))
}

/// `command` with these defaults, later ones before earlier ones; the help says of each flag how to set its own.
pub(super) fn apply(command: Command, settings: &[Setting]) -> Result<Command, Usage> {
    let verbs: Vec<String> = command.get_subcommands().map(|verb| verb.get_name().to_owned()).collect();
    let mut command = named(command);
    for verb in &verbs {
        command = command.mut_subcommand(verb, named);
    }
    for setting in settings {
        let has_it = |command: &Command| flag_of(command, &setting.flag).cloned();
        let first = has_it(&command).or_else(|| command.get_subcommands().find_map(has_it));
        check(setting, first.as_ref())?;
        command = with(command, setting);
        for verb in &verbs {
            command = command.mut_subcommand(verb, |verb| with(verb, setting));
        }
    }
    Ok(command)
}

fn flag_of<'a>(command: &'a Command, flag: &str) -> Option<&'a Arg> {
    command.get_arguments().find(|arg| arg.get_long() == Some(flag))
}

fn with(command: Command, setting: &Setting) -> Command {
    match flag_of(&command, &setting.flag).map(|arg| arg.get_id().clone()) {
        Some(id) => command.mut_arg(id, |arg| arg.default_value(setting.value.clone())),
        None => command,
    }
}

/// Says of every flag that may have a default which variable sets it.
fn named(command: Command) -> Command {
    let ids = FLAGS.iter().filter_map(|flag| Some((flag_of(&command, flag)?.get_id().clone(), variable(flag))));
    let ids: Vec<_> = ids.collect();
    ids.into_iter().fold(command, |command, (id, variable)| {
        command.mut_arg(id, |arg| {
            let help = arg.get_help().map(StyledStr::to_string).unwrap_or_default();
            arg.help(format!("{help} [env: {variable}]"))
        })
    })
}

/// Would the flag take this value? clap checks defaults, too, but then speaks of a flag that nobody has given.
fn check(setting: &Setting, flag: Option<&Arg>) -> Result<(), Usage> {
    let Setting { value, origin, .. } = setting;
    let Some(flag) = flag else { return Ok(()) };
    let line = ["settings".to_owned(), format!("--{}={value}", setting.flag)];
    let tried = Command::new("settings").arg(flag.clone()).try_get_matches_from(line);
    tried.map(drop).map_err(|error| {
        let text = error.to_string();
        let said = text.strip_prefix("error: ").unwrap_or(&text);
        let said = said.lines().take_while(|line| !line.trim().is_empty()).map(str::trim).collect::<Vec<_>>().join(" ");
        Usage::new(format!("{origin}: {said}"))
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::super::{Cli, ColorArg, Stop, Verb, parse_with};
    use super::*;

    fn set(name: &str, value: &str) -> Setting {
        Setting::of_variable(name, value).unwrap()
    }

    fn parsed(line: &[&str], settings: &[Setting]) -> Cli {
        let words = ["kubectl-indexedjob"].iter().chain(line).map(Into::into);
        parse_with(words, settings).unwrap_or_else(|stop| panic!("{line:?}: {stop:?}"))
    }

    #[test]
    fn every_flag_that_may_have_a_default_is_there() {
        let command = Cli::command();
        for flag in FLAGS {
            let has_it = |command: &Command| flag_of(command, flag).is_some();
            assert!(has_it(&command) || command.get_subcommands().any(has_it), "{flag}");
        }
    }

    #[test]
    fn a_flag_comes_before_a_variable_and_a_variable_before_the_file() {
        let file = Setting::of_key(Path::new("/c"), "color", "never".to_owned()).unwrap();
        let variable = set("KUBECTL_INDEXEDJOB_COLOR", "always");
        let color = |line: &[&str], settings: &[Setting]| parsed(line, settings).color;
        assert_eq!(color(&["list"], &[]), ColorArg::Auto);
        assert_eq!(color(&["list"], std::slice::from_ref(&file)), ColorArg::Never);
        assert_eq!(color(&["list"], &[file.clone(), variable.clone()]), ColorArg::Always);
        assert_eq!(color(&["list", "--color=auto"], &[file, variable]), ColorArg::Auto);
    }

    #[test]
    fn a_default_conflicts_with_nothing() {
        let settings = [set("KUBECTL_INDEXEDJOB_PREFIX", "always"), set("KUBECTL_INDEXEDJOB_TIMESTAMPS", "true")];
        let Verb::Logs(args) = parsed(&["logs", "x", "--save", "d"], &settings).verb else { panic!("logs") };
        assert!(args.save.is_some());
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let usage = Setting::of_key(Path::new("/c"), "colour", "x".to_owned()).unwrap_err();
        assert_eq!(usage.message, "/c: colour is no setting");
        let usage = Setting::of_variable("KUBECTL_INDEXEDJOB_COLOUR", "x").unwrap_err();
        assert_eq!(usage.message, "KUBECTL_INDEXEDJOB_COLOUR is no setting");
        let wrong = [set("KUBECTL_INDEXEDJOB_MAX_LOG_REQUESTS", "none")];
        match parse_with(["kubectl-indexedjob", "list"].map(Into::into), &wrong) {
            Err(Stop::Usage(usage)) => assert!(
                usage.message.starts_with("KUBECTL_INDEXEDJOB_MAX_LOG_REQUESTS: invalid value 'none' for"),
                "{usage:?}"
            ),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn help_says_which_variable_sets_a_flag() {
        match parse_with(["kubectl-indexedjob", "logs", "--help"].map(Into::into), &[]) {
            Err(Stop::Print(help)) => assert!(help.contains("KUBECTL_INDEXEDJOB_MAX_LOG_REQUESTS]"), "{help}"),
            other => panic!("{other:?}"),
        }
    }
}
