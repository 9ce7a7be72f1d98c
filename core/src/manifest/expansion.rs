//! What Kubernetes does to dollars in commands and values of variables: `$(NAME)` of a variable is replaced, `$$` becomes
//! `$`, anything else stays (`Expand` in `k8s.io/kubernetes/third_party/forked/golang/expansion`).

/// A shell's program in a command: Kubernetes would expand `$(NAME)` in it and make one `$` of two.
pub(super) fn escaped(script: &str) -> String {
    script.replace('$', "$$")
}

/// A part of a text, as Kubernetes reads it from the left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part<'a> {
    /// Text without a dollar.
    Text(&'a str),
    /// `$(NAME)`, whether there is a variable of that name or not. The first `)` ends it.
    Reference(&'a str),
    /// `$$`.
    Two,
    /// A dollar that begins nothing.
    One,
}

/// The first part of `text`, and what follows it; None at its end.
pub(super) fn split_first(text: &str) -> Option<(Part<'_>, &str)> {
    let Some(rest) = text.strip_prefix('$') else {
        let end = text.find('$').unwrap_or(text.len());
        return (end > 0).then(|| (Part::Text(&text[..end]), &text[end..]));
    };
    if let Some(rest) = rest.strip_prefix('$') {
        return Some((Part::Two, rest));
    }
    match rest.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
        Some((name, rest)) => Some((Part::Reference(name), rest)),
        None => Some((Part::One, rest)),
    }
}

/// What was typed, as Kubernetes must read it: `$(NAME)` of a variable is expanded, and `$$(NAME)` is how to write
/// that it is not; every other `$` stays as it is, where Kubernetes would make one of two.
///
/// `before_value`: does something follow that begins with `$(`?
pub(super) fn literal(typed: &str, before_value: bool) -> String {
    let mut text = String::with_capacity(typed.len());
    let mut rest = typed;
    while let Some((part, after)) = split_first(rest) {
        match part {
            Part::Text(part) => text.push_str(part),
            Part::Reference(_) => text.push_str(&rest[..rest.len() - after.len()]),
            Part::Two if after.starts_with('(') && after.contains(')') => text.push_str("$$"),
            Part::Two => text.push_str("$$$$"),
            // The `)` of the value that follows would end `$(`.
            Part::One if before_value && (after.is_empty() || after.starts_with('(')) => text.push_str("$$"),
            // Older kubelets take the byte behind a dollar for a character.
            Part::One if !after.starts_with(|c: char| c.is_ascii()) && !after.is_empty() => text.push_str("$$"),
            Part::One => text.push('$'),
        }
        rest = after;
    }
    text
}

#[cfg(test)]
pub(super) use tests::kubernetes;

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fmt::Write as _;

    use proptest::prelude::*;

    use super::*;

    /// What Kubernetes makes of a word of a command (`Expand` in `third_party/forked/golang/expansion`).
    pub(in crate::manifest) fn kubernetes(text: &str, variables: &BTreeMap<&str, &str>) -> String {
        let (mut out, mut rest) = (String::new(), text);
        while let Some(at) = rest.find('$') {
            out.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix('$') {
                out.push('$');
                rest = after;
            } else if let Some((name, after)) = rest.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
                match variables.get(name) {
                    Some(value) => out.push_str(value),
                    None => {
                        let _ = write!(out, "$({name})");
                    }
                }
                rest = after;
            } else if rest.starts_with(|c: char| !c.is_ascii()) {
                // What a kubelet before 1.34 makes of the byte.
                out.push_str("$?");
            } else {
                out.push('$');
            }
        }
        out + rest
    }

    #[test]
    fn dollars_survive_and_variables_are_expanded() {
        let variables = BTreeMap::from([("X", "value")]);
        let case =
            |typed: &str, want: &str| assert_eq!(kubernetes(&literal(typed, false), &variables), want, "{typed}");
        case("a$b ${c} $", "a$b ${c} $");
        case("$$", "$$");
        case("$$$", "$$$");
        case("$(X) $(date)", "value $(date)");
        case("$$(X)", "$(X)");
        case("$$$(X)", "$$value");
        case("$(ps -p $$) $$", "$(ps -p $$) $$");
        case("$(f $(X)) $(", "$(f $(X)) $(");
        case("$\u{e9} $$\u{e9}", "$\u{e9} $$\u{e9}");
        assert_eq!(kubernetes(&escaped("$(X) $$ ${x}"), &variables), "$(X) $$ ${x}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]
        #[test]
        fn what_was_typed_arrives_where_no_variable_is_named(typed in "[$$$(){a\\\\ \u{e9}]{0,12}") {
            prop_assume!(!typed.contains("$$("));
            prop_assert_eq!(kubernetes(&literal(&typed, false), &BTreeMap::new()), typed);
        }

        #[test]
        fn what_was_typed_before_a_value_leaves_it_whole(typed in "[$$$(a\u{e9}]{0,8}") {
            prop_assume!(!typed.contains("$$("));
            let text = literal(&typed, true) + "$(V)";
            prop_assert_eq!(kubernetes(&text, &BTreeMap::from([("V", "v")])), typed + "v");
        }
    }
}
