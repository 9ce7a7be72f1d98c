//! One snapshot of the environment, taken at start and passed on: a test then needs no variable of its process.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

/// The environment variables as they were at start.
#[derive(Clone, Debug, Default)]
pub(crate) struct Env {
    vars: BTreeMap<OsString, OsString>,
}

impl Env {
    /// The environment of this process.
    #[expect(clippy::disallowed_methods, reason = "this is the one snapshot")]
    pub(crate) fn snapshot() -> Self {
        Self { vars: std::env::vars_os().collect() }
    }

    /// The value of `name`; None if it is unset, empty or no UTF-8, which all mean "not given" to kubectl.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.vars.get(&OsString::from(name))?.to_str().filter(|value| !value.is_empty())
    }

    /// The value of `name` as it is; None if it is unset or empty.
    pub(crate) fn os(&self, name: &str) -> Option<&OsString> {
        self.vars.get(&OsString::from(name)).filter(|value| !value.is_empty())
    }

    /// The variables whose names begin so and that say something, in the order of their names.
    pub(crate) fn beginning_with<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        let texts = self.vars.iter().filter_map(|(name, value)| Some((name.to_str()?, value.to_str()?)));
        texts.filter(move |(name, value)| name.starts_with(prefix) && !value.is_empty())
    }

    /// The user's home directory; None where there is none.
    pub(crate) fn home(&self) -> Option<PathBuf> {
        self.os("HOME").or_else(|| self.os("USERPROFILE")).map(PathBuf::from)
    }
}

impl<const N: usize> From<[(&str, &str); N]> for Env {
    fn from(vars: [(&str, &str); N]) -> Self {
        Self { vars: vars.into_iter().map(|(name, value)| (name.into(), value.into())).collect() }
    }
}
