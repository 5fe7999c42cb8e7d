use super::*;

fn layout(text: &str) -> Layout {
    let mut table = toml::from_str(text).expect("TOML");
    Layout::take(&mut table).expect("a layout")
}

/// What the columns `a` and `b` hold, line by line; what is wrong, as it is told.
fn read(bytes: &[u8], settings: &str) -> Vec<String> {
    let records = match records(bytes, &layout(settings), &["a", "b"]) {
        Ok(records) => records,
        Err(error) => return vec![causes::told(&error)],
    };
    let line = |line: &Result<Record, SourceError>| match line {
        Ok(record) => {
            let text = |column| record.text(column).unwrap_or("(absent)");
            format!("{}: {}|{}", record.line, text("a"), text("b"))
        }
        Err(error) => format!("{}: {}", error.line(), causes::told(error)),
    };
    let left = records.left_out.iter().map(|left| format!("{}: {}", left.line, crate::reading::told(left.why)));
    records.lines.iter().map(line).chain(left).collect()
}

#[test]
fn lines_are_numbered_as_an_editor_numbers_them() {
    // A file from Windows once told every flaw one line too early.
    for text in ["a,b\n\n1,2\n\n\n3,4\n", "a,b\r\n\r\n1,2\r\n\r\n\r\n3,4\r\n", "a,b\r\r1,2\r\r\r3,4"] {
        assert_eq!(read(text.as_bytes(), ""), ["3: 1|2", "6: 3|4"], "{text:?}");
    }
    assert_eq!(read(b"a,b\r\n\"1\r\n1\",2\r\n3,4\r\n", ""), ["2: 1\r\n1|2", "4: 3|4"]);
}

#[test]
fn a_quotation_mark_that_is_not_closed_swallows_nothing() {
    let text = b"a,b,note\n1,2,x\n3,4,\"see letter\n5,6,y\n7,8,\"see other\n9,10,z\n";
    let told =
        "a field begins with a quotation mark and does not end with one; `quote = \"none\"` takes marks as letters";
    assert_eq!(read(text, ""), ["2: 1|2", &format!("3: {told}"), "4: 5|6", &format!("5: {told}"), "6: 9|10"]);
    assert_eq!(read(text, "quote = \"none\""), ["2: 1|2", "3: 3|4", "4: 5|6", "5: 7|8", "6: 9|10"]);
    // What stands between the marks may be a remark of several lines, and marks in it are doubled.
    assert_eq!(read(b"a,b\n\"one\nand \"\"two\"\"\",2\n", ""), ["2: one\nand \"two\"|2"]);
    assert_eq!(read(b"a,b\n5\" pipe,2\n", ""), ["2: 5\" pipe|2"]);
}

#[test]
fn headings_are_found_below_titles_and_above_notes() {
    let text = "Stocks of everything,,\nin tonnes,,\n,,\na,b,c\n1,2,3\n\"1) a note, below\"\n";
    assert_eq!(read(text.as_bytes(), ""), ["5: 1|2", "6: 1) a note, below|(absent)"]);
    assert_eq!(read(b"sep=;\r\na;b\r\n1;2\r\n", ""), ["3: 1|2"]);
    assert_eq!(
        read(b"title\n\na;b\n1;2\nTotal;2\n", "stop_at = [\"Tot\"]"),
        ["4: 1|2", "5: behind the end of the table (`stop_at`)"]
    );
    assert_eq!(read(b"x,y\n1,2\n", ""), ["the file has no column `a`; it has `x`, `y`"]);
    assert_eq!(
        read(b"a,b,a\n1,2,3\n", ""),
        ["the file has 2 columns `a`; name the one that is meant by its place: `#1` or `#3`"]
    );
    assert_eq!(
        read(b"a,b\n1,2,3\n1\n", "")[0],
        "2: the line is not one of this table: it has 3 fields, and the table 2 columns"
    );
    assert_eq!(read(b"stocks,\n2025,2026\na,b\n1,2\n", "header_rows = 1\nskip = 2"), ["4: 1|2"]);
}

#[test]
fn rows_are_kept_and_left_out_by_their_words_and_merged_cells_are_filled() {
    let text = b"k,a,b\nx,1,2\ny,3,4\n,5,6\nz,7,8\n";
    assert_eq!(
        read(text, "where = { k = [\"x\", \"y\"] }\nunless = { a = \"3\" }\nfill_down = [\"k\"]"),
        ["2: 1|2", "4: 5|6", "3: left out by `where` or `unless`", "5: left out by `where` or `unless`"]
    );
}

