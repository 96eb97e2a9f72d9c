//! Lines that are broken or odd, always the same. They stand between the events and must neither stop the reader nor
//! cost it a good event.

/// One text as one line.
fn line(text: &str) -> Vec<u8> {
    text.as_bytes().to_vec()
}

/// A well-formed track event with the given fields put in front of the usual ones.
fn track(number: usize, fields: &str) -> Vec<u8> {
    line(&format!(
        r#"{{"type":"track","messageId":"odd-{number:02}",{fields}"receivedAt":"2026-03-20T12:00:00.000Z","context":{{"channel":"web","source":"web-shop"}}}}"#
    ))
}

/// The lines, in the order in which they appear in the file.
pub(crate) fn lines() -> Vec<Vec<u8>> {
    let mut lines = vec![
        // Cut off.
        line(r#"{"type":"track","messageId":"cut-01","event":"Product Viewed","anonymousId":"anon-cut"#),
        line(r#"{"type":"identify","messageId":"cut-02","userId":"u-cut","traits":{"email":"cut@mail.ex"#),
        line(r#"{"type":"page","messageId":"cut-03""#),
        line("{"),
        // Not an event at all.
        line("null"),
        line("[]"),
        line("{}"),
        line("42"),
        line(r#""track""#),
        line("<html><head><title>502 Bad Gateway</title></head></html>"),
        line("track,odd,Product Viewed,anon-odd,2026-03-20"),
        line(r#"{"type":"track"} {"type":"track"}"#),
        // Type missing, unknown, of the wrong kind.
        line(r#"{"messageId":"odd-13","event":"Product Viewed","anonymousId":"anon-odd"}"#),
        line(r#"{"type":"teleport","messageId":"odd-14","anonymousId":"anon-odd"}"#),
        line(r#"{"type":7,"messageId":"odd-15","anonymousId":"anon-odd"}"#),
        // Nobody, or somebody of the wrong kind.
        track(16, r#""event":"Product Viewed","#),
        track(17, r#""event":"Product Viewed","userId":4711,"#),
        track(18, r#""event":"Product Viewed","userId":{"id":"u-odd"},"#),
        // Controls that turn the direction of text, in an identifier; a zero byte; half a surrogate pair.
        track(19, "\"event\":\"Product Viewed\",\"userId\":\"u-\u{202e}1001\u{202c}\","),
        track(20, r#""event":"Product Viewed","userId":"u-1001\u0000","#),
        track(21, r#""event":"Product Viewed","userId":"u-\ud800","#),
        // Times that are none.
        track(22, r#""event":"Product Viewed","anonymousId":"anon-odd","originalTimestamp":"yesterday","#),
        track(23, r#""event":"Product Viewed","anonymousId":"anon-odd","originalTimestamp":1774000000,"#),
        // Names that nobody knows, or none at all: custom events.
        track(24, r#""event":"Камера включена 📷","anonymousId":"anon-odd","#),
        track(25, r#""event":"","anonymousId":"anon-odd","#),
        // Numbers that are none, or none that a shop can use.
        track(
            26,
            r#""event":"Product Added","anonymousId":"anon-odd","properties":{"sku":"SKU-1001","price":NaN},"#,
        ),
        track(
            27,
            r#""event":"Product Added","anonymousId":"anon-odd","properties":{"sku":"SKU-1001","price":1e999},"#,
        ),
        track(
            28,
            r#""event":"Product Added","anonymousId":"anon-odd","properties":{"sku":"SKU-1001","quantity":-3},"#,
        ),
        track(
            29,
            r#""event":"Order Completed","anonymousId":"anon-odd","properties":{"total":12.5,"currency":"QQQ"},"#,
        ),
        track(30, r#""event":"Product Viewed","anonymousId":"anon-odd","properties":["SKU-1001"],"#),
        // A field that comes twice.
        track(31, r#""event":"Product Viewed","anonymousId":"anon-odd","anonymousId":"anon-other","#),
    ];
    // Bytes that are no UTF-8: a lone continuation byte and Windows-1256 text.
    let mut bytes = track(32, r#""event":"Product Viewed","anonymousId":"anon-?","#);
    bytes.iter_mut().filter(|byte| **byte == b'?').for_each(|byte| *byte = 0x80);
    lines.push(bytes);
    lines.push(
        b"{\"type\":\"identify\",\"userId\":\"u-odd\",\"traits\":{\"firstName\":\"\xd3\xc7\xd1\xc7\"}}"
            .to_vec(),
    );
    // Two thousand levels deep.
    let (open, close) = (r#"{"a":"#.repeat(2_000), "}".repeat(2_000));
    lines
        .push(track(34, &format!(r#""event":"Deep","anonymousId":"anon-odd","properties":{open}1{close},"#)));
    // A name of 64 KiB.
    let long = "x".repeat(65_536);
    lines.push(track(35, &format!(r#""event":"{long}","anonymousId":"anon-odd","#)));
    lines
}
