//! Splink settings of any shape are read or refused, and what was read is written and read again the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use throughline::identity::linkage::{Dialect, Model, Scorer, SplinkImport};

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let condition = serde_json::json!({
        "comparisons": [{ "output_column_name": "x", "comparison_levels": [{ "sql_condition": text }] }],
        "blocking_rules_to_generate_predictions": [],
    });
    let rule = serde_json::json!({
        "comparisons": [],
        "blocking_rules_to_generate_predictions": [text],
    });
    for json in [data.to_vec(), condition.to_string().into_bytes(), rule.to_string().into_bytes()] {
        let Ok(model) = Model::from_splink_json(&json, SplinkImport::default()) else { continue };
        let scorer = Scorer::new(&model).expect("an imported model is sound");
        let record = scorer.prepare(&|_| Some("2000-01-02"));
        assert!(!scorer.weight_bits(&record, &record).is_nan());
        if let Ok(exported) = model.to_splink_json(Dialect::DuckDb) {
            let again = Model::from_splink_json(exported.as_bytes(), SplinkImport::default())
                .expect("an exported model reads back");
            assert_eq!(again.comparisons.len(), model.comparisons.len());
        }
    }
});
