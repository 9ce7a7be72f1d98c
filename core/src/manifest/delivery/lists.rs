//! Lists in `ConfigMaps`: a key for each index, or, where they are many, packed into lines.

use std::fmt::Write as _;

use k8s_openapi::ByteString;
use serde_json::{Map, Value, json};

use super::super::Problem;
use crate::text::quoted;

/// A `ConfigMap` holds at most 1 MiB (`MaxSecretSize` in `pkg/apis/core/validation`).
pub(super) const CONFIG_MAP_BYTES: usize = 1 << 20;
/// What a key costs besides itself, in the bookkeeping of who wrote it.
const KEY_BYTES: usize = 24;
/// Above this, every pod would carry too many keys that are not its own.
pub(super) const KEYS: usize = 2_000;
/// What one `ConfigMap` of packed lines holds.
const PACK_BYTES: usize = 900 << 10;
/// More of them would be a burden to every node.
const PACKS: usize = 32;

/// The list of items.
pub(super) const ITEM: &str = "item";
/// The list of the values of variables.
pub(super) const VALUES: &str = "values";

/// What each index gets under one name: its item, or the values of its variables.
pub(super) struct List<'a> {
    /// What it is, in names of keys and files: [`ITEM`] or [`VALUES`].
    pub(super) kind: &'static str,
    /// The bytes for each index, from 0 on.
    pub(super) entries: Vec<std::borrow::Cow<'a, [u8]>>,
}

impl List<'_> {
    /// The key of an index, or the name of it that a mount expands.
    pub(super) fn key(&self, index: &str) -> String {
        if self.kind == ITEM { index.to_owned() } else { format!("{index}.{}", self.kind) }
    }
}

/// What `lists` take in one `ConfigMap` with a key for each index.
pub(super) fn keyed_size(lists: &[List]) -> usize {
    let entries = lists.iter().flat_map(|list| &list.entries);
    entries.map(|entry| entry.len() + KEY_BYTES).sum()
}

/// `data` and `binaryData` of a `ConfigMap` with a key for each index.
pub(super) fn keyed(lists: &[List]) -> Map<String, Value> {
    let (mut data, mut binary) = (Map::new(), Map::new());
    for list in lists {
        for (index, entry) in list.entries.iter().enumerate() {
            put(&mut data, &mut binary, list.key(&index.to_string()), entry);
        }
    }
    map_of(data, binary)
}

/// `data` or `binaryData` of a `ConfigMap` with one key.
pub(super) fn single(key: &str, bytes: &[u8]) -> Map<String, Value> {
    let (mut data, mut binary) = (Map::new(), Map::new());
    put(&mut data, &mut binary, key.to_owned(), bytes);
    map_of(data, binary)
}

/// Text goes into `data`; what is no UTF-8 cannot, and goes into `binaryData`.
fn put(data: &mut Map<String, Value>, binary: &mut Map<String, Value>, key: String, bytes: &[u8]) {
    match std::str::from_utf8(bytes) {
        Ok(text) => data.insert(key, json!(text)),
        Err(_) => binary.insert(key, json!(ByteString(bytes.to_vec()))),
    };
}

fn map_of(data: Map<String, Value>, binary: Map<String, Value>) -> Map<String, Value> {
    let parts = [("data", data), ("binaryData", binary)];
    let filled = parts.into_iter().filter(|(_, part)| !part.is_empty());
    filled.map(|(name, part)| (name.to_owned(), Value::Object(part))).collect()
}

/// A `ConfigMap`'s part of a list: lines from index `first` on.
pub(super) struct Pack {
    pub(super) key: String,
    pub(super) lines: String,
    first: usize,
}

/// `list` as lines, in as many packs as it needs.
pub(super) fn packed(list: &List) -> Result<Vec<Pack>, Problem> {
    let mut packs: Vec<Pack> = Vec::new();
    for (index, entry) in list.entries.iter().enumerate() {
        let line = line(entry);
        if line.len() > PACK_BYTES {
            let problem = format!("item {index} takes {} bytes, and at most {PACK_BYTES} can be sent", line.len());
            return Err(Problem::new(problem).hint("put the data on a volume, and its names in the list"));
        }
        match packs.last_mut() {
            Some(pack) if pack.lines.len() + line.len() <= PACK_BYTES => pack.lines.push_str(&line),
            _ => packs.push(Pack { key: format!("{}-{index}", list.kind), lines: line, first: index }),
        }
    }
    if packs.len() > PACKS {
        let size: usize = packs.iter().map(|pack| pack.lines.len()).sum();
        let problem = format!("the list takes {size} bytes, and at most {} can be sent", PACKS * PACK_BYTES);
        return Err(Problem::new(problem).hint("put the data on a volume, and its names in the list"));
    }
    Ok(packs)
}

