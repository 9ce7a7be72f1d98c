//! Programs that take a program as an argument, and which of their arguments it is: an item must not get into it.

/// How such a program reads its arguments.
struct Interpreter {
    names: &'static [&'static str],
    /// Letters of the options that a program stands in or behind: `-e CODE`, `-eCODE`.
    code: &'static [char],
    /// Letters of the options that name the file of the program.
    file: &'static [char],
    /// Letters of the options with any other value.
    value: &'static [char],
    /// The options of whole words that have values, and how many.
    long: &'static [(&'static str, Value)],
    /// Is the first argument that is no option the program, where no option gave one?
    operand: bool,
    /// May options stand behind other arguments, as in `su root -c CODE`?
    operands_first: bool,
}

/// What follows an option of a whole word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Value {
    Code,
    File,
    Other(usize),
}

const SCRIPTING: Interpreter = Interpreter {
    names: &[],
    code: &['e'],
    file: &[],
    value: &[],
    long: &[("eval", Value::Code)],
    operand: false,
    operands_first: false,
};
const AWK: Interpreter = Interpreter { operand: true, file: &['f', 'E'], value: &['F', 'v', 'i', 'l'], ..SCRIPTING };

const INTERPRETERS: &[Interpreter] = &[
    Interpreter {
        names: &["python", "python2", "python3", "pypy", "pypy3"],
        code: &['c'],
        value: &['W', 'X'],
        ..SCRIPTING
    },
    Interpreter { names: &["perl", "ruby"], code: &['e', 'E'], value: &['I', 'M', 'r'], ..SCRIPTING },
    Interpreter {
        names: &["node", "nodejs", "deno", "bun"],
        code: &['e', 'p'],
        value: &['r'],
        long: &[("eval", Value::Code), ("print", Value::Code), ("require", Value::Other(1))],
        ..SCRIPTING
    },
    Interpreter {
        names: &["su", "runuser", "flock", "script", "expect", "xonsh", "psql", "duckdb"],
        code: &['c'],
        long: &[("command", Value::Code)],
        operands_first: true,
        ..SCRIPTING
    },
    Interpreter { names: &["mysql", "mariadb"], long: &[("execute", Value::Code)], ..SCRIPTING },
    Interpreter { names: &["lua", "Rscript", "julia", "R"], value: &['l'], ..SCRIPTING },
    Interpreter { names: &["php"], code: &['r'], value: &['d', 'c'], long: &[("run", Value::Code)], ..SCRIPTING },
    Interpreter { names: &["awk", "gawk", "mawk", "nawk"], ..AWK },
    Interpreter {
        names: &["sed", "gsed"],
        file: &['f'],
        value: &['l'],
        long: &[("expression", Value::Code), ("file", Value::File), ("line-length", Value::Other(1))],
        ..AWK
    },
    Interpreter {
        names: &["jq"],
        code: &[],
        file: &['f'],
        value: &['L'],
        long: &[
            ("from-file", Value::File),
            ("indent", Value::Other(1)),
            ("arg", Value::Other(2)),
            ("argjson", Value::Other(2)),
            ("slurpfile", Value::Other(2)),
            ("rawfile", Value::Other(2)),
        ],
        operand: true,
        operands_first: false,
    },
];

const SHELLS: &[&str] = &["sh", "bash", "dash", "ash", "ksh", "zsh", "fish", "csh", "tcsh"];

/// Where among the `arguments` of the program `name` the text of a program is; there may be several.
pub(super) fn code_of(name: &str, arguments: &[String]) -> Vec<usize> {
    // `python3.12` is `python3`.
    let name = name.split('.').next().unwrap_or(name);
    let mut places = match INTERPRETERS.iter().find(|interpreter| interpreter.names.contains(&name)) {
        Some(interpreter) => interpreter.code_in(arguments),
        None if SHELLS.contains(&name) => code_of_shell(arguments).into_iter().collect(),
        None => vec![],
    };
    places.retain(|at| *at < arguments.len());
    places
}

/// The program of a shell is its first argument that is no option, if any option before it has a `c`.
fn code_of_shell(arguments: &[String]) -> Option<usize> {
    let (mut at, mut has_code) = (0, false);
    while let Some(options) = arguments.get(at).and_then(|word| word.strip_prefix(['-', '+'])) {
        at += 1;
        match options.strip_prefix('-') {
            Some("") => break,
            Some(long) => {
                has_code |= long == "command";
                at += usize::from(matches!(long, "rcfile" | "init-file"));
            }
            None if options.is_empty() => break,
            None => {
                has_code |= options.contains('c');
                at += usize::from(options.ends_with(['o', 'O']));
            }
        }
    }
    has_code.then_some(at)
}

