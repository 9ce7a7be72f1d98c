//! Labels, annotations and selectors, as kubectl writes them.

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, LabelSelectorRequirement};

use super::page::{Page, indent};

/// The longest annotation that stands on one line with its key, in bytes.
const LONGEST: usize = 140;

/// `kubectl apply` keeps the whole manifest there; kubectl does not show it either.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// Labels or a node selector, one per line, by key.
pub(super) fn labels(page: &mut Page, level: usize, title: &str, labels: Option<&BTreeMap<String, String>>) {
    page.list(level, title, pairs(labels));
}

/// Every `key=value`, by key.
pub(super) fn pairs(map: Option<&BTreeMap<String, String>>) -> impl Iterator<Item = String> {
    map.into_iter().flatten().map(|(key, value)| format!("{key}={value}"))
}

/// Annotations by key: short ones on one line, others below their key, each line cut.
pub(super) fn annotations(page: &mut Page, level: usize, title: &str, annotations: Option<&BTreeMap<String, String>>) {
    let pad = indent(level);
    let mut first = Some(format!("{pad}{title}:"));
    for (key, value) in annotations.into_iter().flatten().filter(|(key, _)| *key != LAST_APPLIED) {
        let label = first.take().unwrap_or_else(|| pad.clone());
        let value = value.strip_suffix('\n').unwrap_or(value);
        if value.contains('\n') || key.len() + value.len() + 2 > LONGEST {
            page.row(0, &[&label, &format!("{pad}{key}:")]);
            value.split('\n').for_each(|line| page.row(0, &[&pad, &format!("  {}", cut(line, LONGEST - 2))]));
        } else {
            page.row(0, &[&label, &format!("{pad}{key}: {value}")]);
        }
    }
    if let Some(label) = first {
        page.row(0, &[&label, &format!("{pad}<none>")]);
    }
}

/// `text`, or its first `longest` bytes and `...`; a character that would be split is left out.
pub(super) fn cut(text: &str, longest: usize) -> String {
    if text.len() <= longest {
        return text.to_owned();
    }
    let end = (0..=longest).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
    format!("{}...", &text[..end])
}

/// A selector on one line, requirements by key; nothing when it has none.
///
/// # Errors
/// What is wrong with it, in kubectl's words.
pub(super) fn selector(selector: &LabelSelector) -> Result<String, String> {
    let labels = selector.match_labels.iter().flatten().map(|(key, value)| Ok((key, format!("{key}={value}"))));
    let expressions = selector.match_expressions.iter().flatten().map(|e| Ok((&e.key, expression(e)?)));
    let mut requirements: Vec<_> = labels.chain(expressions).collect::<Result<_, String>>()?;
    requirements.sort_by_key(|(key, _)| *key);
    Ok(requirements.into_iter().map(|(_, text)| text).collect::<Vec<_>>().join(","))
}

fn expression(e: &LabelSelectorRequirement) -> Result<String, String> {
    let values = || {
        let mut values = e.values.clone().unwrap_or_default();
        values.sort();
        values.join(",")
    };
    Ok(match e.operator.as_str() {
        "In" => format!("{} in ({})", e.key, values()),
        "NotIn" => format!("{} notin ({})", e.key, values()),
        "Exists" => e.key.clone(),
        "DoesNotExist" => format!("!{}", e.key),
        other => return Err(format!("\"{other}\" is not a valid label selector operator")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_is_not_split() {
        assert_eq!(cut("ab", 2), "ab");
        assert_eq!(cut("abc", 2), "ab...");
        assert_eq!(cut("aüb", 2), "a...");
    }
}
