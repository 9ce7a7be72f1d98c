//! The directives of a script: `#INDEXEDJOB` lines, and `#SBATCH` lines as far as they have a meaning here.

/// What the directives of a script ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Directives {
    /// Flags of `create`, one entry for each with its values: `["--parallelism", "4"]`, `["--array=1-3"]`.
    pub args: Vec<Vec<String>>,
    /// The options of `#SBATCH` that were left out since nothing here corresponds to them, each once: `--output`.
    pub ignored: Vec<String>,
    /// The value of `--job-name`; None where no line gives it.
    pub name: Option<String>,
}

/// A directive that cannot be followed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct ScriptError {
    /// Where, from 1.
    pub line: usize,
    /// What is wrong; safe to show.
    pub message: String,
    /// What to do about it; None where the message says it all.
    pub hint: Option<String>,
}

/// The directives of `script`.
pub fn directives(_script: &[u8]) -> Result<Directives, ScriptError> {
    Ok(Directives::default())
}

/// Does it name its interpreter in the first line?
#[must_use]
pub fn has_shebang(script: &[u8]) -> bool {
    script.starts_with(b"#!")
}
