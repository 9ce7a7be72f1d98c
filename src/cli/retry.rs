//! `retry`: its flags.

use clap::{Args, ValueEnum};
use indexedjob_core::plan::PodFields;
use indexedjob_core::rerun::Way;
use indexedjob_core::work::Token;

use super::pod::PodArgs;
use super::value::Switch as _;
use super::{DryRun, Form, JobName, SelectionArgs, StayArgs, Usage, value};

/// The flags of `retry`.
#[derive(Clone, Debug, Args)]
#[command(help_template = "{about-with-newline}\n{before-help}{usage-heading} {usage}\n\n{all-args}{after-help}")]
#[command(before_long_help = "Examples:
  # Run what failed or never ran, and stay until the end
  kubectl indexedjob retry train --wait
  # Only what ran out of memory, with more of it, and not on the nodes where it failed
  kubectl indexedjob retry train --reason OOMKilled --limits memory=16Gi --avoid-failed-nodes
  # These tasks with another command
  kubectl indexedjob retry train --index 3,7 -- python train.py --safe
  # Only look
  kubectl indexedjob retry train --dry-run=client -o yaml
  # Take back a retry that was interrupted
  kubectl indexedjob retry train --undo")]
#[command(
    after_help = "Exit codes: 0 created, or nothing left to do (with --wait or --logs: and complete), 1 failed, 2 wrong usage,
4 no such Job; with --wait or --logs as wait."
)]
pub(crate) struct RetryArgs {
    /// The Job: NAME, job/NAME; its newest run is gone on from
    #[arg(value_name = "NAME")]
    pub(crate) name: JobName,
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,
    /// How the new Job learns what is done
    ///
    /// By its status, which needs the right to patch jobs/status; by taking over the pods that succeeded, which needs no
    /// more than to edit pods and Jobs, and that these pods are there; or not at all: it has then only the tasks that are
    /// left. By default the first of these that works, which is said.
    #[arg(long, value_enum, value_name = "WAY", default_value_t = ViaArg::Auto, help_heading = "Run")]
    pub(crate) via: ViaArg,
    /// The name of the new Job; by default NAME-r1, NAME-r2, ...
    #[arg(long = "name", value_name = "NAME", id = "new_name", help_heading = "Run")]
    pub(crate) new_name: Option<JobName>,
    /// The image of the container
    #[arg(long, value_name = "IMAGE", help_heading = "Run")]
    image: Option<String>,
    /// What stands for the item in COMMAND instead of {} and {column}; '' for nothing
    #[arg(short = 'I', value_name = "STRING", help_heading = "Run", hide_short_help = true, requires = "command")]
    item_token: Option<String>,
    /// How many tasks may run at once; by default as before
    #[arg(long, value_name = "N", help_heading = "Run", value_parser = value::parallelism)]
    pub(crate) parallelism: Option<u32>,
    /// How often a task is tried again after a failure; by default as before
    #[arg(long, value_name = "N", help_heading = "Failure", value_parser = value::count)]
    pub(crate) retries: Option<u32>,
    /// Keep off the nodes where the last attempts at these tasks failed
    #[arg(long, help_heading = "Placement", switch = Some("false"), hide_default_value = true, hide_possible_values = true)]
    pub(crate) avoid_failed_nodes: bool,
    #[command(flatten)]
    pod: PodArgs,
    #[command(flatten)]
    pub(crate) stay: StayArgs,
    /// Take back a retry that did not end: pods go back to the Job that they came from, and the new Job goes
    #[arg(long, help_heading = "Output", switch = Some("false"), hide_default_value = true, hide_possible_values = true)]
    pub(crate) undo: bool,
    /// Only show what would be created: client or server
    #[arg(long, value_enum, value_name = "WHERE", help_heading = "Output", default_value_t = DryRun::None, hide_default_value = true, hide_possible_values = true)]
    pub(crate) dry_run: DryRun,
    /// Print the name or the Job instead of kubectl's line
    #[arg(short, long, value_enum, value_name = "FORM", help_heading = "Output", hide_short_help = true)]
    pub(crate) output: Option<Form>,
    /// The container's command and its arguments, in place of the old ones; {} and {column} stand for the item, where its
    /// tasks have that in a variable or in their command
    #[arg(last = true, value_name = "COMMAND")]
    pub(crate) command: Vec<String>,
}

/// How the new Job learns what is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ViaArg {
    /// The first that works
    Auto,
    /// Its status is told
    Status,
    /// It takes over the pods that succeeded
    Adopt,
    /// It has only the tasks that are left
    Subset,
}

impl ViaArg {
    /// The way that was asked for; None leaves the choice.
    pub(crate) fn way(self) -> Option<Way> {
        match self {
            Self::Auto => None,
            Self::Status => Some(Way::Status),
            Self::Adopt => Some(Way::Adopt),
            Self::Subset => Some(Way::Subset),
        }
    }
}

impl RetryArgs {
    /// Checks what no flag tells alone.
    pub(crate) fn check(&self) -> Result<(), Usage> {
        self.stay.check()?;
        self.pod.check(false)?;
        if self.image.as_ref().is_some_and(|image| image.trim().is_empty()) {
            return Err(Usage::new("no image given").hint("give --image one, or leave it out: the old one stays"));
        }
        if self.output.is_some() && self.stay.logs && self.dry_run == DryRun::None {
            return Err(
                Usage::new("-o cannot be used with --logs: both write to stdout").hint("use --wait instead of --logs")
            );
        }
        if self.undo && (self.is_changed() || self.stay.stays()) {
            return Err(Usage::new("--undo goes alone: it takes back a retry that did not end, and starts none"));
        }
        Ok(())
    }

    /// Does any flag say what the new Job shall run, or how, other than by default?
    pub(crate) fn is_changed(&self) -> bool {
        let is_other_job = self.new_name.is_some()
            || self.parallelism.is_some()
            || self.retries.is_some()
            || self.avoid_failed_nodes
            || self.via != ViaArg::Auto;
        is_other_job || self.selection.is_given() || !self.command.is_empty() || self.pod() != PodFields::default()
    }

    /// What stands for an item in the command.
    pub(crate) fn token(&self) -> Token {
        value::token(self.item_token.as_deref())
    }

    /// The fields of the pod.
    pub(crate) fn pod(&self) -> PodFields {
        self.pod.clone().fields(self.image.clone())
    }
}
