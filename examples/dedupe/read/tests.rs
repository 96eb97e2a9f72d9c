use super::*;

fn try_read(bytes: &[u8], options: &Options<'_>) -> Result<Loaded, ReadError> {
    read(bytes, "people.csv", options, |_| {})
}

fn good(bytes: impl AsRef<[u8]>) -> Loaded {
    try_read(bytes.as_ref(), &Options::default()).unwrap()
}

fn lenient(bytes: impl AsRef<[u8]>) -> Loaded {
    try_read(bytes.as_ref(), &Options { lenient: true, id: None, ..Options::default() }).unwrap()
}

fn bad(bytes: impl AsRef<[u8]>) -> ReadError {
    try_read(bytes.as_ref(), &Options::default()).unwrap_err()
}

fn rows(loaded: &Loaded) -> Vec<Vec<&str>> {
    let row = |record| loaded.table.columns().iter().map(|column| column.at(record)).collect();
    (0..loaded.table.records()).map(row).collect()
}

fn place(error: &ReadError) -> (u64, u64, Option<&str>) {
    let place = error.place().unwrap();
    (place.row, place.line, place.column.as_deref())
}

#[test]
fn a_plain_file() {
    let loaded = good("record_id,first_name,city\n1,سارا,\n2, Пётр ,דן\n");
    assert_eq!(rows(&loaded), [["1", "سارا", ""], ["2", "Пётр", "דן"]]);
    assert_eq!((loaded.id, loaded.id_choice, loaded.repairs), (0, IdChoice::Header, Repairs::default()));
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_header() {
    for bytes in ["\u{feff}id,name\n1,a\n", "\u{feff}\"id\",name\r\n1,a\r\n"] {
        let loaded = good(bytes);
        assert_eq!(loaded.table.columns()[0].header(), "id");
        assert_eq!(rows(&loaded), [["1", "a"]]);
    }
}

#[test]
fn quoted_line_ends_and_quotation_marks() {
    let loaded = good("id,address,name\n1,\"12 Rowan Lane\nFlat 2\",\"\"\"Bob\"\"\"\n2,x,y\n");
    assert_eq!(rows(&loaded)[0], ["1", "12 Rowan Lane\nFlat 2", "\"Bob\""]);
    let error = bad("id,address,name\n1,\"12 Rowan Lane\nFlat 2\",b\n1,x,y\n");
    assert_eq!(place(&error), (2, 4, Some("id")));
}

#[test]
fn other_separators() {
    for separator in [";", "\t", "|"] {
        let loaded = good(format!("id,name,city\n1,\"a{separator}, b\",c\n").replace(',', separator));
        assert_eq!(loaded.separator, separator.as_bytes()[0]);
        assert_eq!(loaded.table.columns().len(), 3);
    }
    assert_eq!(good("id\n1\n2\n").separator, b',');
}

#[test]
fn ragged_rows() {
    let error = bad("id,name,city\n1,a,b\n2,a\n");
    assert_eq!(place(&error), (2, 3, Some("city")));
    assert!(matches!(error.kind(), ReadErrorKind::Ragged { expected: 3, found: 2 }));
    let error = bad("id,name,city\n1,a,b,c\n");
    assert_eq!(place(&error), (1, 2, None));
    assert!(error.to_string().starts_with("`people.csv`, row 1 (line 2): the row has 4 values"), "{error}");

    let loaded = lenient("id,name,city\n1,a\n2,a,b,c\n3,a,b\n");
    assert_eq!(rows(&loaded), [["1", "a", ""], ["2", "a", "b"], ["3", "a", "b"]]);
    assert_eq!((loaded.repairs.padded, loaded.repairs.cut), (1, 1));
}

#[test]
fn latin_letters_of_one_byte() {
    let loaded = good(b"id,name,city\n1,Jos\xe9,K\xf6ln\n2,\xd0\x9f\xd1\x91\xd1\x82\xd1\x80,\x80\x93\x81\n");
    assert_eq!(rows(&loaded), [["1", "José", "Köln"], ["2", "Пётр", "€“\u{81}"]]);
    assert_eq!((loaded.repairs.latin, loaded.repairs.first_latin), (3, Some(1)));
    let loaded = good(b"id,Stra\xdfe\n1,a\n");
    assert_eq!(loaded.table.columns()[1].header(), "Straße");
}

#[test]
fn ids_must_be_there_and_different() {
    let error = bad("name,record_id\na,1\nb,\n");
    assert_eq!(place(&error), (2, 3, Some("record_id")));
    assert!(matches!(error.kind(), ReadErrorKind::EmptyId));
    let error = bad("record_id,name\n1,a\n2,b\n3,c\n 2 ,d\n");
    assert_eq!(place(&error), (4, 5, Some("record_id")));
    assert!(matches!(error.kind(), ReadErrorKind::DuplicateId { first: 2 }));
}

#[test]
fn no_error_shows_a_value() {
    for bytes in
        ["id,name\nSecret,a\nSecret,b\n", "id,name\nSecret\n", "id,name\n1,Secret\0\n", "name\nSecret\n"]
    {
        let error = bad(bytes);
        assert!(!format!("{error} {error:?}").contains("Secret"), "{error:?}");
    }
}

#[test]
fn the_column_that_tells_records_apart() {
    let choice = |text: &str, id: Option<&str>| {
        let options = Options { lenient: false, id: id.map(str::to_owned), fields: None };
        try_read(text.as_bytes(), &options).map(|loaded| (loaded.id, loaded.id_choice))
    };
    assert_eq!(choice("id,Unique-ID\n1,1\n", None).unwrap(), (1, IdChoice::Header));
    assert_eq!(choice("RECORD_ID,record_id\n1,1\n1,2\n", Some("record_id")).unwrap(), (1, IdChoice::Asked));
    assert_eq!(choice("a,B\n1,1\n1,2\n", Some("b")).unwrap(), (1, IdChoice::Asked));
    // Every e-mail address is different, yet it is what records are compared by.
    assert_eq!(choice("email,colour,code\na,red,1\nb,red,2\n", None).unwrap(), (2, IdChoice::Unique));
    assert!(matches!(choice("email,colour\na,red\nb,red\n", None).unwrap_err().kind(), ReadErrorKind::NoId));
    let unknown = choice("id\n1\n", Some("key")).unwrap_err();
    assert_eq!(unknown.to_string(), "`people.csv`: there is no column `key`");
}

#[test]
fn nothing_and_only_a_header() {
    assert!(matches!(bad("").kind(), ReadErrorKind::Empty));
    assert!(matches!(bad("\n\n").kind(), ReadErrorKind::Empty));
    assert!(matches!(bad("\u{feff}").kind(), ReadErrorKind::Empty));
    let loaded = good("record_id,name");
    assert_eq!((loaded.table.records(), loaded.table.columns().len()), (0, 2));
}

#[test]
fn nul_characters_and_other_encodings() {
    let error = bad("id,name\n1,a\n2,b\0\n");
    assert_eq!(place(&error), (2, 3, Some("name")));
    assert!(matches!(error.kind(), ReadErrorKind::Nul));
    let loaded = lenient("id,name\n1,a\0b\n");
    assert_eq!((rows(&loaded), loaded.repairs.nul), (vec![vec!["1", "ab"]], 1));
    assert!(matches!(bad(b"\xff\xfei\0d\0\n\0").kind(), ReadErrorKind::Utf16));
}

#[test]
fn long_values() {
    let long = "ش".repeat(10_000);
    assert_eq!(rows(&good(format!("id,name\n1,{long}\n")))[0][1], long);
    let error = bad(format!("id,name\n1,\"a\n{}\"\n", "2,b\n".repeat(300_000)));
    assert_eq!(place(&error), (1, 2, Some("name")));
    assert!(matches!(error.kind(), ReadErrorKind::TooLong));
    // The reader stops before the whole of a huge file is in memory.
    let endless = Read::chain("id,name\n1,\"".as_bytes(), std::io::repeat(b'x'));
    let error = read(endless, "people.csv", &Options::default(), |_| {}).unwrap_err();
    assert!(error.to_string().contains("never closed"), "{error}");
}

#[test]
fn a_quotation_mark_that_is_never_closed_loses_no_record_silently() {
    let row = |id: u32, email: &str| format!("{id},A,B,1990-01-01,{email}\n");
    let file = |odd: &dyn Fn(u32) -> Option<&'static str>| {
        let rows: String = (1..=300).map(|id| row(id, odd(id).unwrap_or("a@x.org"))).collect();
        format!("id,first,last,born,email\n{rows}")
    };
    // In the last column it swallows all that follows, and the row has as many values as it should.
    let end = file(&|id| (id == 51).then_some("\"oops@x.org"));
    // So it does up to the next one that is never closed.
    let next = file(&|id| [51, 80].contains(&id).then_some("\"oops@x.org"));
    let quoted = end.replace("A,", "\"A\",");
    for text in [&end, &next, &quoted, &end.replace('\n', "\r\n"), &format!("\u{feff}{end}")] {
        for lenient in [false, true] {
            let options = Options { lenient, ..Options::default() };
            let error = try_read(text.as_bytes(), &options).unwrap_err();
            let (row, _, column) = place(&error);
            assert_eq!((row, column), (51, Some("email")), "{error}");
            assert!(matches!(error.kind(), ReadErrorKind::Unclosed), "{error}");
        }
    }
    let error = bad("id,\"name\n1,a\n");
    assert!(matches!(error.kind(), ReadErrorKind::Unclosed), "{error}");
    // Quotation marks within a value, and after a quoted one, stand for themselves.
    let loaded = good("id,name\n1,5\" pipe\n2,\"Bob\" Smith\n3,\"a\n\"\"b\"\n4,\"\"\n5,\"x\"");
    let names: Vec<&str> = rows(&loaded).into_iter().map(|row| row[1]).collect();
    assert_eq!(names, ["5\" pipe", "Bob Smith", "a\n\"b", "", "x"]);
}

#[test]
fn headers_are_made_different() {
    let loaded = good("id,phone,phone,,\n1,a,b,c,d\n");
    let headers: Vec<&str> = loaded.table.columns().iter().map(crate::table::Column::header).collect();
    assert_eq!(headers, ["id", "phone", "phone (column 3)", "column 4", "column 5"]);
    assert_eq!(recognise(headers[2]), recognise("phone"));
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
        for lenient in [false, true] {
            if let Ok(loaded) = try_read(&bytes, &Options { lenient, id: None, ..Options::default() }) {
                proptest::prop_assert!(loaded.id < loaded.table.columns().len());
            }
        }
    }

    #[test]
    fn what_was_written_is_read(values in proptest::collection::vec("[a-c,\";\n\rשم]{0,6}", 1..30)) {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["id", "name"]).unwrap();
        for (row, value) in values.iter().enumerate() {
            writer.write_record([&row.to_string(), value]).unwrap();
        }
        let loaded = good(writer.into_inner().unwrap());
        for (record, value) in values.iter().enumerate() {
            proptest::prop_assert_eq!(loaded.table.columns()[1].at(record), value.trim());
        }
    }
}