#[test]
fn text_is_read_in_the_encoding_that_it_was_saved_in() {
    let text = "a,b,Prüfung\n1,2,geprüft\n";
    let latin = encoding_rs::WINDOWS_1252.encode(text).0;
    assert_eq!(read(&latin, ""), ["2: 1|2"]);
    let wide: Vec<u8> = "\u{feff}a\tb\n1\t2\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(read(&wide, ""), ["2: 1|2"]);
    assert_eq!(read(&wide[2..], ""), ["2: 1|2"], "without its mark");
    let records = |bytes: &[u8], settings: &str, column: &str| {
        let records = super::records(bytes, &layout(settings), &[column]).expect("a table");
        records.lines[0].as_ref().expect("a line").text(column).map(str::to_owned)
    };
    let japanese = encoding_rs::SHIFT_JIS.encode("年月,国家備蓄,民間備蓄\n2026年1月,41552,備考\n").0;
    assert_eq!(records(&japanese, "", "国家備蓄").as_deref(), Some("41552"));
    let korean = encoding_rs::EUC_KR.encode("월,재고 합계,비고\n2026,120,잠정치입니다\n").0;
    assert_eq!(records(&korean, "encoding = \"euc-kr\"", "재고 합계").as_deref(), Some("120"));
    // One broken letter in a file of good ones is damage, not another encoding.
    let mut damaged = "a,b\nü,ö\nä,é\n".repeat(4).into_bytes();
    damaged.push(0xff);
    assert_eq!(read(&damaged, ""), ["line 13 is not text in UTF-8; say with `encoding` how the file was saved"]);
}

#[test]
fn archives_are_opened_and_bombs_are_not() {
    use std::io::Write;
    let zipped = |files: &[(&str, &[u8])]| {
        let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for (name, bytes) in files {
            archive.start_file(*name, zip::write::SimpleFileOptions::default()).expect("memory");
            archive.write_all(bytes).expect("memory");
        }
        archive.finish().expect("memory").into_inner()
    };
    assert_eq!(read(&zipped(&[("x.csv", b"a,b\n1,2\n")]), ""), ["2: 1|2"]);
    let two = zipped(&[("x.csv", b"a,b\n1,2\n"), ("y.csv", b"a,b\n3,4\n")]);
    assert_eq!(read(&two, ""), ["the archive has not one file, but `x.csv`, `y.csv`; name one as `member`"]);
    assert_eq!(read(&two, "member = \"y.csv\""), ["2: 3|4"]);
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(b"a,b\n1,2\n").expect("memory");
    assert_eq!(read(&packed.finish().expect("memory"), ""), ["2: 1|2"]);
    let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let zeros = vec![b'0'; 1 << 20];
    for _ in 0..300 {
        bomb.write_all(&zeros).expect("memory");
    }
    let bomb = bomb.finish().expect("memory");
    assert_eq!(read(&bomb, ""), ["the file is unpacked, more bytes than are read"]);
    assert_eq!(read(&zipped(&[("x.csv.gz", &bomb)]), ""), ["the file is unpacked, more bytes than are read"]);
}

