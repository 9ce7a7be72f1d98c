//! Items of a `ConfigMap`, as `--items-from configmap/NAME` finds them.

use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::ConfigMap;
use serde::Deserialize as _;
use serde_json::Value;

use super::{Items, ItemsError};
use crate::text::shown;

/// What a `ConfigMap` holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MapList {
    /// A key for each index.
    Items(Items),
    /// A file of items.
    File {
        /// Its key, whose end tells its format.
        key: String,
        /// What is in it.
        bytes: Vec<u8>,
    },
}

/// A `ConfigMap` in which no items can be found.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MapError {
    /// No key at all.
    #[error("it is empty")]
    Empty,
    /// Not the key that was asked for.
    #[error("it has no key {}; there are: {}", shown(.0), shown(.1))]
    NoKey(String, String),
    /// Several keys that are no indexes.
    #[error("it has several keys that are not 0 to N-1: {}; say which one is the list by configmap/NAME/KEY", shown(.0))]
    Several(String),
    /// What the server returned is none.
    #[error("it makes no sense: {0}")]
    Strange(String),
    /// The items of its keys.
    #[error(transparent)]
    Items(#[from] ItemsError),
}

/// The items in `map`, as the server returned it: of this key; without one, of the only key, or of the keys 0 to N-1,
/// as this program makes them.
pub fn of_config_map(map: &Value, key: Option<&str>) -> Result<MapList, MapError> {
    let map = ConfigMap::deserialize(map).map_err(|error| MapError::Strange(shown(&error.to_string()).into_owned()))?;
    let text = map.data.unwrap_or_default().into_iter().map(|(key, text)| (key, text.into_bytes()));
    let binary = map.binary_data.unwrap_or_default().into_iter().map(|(key, ByteString(bytes))| (key, bytes));
    let mut entries: Vec<(String, Vec<u8>)> = text.chain(binary).collect();
    let names = |entries: &[(String, Vec<u8>)]| {
        let names: Vec<&str> = entries.iter().map(|(key, _)| key.as_str()).take(10).collect();
        names.join(", ")
    };
    if let Some(key) = key {
        let names = names(&entries);
        let found = entries.into_iter().find(|(name, _)| name == key);
        let (key, bytes) = found.ok_or_else(|| MapError::NoKey(key.to_owned(), names))?;
        return Ok(MapList::File { key, bytes });
    }
    let index = |(key, _): &(String, Vec<u8>)| key.parse::<usize>().ok().filter(|index| index.to_string() == *key);
    entries.sort_by_key(|entry| index(entry));
    let all_indexes = entries.iter().enumerate().all(|(at, entry)| index(entry) == Some(at));
    match entries.len() {
        0 => Err(MapError::Empty),
        _ if all_indexes => Ok(MapList::Items(Items::single(entries.into_iter().map(|(_, bytes)| bytes).collect())?)),
        1 => Ok(entries.into_iter().map(|(key, bytes)| MapList::File { key, bytes }).next().ok_or(MapError::Empty)?),
        _ => Err(MapError::Several(names(&entries))),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_key_for_each_index_or_one_file() {
        let keys = json!({"data": {"0": "a", "2": "c", "10": "k"}, "binaryData": {"1": "/w=="}});
        assert!(matches!(of_config_map(&keys, None), Err(MapError::Several(_))));
        let keys = json!({"data": {"0": "a", "2": "c"}, "binaryData": {"1": "/w=="}});
        let items = Items::single(vec![b"a".to_vec(), b"\xff".to_vec(), b"c".to_vec()]).unwrap();
        assert_eq!(of_config_map(&keys, None), Ok(MapList::Items(items)));
        let file = MapList::File { key: "runs.csv".into(), bytes: b"a\n1\n".to_vec() };
        let map = json!({"data": {"runs.csv": "a\n1\n"}});
        assert_eq!(of_config_map(&map, None), Ok(file.clone()));
        let two = json!({"data": {"runs.csv": "a\n1\n", "other": ""}});
        assert_eq!(of_config_map(&two, Some("runs.csv")), Ok(file));
        let error = of_config_map(&two, None).unwrap_err().to_string();
        assert!(error.starts_with("it has several keys that are not 0 to N-1: other, runs.csv;"), "{error}");
        assert_eq!(
            of_config_map(&two, Some("x")).unwrap_err().to_string(),
            "it has no key x; there are: other, runs.csv"
        );
        assert_eq!(of_config_map(&json!({}), None), Err(MapError::Empty));
    }
}
