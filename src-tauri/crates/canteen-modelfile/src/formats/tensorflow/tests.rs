use std::io::Cursor;

use proptest::prelude::*;

use super::super::protobuf::tests::Message;
use super::*;

fn read(bytes: &[u8], outermost: Outermost) -> Found {
    tensorflow(&mut Cursor::new(bytes), bytes.len() as u64, outermost).unwrap()
}

fn codes(message: &Message, outermost: Outermost) -> Vec<&'static str> {
    read(&message.0, outermost).hazards.iter().map(|hazard| hazard.code.code).collect()
}

fn node(operation: &str) -> Message {
    Message::new().text(1, "n").text(2, operation)
}

fn graph(operation: &str) -> Message {
    Message::new().message(1, node("Const")).message(1, node(operation))
}

#[test]
fn operations_of_the_graph_and_of_its_functions_are_judged() {
    assert_eq!(codes(&graph("MatMul"), Outermost::Graph), [""; 0]);
    assert_eq!(codes(&graph("WriteFile"), Outermost::Graph), ["tensorflow.touches_files"]);
    let function = Message::new().message(1, Message::new().text(1, "f")).message(3, node("EagerPyFunc"));
    let library = Message::new().message(2, Message::new().message(1, function));
    assert_eq!(codes(&library, Outermost::Graph), ["tensorflow.runs_code"]);
    let print = |into: &str| {
        let attribute = Message::new().text(1, "output_stream").message(2, Message::new().text(2, into));
        Message::new().message(1, node("PrintV2").message(5, attribute))
    };
    assert_eq!(codes(&print("stderr"), Outermost::Graph), [""; 0]);
    assert_eq!(codes(&print("file:///x"), Outermost::Graph), ["tensorflow.touches_files"]);
    assert_eq!(codes(&graph("IO>ReadThing"), Outermost::Graph), ["tensorflow.custom_operator"]);
}

#[test]
fn every_graph_of_a_model_is_judged_and_what_is_before_a_cut() {
    let part = |operation: &str| Message::new().message(2, graph(operation));
    let model = Message::new().number(1, 1).message(2, part("MatMul")).message(2, part("ReadFile"));
    assert_eq!(codes(&model, Outermost::SavedModel), ["tensorflow.touches_files"]);
    let cut = Message(model.0[..model.0.len() - 2].to_vec());
    assert!(codes(&cut, Outermost::SavedModel).contains(&"tensorflow.unreadable"));
    let cut = Message(Message::new().message(1, node("PyFunc")).message(1, node("Const")).0[..14].to_vec());
    assert_eq!(codes(&cut, Outermost::Graph), ["tensorflow.runs_code", "tensorflow.unreadable"]);
}

#[test]
fn assets_and_configurations_are_judged() {
    let asset = |name: &str| Message::new().message(2, Message::new().message(6, Message::new().text(2, name)));
    assert_eq!(codes(&asset("words.txt"), Outermost::SavedModel), [""; 0]);
    assert_eq!(codes(&asset("/etc/words"), Outermost::SavedModel), ["tensorflow.asset_outside"]);
    let object = |text: &str| Message::new().message(1, Message::new().text(5, text));
    let lambda = r#"{"class_name": "Lambda", "config": {"function_type": "lambda", "function": []}}"#;
    assert_eq!(codes(&object(lambda), Outermost::KerasMetadata), ["keras.lambda"]);
    assert_eq!(codes(&object(r#"{"class_name": "Own", "config": {}}"#), Outermost::KerasMetadata), [""; 0]);
    assert_eq!(codes(&object("not Keras' own"), Outermost::KerasMetadata), [""; 0]);
}

#[test]
fn a_graph_does_not_pass_for_metadata() {
    let node = Message::new().text(3, "root").text(2, "WriteFile");
    assert_eq!(crate::Kind::of(&Message::new().message(1, node.clone()).0), crate::Kind::KerasMetadata);
    assert_eq!(codes(&Message::new().message(1, node), Outermost::KerasMetadata), ["tensorflow.touches_files"]);
}

#[test]
fn no_operation_is_graded_twice() {
    let mut seen = std::collections::BTreeSet::new();
    for name in operations::all() {
        assert!(seen.insert(name), "{name}");
    }
    assert_eq!(dangerous_in(r#"op: "WriteFile" name: "n""#), Some("WriteFile"));
    assert_eq!(dangerous_in(r#"op: "Add""#), None);
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes: Vec<u8>, at: prop::sample::Index, with: u8) {
        let mut model = Message::new().number(1, 1).message(2, Message::new().message(2, graph("Const"))).0;
        let place = at.index(model.len());
        model[place] = with;
        for outermost in [Outermost::SavedModel, Outermost::Graph, Outermost::KerasMetadata] {
            drop(read(&bytes, outermost));
            drop(read(&model, outermost));
            drop(read(&model[..place], outermost));
        }
    }
}
