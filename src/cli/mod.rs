//! The command line: clap's structs, one file per verb, and how a wrong line is explained.

mod complete;
mod connection;
mod create;
mod lifecycle;
mod list;
mod logs;
mod man;
mod name;
mod pod;
mod retry;
mod selection;
mod settings;
mod status;
mod stay;
mod usage;
mod value;
mod verbs;
mod wait;

use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

pub(crate) use complete::{Candidate, Live, Typing, Wanted, typing, words};
pub(crate) use connection::ConnectionArgs;
pub(crate) use create::{CreateArgs, DryRun, Form, Inputs, ItemsSource};
pub(crate) use lifecycle::{CancelArgs, DeleteArgs, ResumeArgs, ScaleArgs, SuspendArgs, TargetArgs, TryArgs};
pub(crate) use list::{ListArgs, ListForm};
pub(crate) use logs::{AttemptArg, LogsArgs, LogsOutput, OrderArg, PrefixArg};
pub(crate) use name::JobName;
pub(crate) use retry::{RetryArgs, ViaArg};
pub(crate) use selection::SelectionArgs;
pub(crate) use settings::{FILE as SETTINGS_FILE, PREFIX as SETTINGS_PREFIX, Setting};
pub(crate) use status::{StatusArgs, StatusForm};
pub(crate) use stay::StayArgs;
pub(crate) use usage::{Usage, pasted};
pub(crate) use verbs::{CompletionArgs, DescribeArgs, VersionArgs, VersionForm};
pub(crate) use wait::{ProgressArg, WaitArgs};

/// Kubernetes Indexed Jobs: arrays of numbered tasks, made, followed and read by index.
///
/// Exit codes: 0 done as asked; 1 the tool or the server failed; 2 wrong usage; 3 the Job ended otherwise than asked;
/// 4 no such Job, or it was deleted while waiting; 124 timed out; 130, 143 interrupted (the Job is left alone).
///
/// Flags that name a variable, [env: ...], can have a default of your own: by that variable, or by a line such as
/// "progress: plain" in ~/.config/kubectl-indexedjob/config.yaml, or in the file that `KUBECTL_INDEXEDJOB_CONFIG` names.
#[derive(Debug, Parser)]
#[command(name = "kubectl-indexedjob", version, propagate_version = false, arg_required_else_help = false)]
// Of a flag that is given twice the last holds, as in kubectl: an alias may have one.
#[command(subcommand_required = true, max_term_width = 100, args_override_self = true)]
#[command(after_help = "Begin with:
  kubectl indexedjob create greet --image busybox \\
    --items foo,bar,baz --wait -- rev /input/data.txt
  kubectl indexedjob logs greet
  kubectl indexedjob status greet
When indexes have failed:
  kubectl indexedjob logs greet --state failed
  kubectl indexedjob retry greet --wait

See kubectl indexedjob VERB -h for its flags, --help for all of them with examples.

Documentation: https://github.com/kubectl-indexedjob/kubectl-indexedjob")]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
    /// When to use colours
    #[arg(long, global = true, hide_short_help = true, value_enum, value_name = "WHEN", default_value_t = ColorArg::Auto)]
    #[arg(help_heading = "Output")]
    pub(crate) color: ColorArg,
    #[command(subcommand)]
    pub(crate) verb: Verb,
    /// The line as it was typed, without the program's name.
    #[arg(skip)]
    pub(crate) typed: Vec<OsString>,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorArg {
    /// On a terminal; `NO_COLOR`, `CLICOLOR_FORCE` and TERM=dumb are heeded
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Create an Indexed Job from flags, a script or a file
    ///
    /// What follows -- is the container's command, as in kubectl create job. A task knows its number by the variable
    /// JOB_COMPLETION_INDEX, and with items it finds its own in the file /input/data.txt; {} in the command is the item,
    /// {column} a column of it. An item never becomes code: inside the program of sh -c it is refused.
    ///
    /// In the command $(NAME) is the value of a variable of the container, as in any manifest; write $$(NAME) for the text
    /// itself. Every other $ stays as it is.
    Create(Box<CreateArgs>),
    /// Follow Jobs until they are complete, have failed or are gone
    Wait(WaitArgs),
    /// Show a Job: all that kubectl describe shows, and what it never does
    Describe(DescribeArgs),
    /// Show the Indexed Jobs of a namespace
    #[command(visible_alias = "ls")]
    List(ListArgs),
    /// Show what each index of a Job is doing
    Status(StatusArgs),
    /// Print logs by index: all, some, or one; as they are, as they come, or into files
    Logs(LogsArgs),
    // These say it in their own file.
    Cancel(CancelArgs),
    Suspend(SuspendArgs),
    Resume(ResumeArgs),
    Scale(ScaleArgs),
    Delete(DeleteArgs),
    /// Run only what failed or never ran, as a new Job in which everything else is done
    ///
    /// The tasks keep their own numbers, hostname endings and variables. Any flag of create about the pod changes it for
    /// the new Job; what follows -- replaces the command.
    Retry(Box<RetryArgs>),
    // These two say it in their own file.
    Completion(CompletionArgs),
    Version(VersionArgs),
}

