use std::io::Cursor;

use proptest::prelude::*;

use super::super::protobuf::tests::Message;
use super::super::{Neighbour, NoFolder};
use super::*;

struct One(Neighbour);
impl Folder for One {
    fn look(&self, _: &str) -> Neighbour {
        self.0
    }
}

fn read(bytes: &[u8], folder: &dyn Folder) -> Found {
    onnx(&mut Cursor::new(bytes), bytes.len() as u64, folder).unwrap()
}

fn codes(graph: Message) -> Vec<&'static str> {
    let model = Message::new().number(1, 8).message(7, graph);
    read(&model.0, &NoFolder).hazards.iter().map(|hazard| hazard.code.code).collect()
}

fn pair(key: &str, value: &str) -> Message {
    Message::new().text(1, key).text(2, value)
}

fn tensor(location: &str) -> Message {
    Message::new().number(1, 2).number(2, 1).text(8, "w").message(13, pair("location", location)).number(14, 1)
}

fn node(domain: &str, operator: &str) -> Message {
    Message::new().text(4, operator).text(7, domain)
}

#[test]
fn a_plain_model_is_read_and_clean() {
    let weight = Message::new().number(1, 2).number(1, 3).number(2, 10).text(8, "w").text(9, [0; 12]);
    let graph = Message::new().message(1, node("", "MatMul")).text(2, "tiny").message(5, weight);
    let model = Message::new()
        .number(1, 8)
        .text(2, "pytorch")
        .text(3, "2.9")
        .message(7, graph)
        .message(8, Message::new().number(2, 17))
        .message(14, pair("license", "apache-2.0"));
    let found = read(&model.0, &NoFolder);
    assert_eq!((found.hazards, found.whole), (vec![], true));
    let facts = found.facts;
    assert_eq!((facts.name.as_deref(), facts.producer.as_deref()), (Some("tiny"), Some("pytorch 2.9")));
    assert_eq!((facts.parameters, facts.element.as_deref(), facts.operations), (Some(6), Some("FLOAT16"), 1));
    assert_eq!((facts.licence.as_deref(), facts.operator_sets), (Some("apache-2.0"), vec!["ai.onnx".to_owned()]));
}

#[test]
fn a_location_that_leaves_is_found_wherever_a_tensor_may_stand() {
    let bad = || tensor("../../secret");
    let attribute = |field, message| Message::new().message(1, Message::new().message(5, Message::new().message(field, message)));
    let deep = attribute(6, attribute(11, Message::new().message(5, bad())));
    let outside = vec!["onnx.external_outside"];
    assert_eq!(codes(Message::new().message(5, bad())), outside);
    assert_eq!(codes(attribute(5, bad())), outside);
    assert_eq!(codes(attribute(10, bad())), outside);
    assert_eq!(codes(deep), outside);
    assert_eq!(codes(Message::new().message(15, Message::new().message(2, bad()))), outside);
    assert_eq!(codes(attribute(22, Message::new().message(1, bad()))), outside);
    let function = Message::new().text(1, "f").message(7, Message::new().message(5, Message::new().message(5, bad())));
    let model = Message::new().message(25, function);
    assert_eq!(read(&model.0, &NoFolder).hazards[0].code.code, "onnx.external_outside");
    let twice = bad().message(13, pair("location", "fine.bin"));
    assert_eq!(codes(Message::new().message(5, twice)), outside, "whichever of two a loader takes");
}

