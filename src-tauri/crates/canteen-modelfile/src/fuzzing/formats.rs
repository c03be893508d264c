//! The formats that have a reader of their own and are told by their first bytes elsewhere.

use super::{again, file, sound};
use crate::formats::{File, Folder, MOST_TENSORS_KEPT, Neighbour};
use crate::kind::Kind;

/// ONNX.
pub fn onnx(bytes: &[u8]) {
    format(Kind::Onnx, bytes);
}

/// The other protobufs: those of TensorFlow, Keras and Core ML.
pub fn graphs(bytes: &[u8]) {
    format(Kind::SavedModel, bytes);
    format(Kind::KerasMetadata, bytes);
    format(Kind::CoreMl, bytes);
}

/// HDF5, with Keras' configurations in it.
pub fn hdf5(bytes: &[u8]) {
    format(Kind::Hdf5, bytes);
}

/// TensorFlow Lite, a flatbuffer.
pub fn tflite(bytes: &[u8]) {
    format(Kind::Tflite, bytes);
}

/// OpenVINO, in XML.
pub fn openvino(bytes: &[u8]) {
    format(Kind::OpenVino, bytes);
}

/// Some of what is asked for is there.
struct Few;

impl Folder for Few {
    fn look(&self, name: &str) -> Neighbour {
        match name.len() % 4 {
            0 => Neighbour::Absent,
            1 => Neighbour::Link,
            2 => Neighbour::File { bytes: 64, names: 2 },
            _ => Neighbour::File { bytes: 1 << 40, names: 1 },
        }
    }
}

fn format(kind: Kind, bytes: &[u8]) {
    let read = || {
        let (mut reader, size) = file(bytes);
        let file = File { reader: &mut reader, size, name: "model.xml", folder: &Few };
        crate::formats::read(kind, file).expect("memory does not fail").expect("this kind has a reader")
    };
    let found = read();
    sound(&found.hazards, bytes.len());
    assert!(found.whole || !found.hazards.is_empty(), "what was not read whole is said");
    assert!(found.facts.tensors.len() <= MOST_TENSORS_KEPT);
    again(bytes, &found, read);
}
