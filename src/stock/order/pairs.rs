//! Maps by number, written as lists of pairs: a number as the name of a field is not read back everywhere.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub(super) fn serialize<S, V>(map: &BTreeMap<u16, V>, serializer: S) -> Result<S::Ok, S::Error>
where
    S: Serializer,
    V: Serialize,
{
    serializer.collect_seq(map)
}

pub(super) fn deserialize<'de, D, V>(deserializer: D) -> Result<BTreeMap<u16, V>, D::Error>
where
    D: Deserializer<'de>,
    V: Deserialize<'de>,
{
    Ok(Vec::<(u16, V)>::deserialize(deserializer)?.into_iter().collect())
}