#[test]
fn what_stands_beside_is_looked_at() {
    let placed = || tensor("w.bin").message(13, pair("offset", "4")).message(13, pair("length", "8"));
    let model = Message::new().message(7, Message::new().message(5, placed()));
    let code = |neighbour| read(&model.0, &One(neighbour)).hazards.first().map_or("", |hazard| hazard.code.code);
    assert_eq!(code(Neighbour::File { bytes: 12, names: 1 }), "");
    assert_eq!(code(Neighbour::File { bytes: 11, names: 1 }), "onnx.external_range");
    assert_eq!(code(Neighbour::File { bytes: 12, names: 2 }), "onnx.external_link");
    assert_eq!(code(Neighbour::Link), "onnx.external_link");
    assert_eq!(code(Neighbour::Absent), "onnx.external_missing");
    assert_eq!(read(&model.0, &NoFolder).facts.needs, ["w.bin"]);
    let lies = |key: &str, value: &str| codes(Message::new().message(5, tensor("w.bin").message(13, pair(key, value))));
    assert_eq!(lies("length", "9"), ["onnx.tensor_size"]);
    assert_eq!(lies("offset", "-1"), ["onnx.external_range"]);
    assert_eq!(codes(Message::new().message(5, tensor("*/_ORT_MEM_ADDR_/*"))), ["onnx.external_memory"]);
}

#[test]
fn operators_that_the_format_does_not_have() {
    let graph = |domain: &str, operator: &str| Message::new().message(1, node(domain, operator));
    assert_eq!(codes(graph("com.microsoft", "FusedMatMul")), [""; 0]);
    assert_eq!(codes(graph("com.microsoft", "PythonOp")), ["onnx.python_operator"]);
    assert_eq!(codes(graph("my.ops", "Thing")), ["onnx.custom_operator"]);
    let defined = Message::new().text(1, "Thing").text(10, "my.ops").message(7, node("", "Add"));
    let model = Message::new().message(7, graph("my.ops", "Thing")).message(25, defined);
    assert_eq!(read(&model.0, &NoFolder).hazards, []);
    let context = Message::new()
        .text(4, "EPContext")
        .text(7, "com.microsoft")
        .message(5, Message::new().text(1, "embed_mode").number(3, 0))
        .message(5, Message::new().text(1, "ep_cache_context").text(4, "/tmp/engine"));
    assert_eq!(codes(Message::new().message(1, context)), ["onnx.opaque_engine", "onnx.external_outside"]);
}

#[test]
fn sizes_that_lie() {
    let inline = |kind, bytes: usize| Message::new().number(1, 3).number(2, kind).text(9, vec![0; bytes]);
    assert_eq!(codes(Message::new().message(5, inline(22, 2))), [""; 0], "two to a byte");
    assert_eq!(codes(Message::new().message(5, inline(1, 11))), ["onnx.tensor_size"]);
    let huge = Message::new().number(1, u64::MAX / 2).number(1, 9).number(2, 1);
    assert_eq!(codes(Message::new().message(5, huge)), ["onnx.tensor_size"]);
    assert_eq!(codes(Message::new().message(5, Message::new().number(1, u64::MAX).number(2, 1))), ["onnx.tensor_size"]);
}

#[test]
fn what_stands_before_a_break_is_reported_and_depth_has_an_end() {
    let model = Message::new().message(7, Message::new().message(1, node("x", "PyOp")).text(2, "a long name"));
    let cut = &model.0[..model.0.len() - 4];
    let found = read(cut, &NoFolder);
    let codes_of = |found: &Found| found.hazards.iter().map(|hazard| hazard.code.code).collect::<Vec<_>>();
    assert_eq!((codes_of(&found), found.whole), (vec!["onnx.python_operator", "onnx.unreadable"], false));
    let mut graph = Message::new();
    for _ in 0..1000 {
        graph = Message::new().message(1, Message::new().message(5, Message::new().message(6, graph)));
    }
    assert_eq!(codes(graph), ["onnx.unreadable"]);
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes: Vec<u8>, at: prop::sample::Index, with: u8) {
        drop(read(&bytes, &NoFolder));
        let mut model = Message::new().message(7, Message::new().message(5, tensor("../a")).message(1, node("a", "b"))).0;
        let place = at.index(model.len());
        drop(read(&model[..place], &NoFolder));
        model[place] = with;
        drop(read(&model, &NoFolder));
    }
}
