//! The flags of `create` that say how a task gets its item and its number.

use std::collections::BTreeSet;

use clap::{Args, ValueEnum};
use indexedjob_core::plan::{Delivery, Via};
use indexedjob_core::text::shown;
use indexedjob_core::work::{Source, Token, Work};

use super::super::pod::PodArgs;
use super::super::{Usage, value};
use super::WorkArgs;

/// The file of the item where none is given, as in the Kubernetes docs.
const ITEM_PATH: &str = "/input/data.txt";

/// How a task gets its item and its number.
#[derive(Clone, Debug, Args)]
pub(super) struct DeliveryArgs {
    /// A variable that holds the item, or a column of it; may be repeated
    #[arg(long, value_name = "NAME[=COLUMN]", help_heading = "Delivery", hide_short_help = true, value_parser = value::variable_of_column)]
    item_env: Vec<(String, Option<String>)>,
    /// The file in which a task finds its item; with columns one JSON object [default: /input/data.txt]
    #[arg(long, value_name = "FILE", help_heading = "Delivery", hide_short_help = true, value_parser = value::file)]
    item_path: Option<String>,
    /// What stands for the item in the command instead of {} and {column}; '' for nothing
    #[arg(short = 'I', value_name = "STRING", help_heading = "Delivery", hide_short_help = true)]
    item_token: Option<String>,
    /// A further variable that holds the number of the task; may be repeated
    #[arg(long, value_name = "NAME", help_heading = "Delivery", hide_short_help = true, value_parser = value::variable)]
    index_env: Vec<String>,
    /// A file that holds the number of the task
    #[arg(long, value_name = "FILE", help_heading = "Delivery", hide_short_help = true, value_parser = value::file)]
    index_path: Option<String>,
    /// How items travel: auto, configmap or init
    ///
    /// configmap: each a key, mounted as a file, in any image; up to 1 MiB, by auto up to 2000 items. init: an init
    /// container writes the file, as in the Kubernetes docs; long lists are packed in ConfigMaps.
    #[arg(long, value_enum, value_name = "WAY", help_heading = "Delivery", hide_short_help = true, default_value_t = ViaArg::Auto)]
    items_via: ViaArg,
    /// The image of the init container
    ///
    /// It needs sh, cp and sed, or bash where the items stand in its script. [default: docker.io/library/busybox, or
    /// docker.io/library/bash]
    #[arg(long, value_name = "IMAGE", help_heading = "Delivery", hide_short_help = true)]
    init_image: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ViaArg {
    /// By what suits their size
    Auto,
    /// A ConfigMap, one key per index
    Configmap,
    /// An init container with a shell
    Init,
}

impl DeliveryArgs {
    pub(super) fn check(&self, work: &WorkArgs, pod: &PodArgs) -> Result<(), Usage> {
        let of_items = [
            ("--items-via", self.items_via != ViaArg::Auto),
            ("--item-path", self.item_path.is_some()),
            ("--item-env", !self.item_env.is_empty()),
            ("-I", self.item_token.is_some()),
        ];
        if let Some((flag, _)) = of_items.iter().find(|(_, given)| *given && !work.has_items()) {
            return Err(
                Usage::new(format!("{flag} goes with items")).hint("give items by --items, --items-from or --matrix")
            );
        }
        if self.init_image.is_some() && self.items_via == ViaArg::Configmap && self.item_env.is_empty() {
            return Err(Usage::new("--init-image goes with --items-via=init"));
        }
        if self.init_image.is_some() && work.is_plain() {
            return Err(Usage::new(
                "--init-image goes with items or --array: no init container is needed for indexes alone",
            ));
        }
        let mut names = BTreeSet::new();
        let items = self.item_env.iter().map(|(name, _)| name.as_str());
        let all = items.chain(self.index_env.iter().map(String::as_str)).chain(pod.variables());
        let numbers = self.item_env.iter().map(|(name, _)| name).chain(&self.index_env);
        for name in numbers {
            if matches!(name.as_str(), "JOB_COMPLETION_INDEX") {
                return Err(Usage::new(format!("{name} is the number of the task already")));
            }
        }
        let own: Vec<&str> = all.collect();
        for name in &own[..self.item_env.len() + self.index_env.len()] {
            names.insert(*name);
            if own.iter().filter(|other| *other == name).count() > 1 {
                return Err(Usage::new(format!("the variable {name} is given twice")));
            }
        }
        Ok(())
    }

    pub(super) fn token(&self) -> Token {
        value::token(self.item_token.as_deref())
    }

    pub(super) fn delivery(self, work: Option<&Work>) -> Result<Delivery, Usage> {
        let columns = work.and_then(Work::items).map_or(&[][..], |items| items.columns());
        let source = |(name, column): (String, Option<String>)| match column {
            None => Ok((name, Source::Item)),
            Some(column) => match columns.iter().position(|known| *known == column) {
                Some(place) => Ok((name, Source::Column(place))),
                None if columns.is_empty() => Err(Usage::new(format!("--item-env {name}: the items have no columns"))),
                None => Err(Usage::new(format!(
                    "--item-env {name}: no column is called {}; there are: {}",
                    shown(&column),
                    some_of(columns)
                ))),
            },
        };
        Ok(Delivery {
            item_path: self.item_path.unwrap_or_else(|| ITEM_PATH.to_owned()),
            via: match self.items_via {
                ViaArg::Auto => Via::Auto,
                ViaArg::Configmap => Via::ConfigMap,
                ViaArg::Init => Via::Init,
            },
            init_image: self.init_image,
            item_env: self.item_env.into_iter().map(source).collect::<Result<_, _>>()?,
            index_env: self.index_env,
            index_path: self.index_path,
        })
    }
}

/// The first names of a list, for a message of one line, and how many more there are.
fn some_of(names: &[String]) -> String {
    const MOST: usize = 10;
    let some = names.iter().take(MOST).map(|name| shown(name)).collect::<Vec<_>>().join(", ");
    match names.len().checked_sub(MOST) {
        Some(more @ 1..) => format!("{some} and {more} more"),
        _ => some,
    }
}
