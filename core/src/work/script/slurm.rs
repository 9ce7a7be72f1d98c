//! `#SBATCH` options: those with a meaning here become flags of `create`, those that lose nothing are left out, and any
//! other is an error, so that no wish is dropped without a word.

use std::collections::BTreeMap;

use super::{Directives, ScriptError};
use crate::text::shown;
use crate::work::Array;

/// The options of sbatch that are understood, with their short form; each takes a value.
const KNOWN: &[(&str, Option<char>)] = &[
    ("--account", Some('A')),
    ("--array", Some('a')),
    ("--cpus-per-task", Some('c')),
    ("--error", Some('e')),
    ("--gpus", Some('G')),
    ("--gpus-per-node", None),
    ("--gpus-per-task", None),
    ("--gres", None),
    ("--job-name", Some('J')),
    ("--mail-type", None),
    ("--mail-user", None),
    ("--mem", None),
    ("--mem-per-cpu", None),
    ("--nodes", Some('N')),
    ("--ntasks", Some('n')),
    ("--open-mode", None),
    ("--output", Some('o')),
    ("--partition", Some('p')),
    ("--qos", Some('q')),
    ("--time", Some('t')),
];

/// Options about what Kubernetes does not have: files of output, mail, partitions and accounts.
const LEFT_OUT: &[&str] =
    &["--account", "--error", "--mail-type", "--mail-user", "--open-mode", "--output", "--partition", "--qos"];

/// Options that an index fulfils if they are 1: it is one task in one pod on one node.
const ONE: &[&str] = &["--nodes", "--ntasks"];

/// Options for a number of GPUs.
const GPUS: &[&str] = &["--gpus", "--gpus-per-node", "--gpus-per-task", "--gres"];

