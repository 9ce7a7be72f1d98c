//! The flags about following a new Job to its end, the same for every verb that makes Jobs.

use clap::Args;
use indexedjob_core::human::Timeout;

use super::value::Switch as _;
use super::{Form, Usage};

/// Whether to stay until the end.
#[derive(Clone, Debug, Args)]
pub(crate) struct StayArgs {
    /// Follow the Job to its end, as wait does
    #[arg(long, help_heading = "Stay", switch = Some("false"), hide_default_value = true, hide_possible_values = true)]
    pub(crate) wait: bool,
    /// Print the logs of all tasks as they come, to the end
    #[arg(long, help_heading = "Stay", switch = Some("false"), hide_default_value = true, hide_possible_values = true)]
    pub(crate) logs: bool,
    /// How long to stay: 90s, 5m, 1h30m; by default without end
    #[arg(long, value_name = "DURATION", help_heading = "Stay", hide_short_help = true, allow_hyphen_values = true)]
    pub(super) timeout: Option<Timeout>,
    /// What -o prints, which has stdout for itself; None without -o.
    #[arg(skip)]
    pub(crate) output: Option<Form>,
}

impl StayArgs {
    /// Checks what no flag tells alone.
    pub(super) fn check(&self) -> Result<(), Usage> {
        if self.timeout.is_some() && !self.stays() {
            return Err(Usage::new("--timeout goes with --wait or --logs")
                .hint("add --wait, or limit the Job itself by --active-deadline"));
        }
        Ok(())
    }

    /// Is there anything to stay for?
    pub(crate) fn stays(&self) -> bool {
        self.wait || self.logs
    }

    /// How long.
    pub(crate) fn timeout(&self) -> Timeout {
        self.timeout.unwrap_or(Timeout::Never)
    }
}