impl Interpreter {
    fn code_in(&self, arguments: &[String]) -> Vec<usize> {
        let (mut at, mut places, mut has_file) = (0, vec![], false);
        let option = |at: usize| arguments.get(at)?.strip_prefix('-').filter(|options| !options.is_empty());
        while at < arguments.len() {
            let options = match option(at) {
                Some(options) => options,
                None if self.operands_first => {
                    at += 1;
                    continue;
                }
                None => break,
            };
            let next = match options.strip_prefix('-') {
                Some("") => {
                    at += 1;
                    break;
                }
                Some(long) => self.after_long(long),
                None => self.after_short(options),
            };
            match next {
                (Value::Code, inside) => {
                    places.push(if inside { at } else { at + 1 });
                    at += if inside { 1 } else { 2 };
                }
                (Value::File, inside) => {
                    has_file = true;
                    at += if inside { 1 } else { 2 };
                }
                (Value::Other(count), _) => at += 1 + count,
            }
        }
        if self.operand && places.is_empty() && !has_file {
            places.push(at);
        }
        places
    }

    /// What the option means for the words behind it; true where its value is in the word itself.
    fn after_long(&self, option: &str) -> (Value, bool) {
        let (name, inside) = option.split_once('=').map_or((option, false), |(name, _)| (name, true));
        let known = self.long.iter().find(|(known, _)| *known == name);
        match known.map_or(Value::Other(0), |(_, value)| *value) {
            Value::Other(_) if inside => (Value::Other(0), true),
            value => (value, inside),
        }
    }

    /// The same for letters behind one dash.
    fn after_short(&self, letters: &str) -> (Value, bool) {
        for (place, letter) in letters.char_indices() {
            let rest = &letters[place + letter.len_utf8()..];
            let inside = !rest.is_empty();
            if self.code.contains(&letter) {
                // `node -pe CODE`: both say so.
                return (Value::Code, !rest.chars().all(|letter| self.code.contains(&letter)));
            }
            if self.file.contains(&letter) {
                return (Value::File, inside);
            }
            if self.value.contains(&letter) {
                return (Value::Other(usize::from(!inside)), inside);
            }
        }
        (Value::Other(0), false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn is_code(command: &str, code: Option<&str>) {
        let words = shlex::split(command).unwrap();
        let found: Vec<&str> = code_of(&words[0], &words[1..]).into_iter().map(|at| words[at + 1].as_str()).collect();
        assert_eq!(found, code.into_iter().collect::<Vec<_>>(), "{command}");
    }

    #[test]
    fn a_program_behind_other_arguments() {
        is_code("su root -c CODE", Some("CODE"));
        is_code("flock /lock -c CODE", Some("CODE"));
        is_code("psql -h host db -c CODE", Some("CODE"));
    }

    #[test]
    fn a_program_in_several_parts() {
        let words = shlex::split("sed -n -e A --expression=B -f x -e C f").unwrap();
        assert_eq!(code_of("sed", &words[1..]), [2, 3, 7]);
    }

    #[test]
    fn the_program_of_a_shell_is_its_first_operand() {
        is_code("sh -c CODE x", Some("CODE"));
        is_code("sh -ce CODE", Some("CODE"));
        is_code("sh -c -e CODE", Some("CODE"));
        is_code("bash --rcfile f -eu -o pipefail -c -- CODE", Some("CODE"));
        is_code("fish --command CODE", Some("CODE"));
        is_code("sh -e file -c x", None);
        is_code("sh -c", None);
    }

    #[test]
    fn the_program_of_others_stands_in_or_behind_an_option() {
        is_code("python3.12 -W ignore -c CODE", Some("CODE"));
        is_code("python -Ic'CO DE'", Some("-IcCO DE"));
        is_code("python train.py -c x", None);
        is_code("python -m train -c x", None);
        is_code("perl -ne CODE", Some("CODE"));
        is_code("node --eval=CODE", Some("--eval=CODE"));
        is_code("node --require x -pe CODE", Some("CODE"));
        is_code("php -d a=b --run CODE", Some("CODE"));
    }

    #[test]
    fn the_program_of_awk_sed_and_jq_is_an_operand() {
        is_code("awk -F : -v a=b CODE f", Some("CODE"));
        is_code("gawk -F: -- CODE f", Some("CODE"));
        is_code("awk -f prog x", None);
        is_code("sed -n -e CODE f", Some("CODE"));
        is_code("sed -i.bak CODE f", Some("CODE"));
        is_code("jq --arg a b -r CODE f", Some("CODE"));
        is_code("jq --from-file prog f", None);
    }
}