/// The options of a script by their long name; of one that is given twice the last holds, as in Slurm.
#[derive(Default)]
pub(super) struct Options(BTreeMap<&'static str, Given>);

/// An option as it is given.
struct Given {
    /// Its long name.
    name: &'static str,
    line: usize,
    value: String,
}

impl Options {
    /// Takes in the words of one line: `--name=value`, `--name value`, `-nvalue` and `-n value`.
    pub(super) fn read(&mut self, line: usize, words: Vec<String>) -> Result<(), ScriptError> {
        let mut words = words.into_iter();
        while let Some(word) = words.next() {
            let (written, joined) = split(&word);
            let Some(name) = long_name(written) else { return Err(unknown(line, written)) };
            // getopt would take the next option as the value of one that lacks it.
            let value = joined.map(str::to_owned).or_else(|| words.next().filter(|value| !value.starts_with("--")));
            let value = value.filter(|value| !value.is_empty());
            let value = value.ok_or_else(|| ScriptError::new(line, format!("{written} has no value")))?;
            self.0.insert(name, Given { name, line, value });
        }
        Ok(())
    }

    /// What the options come to, all together.
    pub(super) fn translated(mut self) -> Result<Directives, ScriptError> {
        let name = self.0.remove("--job-name").map(|given| given.value);
        let mut flags = Vec::new();
        flags.extend(self.array()?);
        flags.extend(self.time_limit()?);
        flags.extend(self.cpus()?.map(|cpus| format!("--requests=cpu={cpus}")));
        // The request is by default the limit; one of its own would stand above a lower limit on the command line.
        flags.extend(self.memory()?.map(|quantity| format!("--limits=memory={quantity}")));
        flags.extend(self.gpus()?.map(|gpus| format!("--gpus={gpus}")));
        let args = flags.into_iter().map(|flag| vec![flag]).collect();
        Ok(Directives { args, ignored: self.ignored()?, name })
    }

    fn array(&self) -> Result<Option<String>, ScriptError> {
        let Some(given) = self.0.get("--array") else { return Ok(None) };
        given.value.parse::<Array>().map_err(|error| given.error(error.to_string()))?;
        Ok(Some(format!("--array={}", given.value)))
    }

    /// None also for a time without end, which a Job has anyway.
    fn time_limit(&self) -> Result<Option<String>, ScriptError> {
        let Some(given) = self.0.get("--time") else { return Ok(None) };
        if ["-1", "INFINITE", "UNLIMITED"].iter().any(|endless| given.value.eq_ignore_ascii_case(endless)) {
            return Ok(None);
        }
        let seconds = seconds(&given.value)
            .ok_or_else(|| given.error("not a time; write minutes, minutes:seconds or days-hours:minutes:seconds"))?;
        Ok((seconds > 0).then(|| format!("--time-limit={seconds}s")))
    }

    fn cpus(&self) -> Result<Option<u64>, ScriptError> {
        let Some(given) = self.0.get("--cpus-per-task") else { return Ok(None) };
        match whole(&given.value) {
            Some(0) | None => Err(given.error("not a whole number from 1 on")),
            cpus => Ok(cpus),
        }
    }

    /// The memory of one task, as a quantity of Kubernetes.
    fn memory(&self) -> Result<Option<String>, ScriptError> {
        let (given, times) = match (self.0.get("--mem"), self.0.get("--mem-per-cpu")) {
            (Some(_), Some(given)) => return Err(given.error("--mem is given too; only one of them can hold")),
            (Some(given), None) => (given, 1),
            (None, Some(given)) => (given, self.cpus()?.unwrap_or(1)),
            (None, None) => return Ok(None),
        };
        let (number, unit) = memory(&given.value)
            .ok_or_else(|| given.error("not a size; write a whole number of MiB, or one with K, M, G or T"))?;
        if number == 0 {
            return Err(given
                .error("all memory of a node, which no request can ask for")
                .hint("say how much a task needs, as in --mem=4G"));
        }
        let total = number.checked_mul(times).ok_or_else(|| given.error("more memory than can be written"))?;
        Ok(Some(format!("{total}{unit}")))
    }

    /// None also where the number is 0. What several options say must agree, since a task is alone on its node.
    fn gpus(&self) -> Result<Option<u64>, ScriptError> {
        let mut found: Option<(u64, &Given)> = None;
        for given in GPUS.iter().filter_map(|name| self.0.get(name)) {
            let count = gpus(given)?;
            match found {
                Some((other, first)) if other != count => {
                    let (first, value) = (first.name, shown(&first.value));
                    return Err(given.error(format!("{first}={value} asks for another number of GPUs")));
                }
                _ => found = Some((count, given)),
            }
        }
        Ok(found.map(|(count, _)| count).filter(|count| *count > 0))
    }

    /// What was left out; an error where that would lose something.
    fn ignored(&self) -> Result<Vec<String>, ScriptError> {
        let mut ignored: Vec<_> =
            LEFT_OUT.iter().filter(|name| self.0.contains_key(*name)).map(ToString::to_string).collect();
        for given in ONE.iter().filter_map(|name| self.0.get(name)) {
            if !["1", "1-1"].contains(&given.value.as_str()) {
                return Err(given
                    .error("an index is one task in one pod on one node")
                    .hint("for more tasks give --array more numbers"));
            }
            ignored.push(format!("{}=1", given.name));
        }
        Ok(ignored)
    }
}

impl Given {
    /// An error about the value.
    fn error(&self, message: impl std::fmt::Display) -> ScriptError {
        ScriptError::new(self.line, format!("{}={}: {message}", self.name, shown(&self.value)))
    }
}

/// An option as it is written, and the value that is joined to it.
fn split(word: &str) -> (&str, Option<&str>) {
    if word.starts_with("--") {
        return word.split_once('=').map_or((word, None), |(name, value)| (name, Some(value)));
    }
    let is_short = word.starts_with('-');
    let value = word.char_indices().nth(2).filter(|_| is_short).map(|(at, _)| word.split_at(at));
    value.map_or((word, None), |(name, value)| (name, Some(value)))
}

/// The long name of an option that is understood.
fn long_name(written: &str) -> Option<&'static str> {
    let is_short = |short: char| written.strip_prefix('-').is_some_and(|rest| rest.chars().eq([short]));
    KNOWN.iter().find(|(long, short)| *long == written || short.is_some_and(is_short)).map(|(long, _)| *long)
}

fn unknown(line: usize, written: &str) -> ScriptError {
    let error = ScriptError::new(line, format!("#SBATCH {} has no translation", shown(written)));
    match written {
        "--dependency" | "-d" => {
            error.hint("wait for the other Job: kubectl indexedjob wait A && kubectl indexedjob create B ...")
        }
        _ => error.hint("remove it, or write what it should do as flags of create behind #INDEXEDJOB"),
    }
}