#[test]
fn numbers_in_json_keep_every_digit() {
    let check = |number: &str, kept: &str| {
        let file = format!(r#"[{{"x":{number}}}]"#);
        let records = records(file.as_bytes(), &Layout::default(), &["x"]).expect("JSON");
        let record = records.lines[0].as_ref().expect("an object");
        assert_eq!(record.text("x"), Some(kept), "{number}");
    };
    check("1234567890.12345678", "1234567890.12345678");
    check("10000.100000000000001", "10000.100000000000001");
    check("9007199254740993.5", "9007199254740993.5");
    check("18446744073709551616", "18446744073709551616");
    check("0.10", "0.10");
    check("1e400", "1e400");
    check("null", "");
    check("true", "true");
    check(r#""a \u00e9""#, "a é");
}

#[test]
fn lists_lie_in_objects_and_objects_in_lists() {
    let inside = br#"{"total": 2, "data": [{"a": 1, "b": 2}, {"a": 3}]}"#;
    assert_eq!(read(inside, ""), ["1: 1|2", "2: 3|(absent)"]);
    assert_eq!(read(br#"{"x": {"y": [{"a": 1, "b": 2}]}, "z": [{}]}"#, "rows = \"x.y\""), ["1: 1|2"]);
    assert_eq!(
        read(br#"{"x": [{"a": 1}], "y": [{"a": 1}]}"#, ""),
        ["the file is not an array of JSON objects: it has several, `x`, `y`; name one as `rows`"]
    );
    assert_eq!(read(b"{\"a\": 1, \"b\": 2}\n\n{\"a\": 3, \"b\": 4}\n", ""), ["1: 1|2", "3: 3|4"]);
    let deep = super::records(br#"[{"a": {"b": [{"c": 7}]}}]"#, &Layout::default(), &["a.b.0.c"]).expect("a list");
    assert_eq!(deep.lines[0].as_ref().expect("an object").text("a.b.0.c"), Some("7"));
}

#[test]
fn an_entry_that_is_no_object_says_which_it_is() {
    let records = records(br#"[{"x":1},7]"#, &Layout::default(), &["x"]).expect("an array");
    assert_eq!(records.lines[1].as_ref().expect_err("a number").line(), 2);
    let whole =
        |file: &[u8]| super::records(file, &layout("format = \"json\""), &[]).expect_err("no array").to_string();
    assert_eq!(whole(b"{}"), "the file is not an array of JSON objects: it is something else");
    assert_eq!(whole(b"[1"), "read the file as JSON: EOF while parsing a list at line 1 column 2");
}

#[test]
fn elements_and_segments_are_rows() {
    let advice = br#"<?xml version="1.0"?><DespatchAdvice xmlns:c="urn:c"><c:ID>DA-77</c:ID><Line0><c:Note>n &amp; m</c:Note></Line0>
        <DespatchLine><c:ID>1</c:ID><c:DeliveredQuantity unitCode="TNE">30.000</c:DeliveredQuantity></DespatchLine>
        <DespatchLine><c:ID>2</c:ID></DespatchLine></DespatchAdvice>"#;
    let found = records(advice, &Layout::default(), &["DeliveredQuantity", "/ID"]).expect("a document");
    let rows: Vec<&Record> = found.lines.iter().flatten().collect();
    let text = |row: usize, column: &str| rows[row].text(column);
    assert_eq!((text(0, "DeliveredQuantity"), text(0, "DeliveredQuantity@unitCode")), (Some("30.000"), Some("TNE")));
    assert_eq!((text(0, "/DespatchAdvice/ID"), text(0, "/ID")), (None, Some("DA-77")));
    assert_eq!((text(1, "ID"), text(1, "DeliveredQuantity"), text(1, "/Line0/Note")), (Some("2"), None, Some("n & m")));
    let message = b"UNB+UNOC:3+KOMIR+SEC+260312:0930+1'UNH+1+RECADV:D:96A:UN'BGM+632+RA-77+9'DTM+50:20260312:102'\
        RFF+AAK:DA-77'NAD+DP+GS'LIN+1++NDPR:SA'QTY+12:30000:KGM'QTY+194:29950.5:KGM'LIN+2++D?'Y:SA'QTY+12:7:KGM'UNT+10+1'UNZ+1+1'";
    let found = records(message, &Layout::default(), &["QTY.194", "DTM.50"]).expect("a message");
    let rows: Vec<&Record> = found.lines.iter().flatten().collect();
    let text = |row: usize, column: &str| rows[row].text(column);
    assert_eq!(
        (text(0, "QTY.194"), text(0, "QTY.194.unit"), text(0, "DTM.50")),
        (Some("29950.5"), Some("KGM"), Some("2026-03-12"))
    );
    assert_eq!((text(1, "LIN.item"), text(1, "QTY.194"), text(1, "RFF.AAK")), (Some("D'Y"), None, Some("DA-77")));
    assert_eq!(read(b"UNB+UNOC:3+A+B'LIN+1", ""), ["read the file as UN/EDIFACT: its last segment does not end"]);
}

#[test]
fn fields_of_fixed_width_are_cut_by_letters() {
    let text = "a    b  \n1    2  \nü    4\n";
    assert_eq!(read(text.as_bytes(), "widths = [5, 3]"), ["2: 1|2", "3: ü|4"]);
}
