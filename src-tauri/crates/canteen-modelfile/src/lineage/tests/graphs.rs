//! ONNX as it is exported: matrices turned and without names, weights beside it, one form or another.

use std::io::Cursor;
use std::ops::ControlFlow;

use super::model::{Model, compared, huggingface, profile};
use super::*;
use crate::formats::protobuf::tests::Message;
use crate::{Limits, ModelFileError, Source};

fn original() -> Model {
    Model::new(1, 8)
}

/// What a graph is written with.
#[derive(Clone, Copy)]
struct Export {
    operator: &'static str,
    turned: bool,
    /// Files beside it.
    beside: usize,
}

const PLAIN: Export = Export { operator: "MatMul", turned: true, beside: 0 };

/// The graph, and the files beside it.
fn exported(model: &Model, export: Export) -> Vec<Vec<u8>> {
    let (mut graph, mut files) = (Message::new(), vec![Vec::new(); export.beside]);
    for (at, tensor) in model.tensors.iter().enumerate() {
        let theirs = huggingface(&tensor.name);
        let matrix = tensor.shape.len() == 2 && names::layer(&tensor.name).is_some();
        let name = if matrix { format!("onnx::MatMul_{at}") } else { theirs.clone() };
        let mut tensor = tensor.clone();
        if matrix {
            let node = Message::new().text(1, "x").text(1, &name).text(2, format!("y{at}"));
            let path = theirs.trim_end_matches(".weight").replace("layers.", "layers~").replace('.', "/").replace('~', ".");
            let node = node.text(3, format!("/{path}/{}", export.operator)).text(4, export.operator);
            let attribute = Message::new().text(1, "transB").number(3, u64::from(!export.turned));
            graph = graph.message(1, if export.operator == "Gemm" { node.message(5, attribute) } else { node });
            if export.turned {
                let (rows, columns) = (tensor.shape[0], tensor.shape[1]);
                tensor.numbers = (0..rows * columns).map(|at| tensor.numbers[at % rows * columns + at / rows]).collect();
                tensor.shape.reverse();
            }
        }
        let kind = if tensor.element == "F16" { 10 } else { 1 };
        let lengths = tensor.shape.iter().fold(Message::new(), |message, length| message.number(1, *length as u64));
        let written = lengths.number(2, kind).text(8, &name);
        let initialiser = match files.len() {
            0 => written.text(9, tensor.bytes()),
            files_beside => {
                let file = &mut files[at % files_beside];
                let entry = |key: &str, value: String| Message::new().text(1, key).text(2, value);
                let location = entry("location", format!("model.onnx_data{}", at % files_beside));
                let written = written.message(13, location).message(13, entry("offset", file.len().to_string()));
                file.extend(tensor.bytes());
                written.message(13, entry("length", tensor.bytes().len().to_string())).number(14, 1)
            }
        };
        graph = graph.message(5, initialiser);
    }
    files.insert(0, Message::new().number(1, 8).message(7, graph).0);
    files
}

fn joined(files: &[Vec<u8>]) -> Result<Profile, ModelFileError> {
    let parts = files.iter().map(|bytes| (Box::new(Cursor::new(bytes.clone())) as Box<dyn Source>, bytes.len() as u64));
    let go_on = &mut |_| ControlFlow::Continue(());
    profile_of_parts(parts.collect(), None, &Limits::default(), go_on).map(Option::unwrap)
}

#[test]
fn a_graph_has_the_fingerprint_of_the_model_that_it_was_exported_from() {
    let known = profile(&original().safetensors()).fingerprint;
    for export in [
        PLAIN,
        Export { operator: "Gemm", ..PLAIN },
        Export { operator: "Gemm", turned: false, ..PLAIN },
        Export { beside: 2, ..PLAIN },
    ] {
        let files = exported(&original(), export);
        let found = if export.beside > 0 { joined(&files).unwrap() } else { profile(&files[0]) };
        let same = |sketch: &LayerSketch| (sketch.norms, sketch.weights.map(|weight| weight.map(|weight| weight.samples)));
        let layers = |fingerprint: &Fingerprint| fingerprint.layers.iter().map(same).collect::<Vec<_>>();
        assert_eq!(layers(&found.fingerprint), layers(&known), "{}", export.operator);
        assert_eq!((&found.fingerprint.norms, &found.fingerprint.shape), (&known.norms, &known.shape));
        assert_eq!(compare(&profile(&original().safetensors()), &found).kinship, Kinship::SameWeights, "{}", export.operator);
    }
}

