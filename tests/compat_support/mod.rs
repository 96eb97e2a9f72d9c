//! What a store holds, as lines of a file: the key in hexadecimal digits and the value.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "each test file uses a part of it"
)]

use std::sync::Arc;

use pollster::block_on;
use serde_json::value::RawValue;
use throughline::store::{Batch, Key, MemoryStore, Store, Write};

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    key: String,
    value: Box<RawValue>,
}

/// The values that are wanted by their keys and kinds, in lines.
pub fn content(store: &MemoryStore, wanted: impl Fn(&Key, &str) -> bool) -> String {
    let mut text = String::new();
    for (key, value) in store.dump().filter(|(key, value)| wanted(key, &kind(value))) {
        let value = RawValue::from_string(String::from_utf8(value.to_vec()).unwrap()).unwrap();
        let key = key.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        text += &serde_json::to_string(&Stored { key, value }).unwrap();
        text.push('\n');
    }
    text
}

/// Puts what a file holds into a store.
pub fn put(store: &MemoryStore, file: &str) {
    let writes = file.lines().map(|line| {
        let line: Stored = serde_json::from_str(line).unwrap();
        let digits: Vec<char> = line.key.chars().collect();
        let byte = |pair: &[char]| u8::from_str_radix(&pair.iter().collect::<String>(), 16).unwrap();
        let key: Vec<u8> = digits.chunks(2).map(byte).collect();
        (Key::new(&key).unwrap(), Write::Put(line.value.get().as_bytes().into()))
    });
    let batch = Batch { writes: writes.collect(), ..Batch::default() };
    block_on(store.commit(&batch)).unwrap();
}

/// A store with what a file holds.
pub fn read(file: &str) -> Arc<MemoryStore> {
    let store = Arc::new(MemoryStore::new());
    put(&store, file);
    store
}

/// The kinds of a file's values, line by line.
pub fn kinds(file: &str) -> impl Iterator<Item = String> + '_ {
    file.lines().map(|line| kind(serde_json::from_str::<Stored>(line).unwrap().value.get().as_bytes()))
}

fn kind(value: &[u8]) -> String {
    let value: serde_json::Value = serde_json::from_slice(value).unwrap();
    value["kind"].as_str().unwrap().to_owned()
}