/// `=` and what `printf %b` prints as `entry`, on one line of text. The mark tells an empty entry from a missing line.
fn line(entry: &[u8]) -> String {
    let mut line = String::with_capacity(entry.len() + 2);
    line.push('=');
    for chunk in entry.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\\' => line.push_str("\\\\"),
                '\n' => line.push_str("\\n"),
                c if c.is_ascii_control() => octal(&mut line, c as u8),
                c => line.push(c),
            }
        }
        chunk.invalid().iter().for_each(|byte| octal(&mut line, *byte));
    }
    line.push('\n');
    line
}

/// The entry of a line without its line feed: the reverse of `line`. None where the mark is missing.
pub(super) fn unpacked(line: &[u8]) -> Option<Vec<u8>> {
    let mut rest = line.strip_prefix(b"=")?;
    let mut entry = Vec::with_capacity(rest.len());
    while let Some(at) = rest.iter().position(|byte| *byte == b'\\') {
        entry.extend_from_slice(&rest[..at]);
        rest = match &rest[at + 1..] {
            [b'\\', rest @ ..] => {
                entry.push(b'\\');
                rest
            }
            [b'n', rest @ ..] => {
                entry.push(b'\n');
                rest
            }
            [b'0', digits @ ..] => {
                let digits = digits.split_at_checked(3)?;
                entry.push(u8::from_str_radix(std::str::from_utf8(digits.0).ok()?, 8).ok()?);
                digits.1
            }
            _ => return None,
        };
    }
    entry.extend_from_slice(rest);
    Some(entry)
}

/// POSIX gives `%b` the form `\0ddd`.
fn octal(line: &mut String, byte: u8) {
    let _ = write!(line, "\\0{byte:03o}");
}

/// Where an init container finds the packs.
pub(super) const PACKS_PATH: &str = "/indexedjob-lists";

/// The function of the init script that writes the line of this index to a file.
pub(super) const PUT: &str = r#"put() {
  kind=$1 file=$2; shift 2
  for first; do [ "$JOB_COMPLETION_INDEX" -ge "$first" ] && break; done
  line=$(sed -n "$((JOB_COMPLETION_INDEX - first + 1)){p;q;}" "/indexedjob-lists/$kind-$first") || exit
  case $line in
  =*) printf %b "${line#=}" > "$file" || exit ;;
  *) echo "index $JOB_COMPLETION_INDEX has no $kind" >&2; exit 1 ;;
  esac
}
"#;

/// The line of the init script that calls it for the items begins so.
pub(super) const PUT_ITEM: &str = "\nput item ";

/// The line of the init script that calls it.
pub(super) fn put_call(list: &List, packs: &[Pack], file: &str) -> String {
    let firsts: Vec<String> = packs.iter().rev().map(|pack| pack.first.to_string()).collect();
    format!("put {} {} {}\n", list.kind, quoted(file), firsts.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(entries: &[&'static [u8]]) -> List<'static> {
        List { kind: ITEM, entries: entries.iter().map(|entry| (*entry).into()).collect() }
    }

    #[test]
    fn a_key_for_each_index_and_bytes_that_are_no_text_apart() {
        let maps = Value::Object(keyed(&[list(&[b"a", b"\xff", b""])]));
        assert_eq!(maps, json!({"data": {"0": "a", "2": ""}, "binaryData": {"1": "/w=="}}));
        assert_eq!(List { kind: VALUES, entries: vec![] }.key("7"), "7.values");
    }

    #[test]
    fn an_entry_is_one_line_whatever_is_in_it() {
        assert_eq!(line(b"a b\\n\n\r\0\xff\xc3\xa4"), "=a b\\\\n\\n\\0015\\0000\\0377\u{e4}\n");
        assert_eq!(line(b""), "=\n");
    }

    #[test]
    fn packs_are_cut_between_entries_and_know_their_first() {
        let big = vec![b'x'; PACK_BYTES / 2];
        let entries = (0..5).map(|_| big.clone().into()).collect();
        let packs = packed(&List { kind: ITEM, entries }).unwrap();
        let keys: Vec<_> = packs.iter().map(|pack| pack.key.as_str()).collect();
        assert_eq!(keys, ["item-0", "item-1", "item-2", "item-3", "item-4"]);
        let packs = packed(&list(&[b"a", b"b", b"c"])).unwrap();
        assert_eq!((packs.len(), packs[0].lines.as_str()), (1, "=a\n=b\n=c\n"));
        assert_eq!(put_call(&list(&[]), &packs, "/input/data.txt"), "put item /input/data.txt 0\n");
    }

    #[test]
    fn what_no_config_map_holds_is_refused() {
        let huge = vec![b'x'; PACK_BYTES];
        let message = |entries| packed(&List { kind: ITEM, entries }).err().unwrap().to_string();
        assert!(message(vec![huge.clone().into()]).starts_with("item 0 takes "));
        let most = vec![b'x'; PACK_BYTES - 2];
        assert!(message((0..=PACKS).map(|_| most.clone().into()).collect()).starts_with("the list takes "));
    }
}