#[test]
fn what_was_done_to_a_model_is_seen_in_its_graph() {
    let known = original().gguf();
    let half = exported(&original().with(|tensor| tensor.element = "F16"), PLAIN);
    assert_eq!(compared(&known, &half[0]).kinship, Kinship::Requantised);
    let merged = original().with(|tensor| {
        if tensor.name.contains("attn_v") {
            tensor.moved(0.05);
        }
    });
    assert_eq!(compared(&known, &exported(&merged, PLAIN)[0]).kinship, Kinship::Derived);
    assert_eq!(compared(&known, &exported(&Model::new(2, 8), PLAIN)[0]).kinship, Kinship::Unrelated);
}

/// Matrices as whole numbers of 8 bits, with one step for all rows or one for each.
fn in_eight_bits(model: &Model, each: bool) -> Vec<u8> {
    let mut graph = Message::new();
    for (at, tensor) in model.tensors.iter().enumerate() {
        let theirs = huggingface(&tensor.name);
        let written = |name: &str, shape: &[usize], kind: u64, bytes: Vec<u8>| {
            let lengths = shape.iter().fold(Message::new(), |message, length| message.number(1, *length as u64));
            lengths.number(2, kind).text(8, name).text(9, bytes)
        };
        if tensor.shape.len() == 1 || names::layer(&tensor.name).is_none() {
            graph = graph.message(5, written(&theirs, &tensor.shape, 1, tensor.bytes()));
            continue;
        }
        let (rows, columns) = (tensor.shape[0], tensor.shape[1]);
        let largest = |numbers: &[f32]| numbers.iter().fold(0.0_f32, |most, number| most.max(number.abs())) / 127.0;
        let scales: Vec<f32> =
            if each { tensor.numbers.chunks(columns).map(largest).collect() } else { vec![largest(&tensor.numbers)] };
        let code = |at: usize| {
            let (column, row) = (at / rows, at % rows);
            #[expect(clippy::cast_possible_truncation, reason = "at most 127 steps")]
            let code = (tensor.numbers[row * columns + column] / scales[row % scales.len()]).round() as i8;
            code
        };
        let path = theirs.trim_end_matches(".weight").replace("layers.", "layers~").replace('.', "/").replace('~', ".");
        let node = Message::new().text(1, "x_quantized").text(1, format!("w{at}_quantized")).text(2, format!("y{at}"));
        graph = graph
            .message(1, node.text(3, format!("/{path}/MatMul_quant")).text(4, "MatMulInteger"))
            .message(
                5,
                written(
                    &format!("w{at}_quantized"),
                    &[columns, rows],
                    3,
                    (0..rows * columns).map(|at| code(at).cast_unsigned()).collect(),
                ),
            )
            .message(
                5,
                written(
                    &format!("w{at}_scale"),
                    &[scales.len()],
                    1,
                    scales.iter().flat_map(|scale| scale.to_le_bytes()).collect(),
                ),
            )
            .message(5, written(&format!("w{at}_zero_point"), &[], 3, vec![0]));
    }
    Message::new().number(1, 8).message(7, graph).0
}

#[test]
fn eight_bits_of_a_graph_hide_no_light_merge() {
    let known = original().gguf();
    let merged = original().with(|tensor| {
        if tensor.name.contains("attn_v") {
            tensor.moved(0.05);
        }
    });
    for each in [false, true] {
        let plain = compared(&known, &in_eight_bits(&original(), each));
        assert_eq!((plain.kinship, plain.confidence), (Kinship::Requantised, 0.97), "{each}: {:?}", plain.evidence.weights);
        assert_eq!(compared(&known, &in_eight_bits(&merged, each)).kinship, Kinship::Derived, "{each}");
    }
}

#[test]
fn files_beside_a_graph_are_all_needed() {
    let files = exported(&original(), Export { beside: 2, ..PLAIN });
    assert!(matches!(joined(&files[..2]), Err(ModelFileError::PartMissing { promised: 3, found: 2 })));
    let alone = |bytes: &Vec<u8>| index(&mut Cursor::new(bytes), bytes.len() as u64, &Limits::default());
    assert!(matches!(alone(&files[0]), Err(ModelFileError::Unknown)), "by itself it holds nothing");
    let mut cut = files.clone();
    let half = cut[1].len() / 2;
    cut[1].truncate(half);
    assert!(joined(&cut).unwrap().fingerprint.shape.tensors < original().tensors.len() as u64, "nothing beyond an end is read");
}
