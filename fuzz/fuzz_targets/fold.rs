//! Folding ends well on every text, and twice is as good as once. So do the other functions of `text`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use throughline::text::{self, Direction, TextFlags, controls, digits};

fuzz_target!(|text: &str| {
    let folded = text::fold(text);
    assert_eq!(text::fold(&folded), folded);
    assert!(!folded.chars().any(|c| c.is_control() || controls::is_invisible(c)));
    assert!(folded.len() <= 11 * text.len());

    let folded = digits::fold(text);
    assert_eq!(digits::fold(&folded), folded);
    let seen = controls::strip(text);
    assert_eq!(controls::strip(&seen), seen);
    for columns in [0, 1, 12] {
        assert_eq!(text::display_width(&text::pad(text, columns)), columns);
    }
    let _ = (TextFlags::of(text), text::skeleton(text), text::dominant_script(text), Direction::of(text));
});