/// A number in digits alone.
fn whole(text: &str) -> Option<u64> {
    // Rust's numbers may have a sign.
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

/// A time of Slurm, in seconds: minutes, minutes:seconds, hours:minutes:seconds, days-hours, days-hours:minutes or
/// days-hours:minutes:seconds.
fn seconds(text: &str) -> Option<u64> {
    let (days, rest) = text.split_once('-').map_or((None, text), |(days, rest)| (Some(days), rest));
    let parts = rest.split(':').map(whole).collect::<Option<Vec<_>>>()?;
    let (days, hours, minutes, seconds) = match (days, parts.as_slice()) {
        (None, [minutes]) => (0, 0, *minutes, 0),
        (None, [minutes, seconds]) => (0, 0, *minutes, *seconds),
        (None, [hours, minutes, seconds]) => (0, *hours, *minutes, *seconds),
        (Some(days), [hours]) => (whole(days)?, *hours, 0, 0),
        (Some(days), [hours, minutes]) => (whole(days)?, *hours, *minutes, 0),
        (Some(days), [hours, minutes, seconds]) => (whole(days)?, *hours, *minutes, *seconds),
        _ => return None,
    };
    let hours = days.checked_mul(24)?.checked_add(hours)?;
    let minutes = hours.checked_mul(60)?.checked_add(minutes)?;
    minutes.checked_mul(60)?.checked_add(seconds)
}

/// A size of Slurm, in powers of 1024 and MiB where no unit is given, and its unit in Kubernetes.
fn memory(text: &str) -> Option<(u64, &'static str)> {
    let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match &text[number.len()..] {
        "K" | "k" => "Ki",
        "" | "M" | "m" => "Mi",
        "G" | "g" => "Gi",
        "T" | "t" => "Ti",
        _ => return None,
    };
    Some((whole(number)?, unit))
}

/// The number of GPUs that one option asks for.
fn gpus(given: &Given) -> Result<u64, ScriptError> {
    let wanted = match given.name {
        "--gres" if given.value == "none" => return Ok(0),
        "--gres" if given.value == "gpu" => return Ok(1),
        "--gres" => given
            .value
            .strip_prefix("gpu:")
            .filter(|rest| !rest.contains(','))
            .ok_or_else(|| given.error("only GPUs are understood, as gpu:N"))?,
        _ => &given.value,
    };
    if wanted.starts_with(|c: char| c.is_ascii_alphabetic()) {
        let hint = "write #INDEXEDJOB --gpus N, and --node-selector with a label of the nodes that have them";
        return Err(given.error("the type of a GPU has no translation").hint(hint));
    }
    whole(wanted).ok_or_else(|| given.error("not a number of GPUs"))
}

#[cfg(test)]
mod tests {
    use crate::work::directives;

    #[track_caller]
    fn args(options: &str, want: &[&str]) {
        let read = directives(format!("#SBATCH {}\n", options.replace('\n', "\n#SBATCH ")).as_bytes()).unwrap();
        assert_eq!(read.args.concat(), want);
        assert!(read.args.iter().all(|flag| flag.len() == 1));
    }

    #[track_caller]
    fn refuses(options: &str, want: &str) -> Option<String> {
        let script = format!("#SBATCH {}\n", options.replace('\n', "\n#SBATCH "));
        let error = directives(script.as_bytes()).unwrap_err();
        assert_eq!(error.to_string(), want);
        error.hint
    }

    #[test]
    fn options_are_written_in_every_form_of_getopt() {
        for form in ["--array=1-3%2", "--array 1-3%2", "-a1-3%2", "-a 1-3%2", "'--array=1-3%2' # x", "-a \"1-3%2\""] {
            args(form, &["--array=1-3%2"]);
        }
        args("-a 1-3 -c4 --gpus 2", &["--array=1-3", "--requests=cpu=4", "--gpus=2"]);
        args("-a 1-3\n-a 5", &["--array=5"]);
        refuses("--array", "line 1: --array has no value");
        refuses("-a", "line 1: -a has no value");
        refuses("--array=", "line 1: --array has no value");
        refuses("--output --array=1-3", "line 1: --output has no value");
    }

    #[test]
    fn an_array_is_checked_where_its_line_is_known() {
        refuses("-c 1\n-a 3-1", "line 2: --array=3-1: the range 3-1 is descending; write the lower number first");
    }

    #[test]
    fn times_are_seconds() {
        for (time, seconds) in [
            ("90", 5_400),
            ("1:30", 90),
            ("01:02:03", 3_723),
            ("2-3", 183_600),
            ("1-02:03", 93_780),
            ("1-02:03:04", 93_784),
            ("0:1", 1),
            ("90:90", 5_490),
        ] {
            args(&format!("-t {time}"), &[&format!("--time-limit={seconds}s")]);
        }
        for endless in ["0", "0-0", "00:00", "UNLIMITED", "infinite", "-1"] {
            args(&format!("--time={endless}"), &[]);
        }
        args("-t 10\n-t 0", &[]);
        for wrong in ["x", "1:", ":1", "1:2:3:4", "1-", "-2", "1-2-3", "+1", "1.5", "999999999999999999-0"] {
            let want = "not a time; write minutes, minutes:seconds or days-hours:minutes:seconds";
            refuses(&format!("--time={wrong}"), &format!("line 1: --time={wrong}: {want}"));
        }
    }

    #[test]
    fn memory_is_in_powers_of_1024() {
        args("--mem=4G", &["--limits=memory=4Gi"]);
        args("--mem 512", &["--limits=memory=512Mi"]);
        args("--mem=7k", &["--limits=memory=7Ki"]);
        args("--mem=1T", &["--limits=memory=1Ti"]);
        args("--mem-per-cpu=2G", &["--limits=memory=2Gi"]);
        let both = ["--requests=cpu=3", "--limits=memory=1500Mi"];
        args("--mem-per-cpu=500 -c 3", &both);
        for wrong in ["x", "4GB", "1.5G", "G", "-1", "4 G"] {
            let want = "not a size; write a whole number of MiB, or one with K, M, G or T";
            refuses(&format!("'--mem={wrong}'"), &format!("line 1: --mem={wrong}: {want}"));
        }
        refuses("--mem=1\n--mem-per-cpu=2", "line 2: --mem-per-cpu=2: --mem is given too; only one of them can hold");
        let huge = "line 1: --mem-per-cpu=18446744073709551615: more memory than can be written";
        refuses("--mem-per-cpu=18446744073709551615 -c2", huge);
        let hint = refuses("--mem=0", "line 1: --mem=0: all memory of a node, which no request can ask for");
        assert_eq!(hint.as_deref(), Some("say how much a task needs, as in --mem=4G"));
    }

    #[test]
    fn processors_are_whole() {
        args("--cpus-per-task=2", &["--requests=cpu=2"]);
        for wrong in ["0", "x", "1.5", "-2"] {
            let want = format!("line 1: --cpus-per-task={wrong}: not a whole number from 1 on");
            refuses(&format!("-c {wrong}"), &want);
        }
    }

    #[test]
    fn gpus_are_a_number() {
        for form in ["-G2", "--gpus=2", "--gpus-per-task=2", "--gpus-per-node=2", "--gres=gpu:2", "-G 2 --gres=gpu:2"] {
            args(form, &["--gpus=2"]);
        }
        args("--gres=gpu", &["--gpus=1"]);
        args("--gres=none", &[]);
        args("--gpus=0", &[]);
        for typed in ["--gpus=a100:2", "--gpus=a100", "--gres=gpu:a100", "--gres=gpu:a100:2"] {
            let hint = refuses(typed, &format!("line 1: {typed}: the type of a GPU has no translation"));
            let want = "write #INDEXEDJOB --gpus N, and --node-selector with a label of the nodes that have them";
            assert_eq!(hint.as_deref(), Some(want));
        }
        refuses("--gres=gpu:1,shard:2", "line 1: --gres=gpu:1,shard:2: only GPUs are understood, as gpu:N");
        refuses("--gres=license", "line 1: --gres=license: only GPUs are understood, as gpu:N");
        refuses("--gpus=-1", "line 1: --gpus=-1: not a number of GPUs");
        refuses("-G1\n--gres=gpu:2", "line 2: --gres=gpu:2: --gpus=1 asks for another number of GPUs");
    }

    #[test]
    fn what_loses_nothing_is_left_out_and_named_once() {
        let script = b"#SBATCH -o %x-%A_%a.out --output=x -e y --mail-type=END --mail-user me -p gpu -A me -q high\n\
                       #SBATCH --open-mode append -N 1-1 -n1 -J 'my job'\n";
        let read = directives(script).unwrap();
        assert_eq!(read.args, [[""; 0]; 0]);
        assert_eq!(
            read.ignored.join(" "),
            "--account --error --mail-type --mail-user --open-mode --output \
                                            --partition --qos --nodes=1 --ntasks=1"
        );
        assert_eq!(read.name.as_deref(), Some("my job"));
    }

    #[test]
    fn a_task_is_alone() {
        let want = "an index is one task in one pod on one node";
        assert!(refuses("--nodes=2", &format!("line 1: --nodes=2: {want}")).is_some());
        refuses("-N 1-2", &format!("line 1: --nodes=1-2: {want}"));
        refuses("-n 4", &format!("line 1: --ntasks=4: {want}"));
    }

    #[test]
    fn anything_else_is_an_error_that_names_it() {
        let remove = "remove it, or write what it should do as flags of create behind #INDEXEDJOB";
        for (option, name) in [
            ("--requeue", "--requeue"),
            ("--chdir=/x", "--chdir"),
            ("-M a", "-M"),
            ("-Dx", "-D"),
            ("foo", "foo"),
            ("--", "--"),
            ("-", "-"),
            ("-\u{1b}x", "-^["),
            ("--arr=1", "--arr"),
        ] {
            let hint = refuses(option, &format!("line 1: #SBATCH {name} has no translation"));
            assert_eq!(hint.as_deref(), Some(remove));
        }
        let wait = "wait for the other Job: kubectl indexedjob wait A && kubectl indexedjob create B ...";
        for option in ["--dependency=afterok:1", "-d afterok:1"] {
            let name = option.split(['=', ' ']).next().unwrap();
            let hint = refuses(option, &format!("line 1: #SBATCH {name} has no translation"));
            assert_eq!(hint.as_deref(), Some(wait));
        }
    }
}
