use std::io::Cursor;

use proptest::prelude::*;

use super::super::NoFolder;
use super::*;

fn read(text: &[u8]) -> Found {
    openvino(File { reader: &mut Cursor::new(text), size: text.len() as u64, name: "a.xml", folder: &NoFolder }).unwrap().0
}

fn codes(layer: &str) -> Vec<&'static str> {
    let text = format!("<?xml version=\"1.0\"?>\n<net name=\"a\" version=\"11\"><layers>{layer}</layers></net>");
    read(text.as_bytes()).hazards.iter().map(|hazard| hazard.code.code).collect()
}

#[test]
fn layers_of_the_library_and_others() {
    assert_eq!(codes(r#"<layer id="0" name="x" type="Relu" version="opset13"/>"#), [""; 0]);
    assert_eq!(codes(r#"<layer id="0" name="x" type="Relu" version="opset"/>"#), ["openvino.extension_layer"]);
    assert_eq!(codes(r#"<layer name="x" type="Own" version="extension"/>"#), ["openvino.extension_layer"]);
    assert_eq!(codes(r#"<layer name="x" type="VocabDecoder" version="extension"/>"#), [""; 0]);
    // An entity stands for a name only to who resolves it.
    assert_eq!(codes(r#"<layer name="x" type="Own" version="&#111;wn"/>"#), ["openvino.extension_layer"]);
    assert_eq!(codes(r#"<data library="a.so"/>"#), ["openvino.library"]);
    assert_eq!(codes("<layer type=\"Relu\""), ["openvino.unreadable"]);
}

#[test]
fn constants_are_facts() {
    let text = br#"<net name="tiny" version="11"><layer name="w" type="Const" version="opset1">
        <data element_type="f16" shape="3, 2" offset="4" size="12"/></layer></net>"#;
    let facts = read(text).facts;
    assert_eq!((facts.parameters, facts.element.as_deref(), facts.operations), (Some(6), Some("FLOAT16"), 1));
    assert_eq!((facts.tensors[0].name.as_str(), facts.needs), ("w", vec!["a.bin".to_owned()]));
}

proptest! {
    #[test]
    fn no_text_panics(text: Vec<u8>, at: prop::sample::Index, with: u8) {
        drop(read(&text));
        let mut good = include_bytes!("../../../tests/data/openvino/clean-plain.xml").to_vec();
        let place = at.index(good.len());
        good[place] = with;
        drop(read(&good));
        drop(read(&good[..place]));
    }
}
