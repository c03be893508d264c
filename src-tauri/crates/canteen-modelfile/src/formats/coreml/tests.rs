use std::io::Cursor;

use proptest::prelude::*;

use super::super::NoFolder;
use super::super::protobuf::tests::Message;
use super::*;

fn read(bytes: &[u8]) -> Found {
    coreml(&mut Cursor::new(bytes), bytes.len() as u64, &NoFolder).unwrap()
}

fn codes(model: &Message) -> Vec<&'static str> {
    read(&model.0).hazards.iter().map(|hazard| hazard.code.code).collect()
}

fn model() -> Message {
    Message::new().number(1, 4)
}

fn program(operation: Message) -> Message {
    let block = Message::new().message(3, operation);
    let function = Message::new().message(3, Message::new().text(1, "CoreML7").message(2, block));
    model().message(502, Message::new().message(2, Message::new().text(1, "main").message(2, function)))
}

#[test]
fn classes_of_applications_are_said_wherever_they_stand() {
    let network = Message::new().message(1, Message::new().text(1, "l").message(500, Message::new().text(10, "Own")));
    for number in [303, 403, 500] {
        assert_eq!(codes(&model().message(number, network.clone())), ["coreml.custom_layer"]);
    }
    let inner = Message::new().message(1, model().message(500, network));
    assert_eq!(codes(&model().message(202, inner.clone())), ["coreml.custom_layer"]);
    assert_eq!(codes(&model().message(200, Message::new().message(1, inner))), ["coreml.custom_layer"]);
    assert_eq!(codes(&model().message(555, Message::new().text(10, "Own"))), ["coreml.custom_layer"]);
    assert_eq!(codes(&model().message(3000, Message::new().text(1, "Own"))), ["coreml.custom_layer"]);
    assert_eq!(codes(&program(Message::new().text(1, "custom_layer"))), ["coreml.custom_layer"]);
}

#[test]
fn weights_of_programs_stay_in_the_package() {
    let file = |name: &str| Message::new().message(5, Message::new().text(1, name));
    let attribute = |name: &str| Message::new().text(1, "const").message(5, Message::new().text(1, "val").message(2, file(name)));
    assert_eq!(codes(&program(attribute("@model_path/weights/weight.bin"))), [""; 0]);
    assert_eq!(codes(&program(attribute("@model_path/../x"))), ["coreml.outside"]);
    assert_eq!(codes(&program(attribute("/etc/passwd"))), ["coreml.outside"]);
    let binding = Message::new().message(1, Message::new().message(2, file("~/x")));
    let input = Message::new().message(2, Message::new().text(1, "w").message(2, binding));
    assert_eq!(codes(&program(input)), ["coreml.outside"]);
}

#[test]
fn depth_has_an_end() {
    let mut nested = model();
    for _ in 0..1000 {
        nested = model().message(202, Message::new().message(1, nested));
    }
    assert_eq!(codes(&nested), ["coreml.unreadable"]);
    let mut operation = Message::new().text(1, "cond");
    for _ in 0..1000 {
        operation = Message::new().message(4, Message::new().message(3, operation));
    }
    assert_eq!(codes(&program(operation)), ["coreml.unreadable"]);
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes: Vec<u8>, at: prop::sample::Index, with: u8) {
        drop(read(&bytes));
        let mut file = program(Message::new().text(1, "custom")).0;
        let place = at.index(file.len());
        file[place] = with;
        drop(read(&file));
        drop(read(&file[..place]));
    }
}