impl Cli {
    /// Is it about the program alone, and not a matter of how it speaks?
    pub(crate) fn goes_without_defaults(&self) -> bool {
        match &self.verb {
            Verb::Completion(_) => true,
            Verb::Version(args) => args.client,
            _ => false,
        }
    }

    /// What to say when the verb is interrupted; None where nothing goes on without it.
    pub(crate) fn left_alone(&self) -> Option<String> {
        let given = self.connection.given();
        match &self.verb {
            Verb::Wait(args) => {
                let jobs = args.jobs();
                Some(format!("interrupted; what runs is left alone\nhint: kubectl indexedjob wait {jobs}{given}"))
            }
            Verb::Create(args) if args.dry_run == DryRun::None => Some(format!(
                "interrupted; the job may be there, suspended and half-made: the same command finishes it\n\
                 hint: kubectl indexedjob list{given}"
            )),
            Verb::Retry(args) if args.dry_run == DryRun::None && !args.undo => Some(format!(
                "interrupted; a new run may be there, suspended and half-made: the same command finishes it\n\
                 hint: kubectl indexedjob retry {0}{given}, or: kubectl indexedjob retry {0} --undo{given}",
                args.name.as_str()
            )),
            _ => None,
        }
    }
}

/// What to do instead of running a verb.
#[derive(Debug)]
pub(crate) enum Stop {
    /// Print this on stdout, and be done: help, version, a manual page.
    Print(String),
    /// The line is wrong.
    Usage(Usage),
}

/// Reads the command line with the program's own defaults.
#[cfg(test)]
pub(crate) fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Cli, Stop> {
    parse_with(args, &[])
}

/// Reads the command line, where a user's own `defaults` hold; `args` begins with the program's own name.
pub(crate) fn parse_with(args: impl IntoIterator<Item = OsString>, defaults: &[Setting]) -> Result<Cli, Stop> {
    let args: Vec<OsString> = args.into_iter().collect();
    if let Some(page) = man::asked(&args) {
        return Err(page.map_or_else(Stop::Usage, Stop::Print));
    }
    let shown_as = called_as(args.first());
    let command = settings::apply(Cli::command(), defaults).map_err(Stop::Usage)?;
    let mut command = command.bin_name(shown_as);
    let matches = command.try_get_matches_from_mut(&args);
    if matches.as_ref().is_err_and(|error| error.kind() == ErrorKind::MissingSubcommand) {
        // As of kubectl: who types the name alone asks what there is.
        return Err(Stop::Print(command.render_help().to_string()));
    }
    let cli = matches.and_then(|matches| {
        let mut cli = Cli::from_arg_matches(&matches)?;
        if let (Verb::Create(create), Some((_, matches))) = (&mut cli.verb, matches.subcommand()) {
            create.typed(&args, matches, defaults);
        }
        cli.typed = args.iter().skip(1).cloned().collect();
        if let (Verb::Retry(retry), Some((_, matches))) = (&mut cli.verb, matches.subcommand()) {
            retry.stay.typed(retry.output, matches);
        }
        Ok(cli)
    });
    cli.map_err(|error| usage::explain(&error, &args, shown_as))
}

/// The completion script of `shell`, for the standalone name.
pub(crate) fn completion_script(shell: clap_complete::Shell) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "kubectl-indexedjob", &mut script);
    // clap_complete 4.6 writes the dash of the name in two ways, and its bash script then knows no verb.
    String::from_utf8_lossy(&script).replace("kubectl__subcmd__indexedjob", "kubectl__indexedjob")
}

/// How help names the program: as the user typed it, `kubectl indexedjob`, where kubectl started it.
fn called_as(program: Option<&OsString>) -> &'static str {
    let stem = program.and_then(|program| std::path::Path::new(program).file_stem());
    match stem.and_then(|stem| stem.to_str()) {
        Some(stem) if !stem.starts_with("kubectl-") => "kubectl-indexedjob",
        _ => "kubectl indexedjob",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_name_alone_asks_what_there_is() {
        for line in [&["kubectl-indexedjob"][..], &["kubectl-indexedjob", "-n", "x"]] {
            match parse(line.iter().map(Into::into)) {
                Err(Stop::Print(help)) => assert!(help.contains("Begin with:\n  kubectl indexedjob create "), "{help}"),
                other => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn help_names_the_program_as_it_was_called() {
        assert_eq!(called_as(Some(&"/usr/bin/kubectl-indexedjob".into())), "kubectl indexedjob");
        assert_eq!(called_as(Some(&"/tmp/ij".into())), "kubectl-indexedjob");
        assert_eq!(called_as(None), "kubectl indexedjob");
    }
}
