//! Messages that say the same of different things: `no such file: 3.csv` and `no such file: 7.csv` are alike.

/// What stands for all that differs.
const ANY: char = '*';

/// `message` with `*` in place of what differs from task to task: numbers, ids, addresses, paths, and the end of a pod's
/// name.
#[must_use]
pub fn fold(message: &str) -> String {
    let mut folded = String::with_capacity(message.len());
    let mut word = String::new();
    for c in message.chars() {
        if c.is_whitespace() || "\"'`()[]{}<>,;=|".contains(c) {
            push_word(&mut folded, &std::mem::take(&mut word));
            folded.push(c);
        } else {
            word.push(c);
        }
    }
    push_word(&mut folded, &word);
    folded
}

fn push_word(folded: &mut String, word: &str) {
    let name = word.trim_end_matches([':', '.', '!', '?']);
    if is_path(name) || is_id(name) {
        folded.push(ANY);
    } else {
        push_without_numbers(folded, without_random_end(name));
    }
    folded.push_str(&word[name.len()..]);
}

/// `/data/3.csv`, `s3://bucket/key`, `out/part-1`; not `and/or`.
fn is_path(word: &str) -> bool {
    let slashes = word.matches('/').count();
    let begins = ["/", "./", "../", "~/"].iter().any(|start| word.starts_with(start) && word.len() > start.len());
    begins
        || word.contains("://")
        || slashes > 1
        || slashes == 1 && word.contains(|c: char| c == '.' || c.is_ascii_digit())
}

/// `0x7ffd10`, `9f86d081884c`, a uuid; not `deadbeef`, which may be a word.
fn is_id(word: &str) -> bool {
    let hex = word.strip_prefix("0x").unwrap_or(word);
    let digits = hex.bytes().filter(u8::is_ascii_digit).count();
    let all_hex = hex.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    all_hex && (hex.len() < word.len() && !hex.is_empty() || hex.len() >= 8 && digits > 0)
}

/// A pod's name without the five random characters at its end (`SafeEncodeString` in k8s.io/apimachinery
/// `pkg/util/rand` has these only), so that they fold as its number does.
fn without_random_end(word: &str) -> &str {
    match word.rsplit_once('-') {
        Some((head, end)) if end.len() == 5 && end.chars().all(|c| "bcdfghjklmnpqrstvwxz2456789".contains(c)) => {
            if head.ends_with(|c: char| c.is_ascii_digit()) { head } else { word }
        }
        _ => word,
    }
}

/// Numbers become `*`, and `3.14`, `10.0.0.1:80` and `2026-01-31` a single one.
fn push_without_numbers(folded: &mut String, word: &str) {
    let mut chars = word.chars().peekable();
    let mut last = None;
    while let Some(c) = chars.next() {
        let joins = last == Some(ANY) && ".:-_".contains(c) && chars.peek().is_some_and(char::is_ascii_digit);
        match c {
            _ if joins => continue,
            '0'..='9' if last == Some(ANY) => continue,
            '0'..='9' => folded.push(ANY),
            c => folded.push(c),
        }
        last = Some(if c.is_ascii_digit() { ANY } else { c });
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn alike(messages: &[&str], want: &str) {
        for message in messages {
            assert_eq!(fold(message), want, "{message}");
        }
    }

    #[test]
    fn what_differs_from_task_to_task_is_folded() {
        alike(&["no such file: 3.csv", "no such file: 17.csv"], "no such file: *.csv");
        alike(
            &["cannot read /data/3.csv: gone", "cannot read s3://b/k: gone", "cannot read out/4: gone"],
            "cannot read *: gone",
        );
        alike(&["dial 10.0.0.1:80", "dial 10.12.0.7:8080"], "dial *");
        alike(&["at 0x7ffd10, id 9f86d081884c", "at 0xff, id 52d4fdac-3f6a-4b77-9f0e-0a4b8c3d2e1f"], "at *, id *");
        alike(&["took 3.14s (attempt=2)", "took 12s (attempt=10)"], "took *s (attempt=*)");
        alike(
            &["pods \"x-0-abcde\" is forbidden", "pods \"x-0-4fgh2\" is forbidden"][1..],
            "pods \"x-*\" is forbidden",
        );
        alike(&["pods \"x-17-zzkqp\" is forbidden"], "pods \"x-*\" is forbidden");
        alike(&["2026-01-31T10:00:00Z boom", "2025-12-01T09:59:59Z boom"], "*T*Z boom");
    }

    #[test]
    fn words_stay() {
        alike(&["I/O error and/or deadbeef: killed."], "I/O error and/or deadbeef: killed.");
        alike(&["größer als erlaubt!"], "größer als erlaubt!");
        alike(&[""], "");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn numbers_never_make_a_difference(text in "[g-z :./-]{0,20}", one in 0u32..100_000, other in 0u32..100_000) {
            prop_assert_eq!(fold(&format!("{text}{one}{text}")), fold(&format!("{text}{other}{text}")));
        }

        #[test]
        fn no_text_panics(text in "\\PC*") {
            prop_assert!(fold(&text).len() <= text.len());
        }
    }
}
