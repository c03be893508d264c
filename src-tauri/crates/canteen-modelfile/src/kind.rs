//! What a file is, told by its first bytes. Wider than [`crate::recognise`], which knows only what the engine and the watch read.

mod magic;
mod shape;
#[cfg(test)]
mod tests;

use crate::{Format, recognise};
use magic::{by_magic, executable, gguf};
use shape::without_magic;

/// Bytes that [`Kind::of`] wants to see; fewer are enough for most kinds.
pub const FIRST_BYTES: u64 = 4096;

/// What kind of file it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Kind {
    /// GGUF, little-endian, version 2 or 3.
    Gguf,
    /// GGUF of version 1, with 32-bit counts. Nothing runs it any more.
    GgufFirst,
    /// GGUF in the byte order of mainframes. Nothing here runs it.
    GgufBigEndian,
    /// GGML, GGMF, GGJT or GGLA: what came before GGUF, and what whisper.cpp still writes.
    GgmlLegacy,
    /// safetensors.
    Safetensors,
    /// A pickle, of any protocol; PyTorch's old format among them.
    Pickle,
    /// A zip with a PyTorch checkpoint.
    TorchZip,
    /// A zip with TorchScript.
    TorchScript,
    /// One NumPy array.
    Npy,
    /// A zip of NumPy arrays.
    Npz,
    /// ONNX.
    Onnx,
    /// A zip that Keras 3 writes.
    Keras,
    /// The configuration of a Keras model by itself, in JSON.
    KerasConfig,
    /// What Keras keeps beside TensorFlow's `saved_model.pb`.
    KerasMetadata,
    /// HDF5, as Keras 2 wrote it.
    Hdf5,
    /// TensorFlow's `saved_model.pb`.
    SavedModel,
    /// One tensor as ONNX writes it, such as the inputs of a test.
    OnnxTensor,
    /// Check sums that TensorFlow writes beside a model.
    TensorFlowFingerprint,
    /// TensorFlow Lite, now LiteRT.
    Tflite,
    /// A protobuf of Core ML.
    CoreMl,
    /// The network of OpenVINO, in XML.
    OpenVino,
    /// CTranslate2.
    CTranslate2,
    /// A compiled engine of TensorRT.
    TensorRt,
    /// An executable that carries a zip with GGUF weights.
    Llamafile,
    /// Any other zip.
    Zip,
    /// tar.
    Tar,
    /// 7z.
    SevenZip,
    /// gzip.
    Gzip,
    /// zlib, as joblib compresses, of today or of 2013.
    Zlib,
    /// LZ4.
    Lz4,
    /// bzip2.
    Bzip2,
    /// xz, and lzma.
    Xz,
    /// zstd.
    Zstd,
    /// RAR, CAB and other archives that are not unpacked here.
    OtherArchive,
    /// A program for Linux and relatives.
    Elf,
    /// A program for Windows, or for several systems at once (APE).
    Pe,
    /// A program for macOS.
    MachO,
    /// A shortcut of Windows, or a program for the machines of Java and Android.
    OtherProgram,
    /// A text that begins with `#!`.
    Script,
    /// Printable text.
    Text,
    /// Nothing in it.
    Empty,
    /// Something else: not looked into.
    Unknown,
}

impl Kind {
    /// Tells by the first bytes, of [`FIRST_BYTES`] at most.
    #[must_use]
    pub fn of(first: &[u8]) -> Self {
        if first.is_empty() {
            return Self::Empty;
        }
        let kind = gguf(first)
            .or_else(|| by_magic(first))
            .or_else(|| (recognise(first) == Some(Format::Safetensors)).then_some(Self::Safetensors))
            .or_else(|| executable(first))
            .or_else(|| without_magic(first))
            .unwrap_or(Self::Unknown);
        // HDF5 may stand behind bytes that nobody reads.
        if matches!(kind, Self::Unknown | Self::Text) && magic::is_hdf5_behind(first) { Self::Hdf5 } else { kind }
    }

    /// A short name for people, the same in each language.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gguf => "GGUF",
            Self::GgufFirst => "GGUF version 1",
            Self::GgufBigEndian => "GGUF, big-endian",
            Self::GgmlLegacy => "GGML",
            Self::Safetensors => "safetensors",
            Self::Pickle => "pickle",
            Self::TorchZip => "PyTorch",
            Self::TorchScript => "TorchScript",
            Self::Npy => "NumPy array",
            Self::Npz => "NumPy arrays",
            Self::Onnx => "ONNX",
            Self::Keras => "Keras",
            Self::KerasConfig => "Keras configuration",
            Self::KerasMetadata => "Keras metadata",
            Self::Hdf5 => "HDF5",
            Self::SavedModel => "TensorFlow SavedModel",
            Self::OnnxTensor => "ONNX tensor",
            Self::TensorFlowFingerprint => "TensorFlow fingerprint",
            Self::Tflite => "TensorFlow Lite",
            Self::CoreMl => "Core ML",
            Self::OpenVino => "OpenVINO",
            Self::CTranslate2 => "CTranslate2",
            Self::TensorRt => "TensorRT",
            Self::Llamafile => "llamafile",
            Self::Zip => "zip",
            Self::Tar => "tar",
            Self::SevenZip => "7z",
            Self::Gzip => "gzip",
            Self::Zlib => "zlib",
            Self::Lz4 => "LZ4",
            Self::Bzip2 => "bzip2",
            Self::Xz => "xz",
            Self::Zstd => "zstd",
            Self::OtherArchive => "archive",
            Self::Elf => "ELF program",
            Self::Pe => "Windows program",
            Self::MachO => "macOS program",
            Self::OtherProgram => "program",
            Self::Script => "script",
            Self::Text => "text",
            Self::Empty => "empty",
            Self::Unknown => "unknown",
        }
    }

    /// Code for a processor.
    #[must_use]
    pub const fn is_native(self) -> bool {
        matches!(self, Self::Elf | Self::Pe | Self::MachO | Self::OtherProgram)
    }

    /// Holds weights, or may.
    #[must_use]
    pub const fn is_model(self) -> bool {
        !matches!(
            self,
            Self::Zip
                | Self::Tar
                | Self::SevenZip
                | Self::Gzip
                | Self::Zlib
                | Self::Lz4
                | Self::Bzip2
                | Self::Xz
                | Self::Zstd
                | Self::OtherArchive
                | Self::Elf
                | Self::Pe
                | Self::MachO
                | Self::OtherProgram
                | Self::Script
                | Self::Text
                | Self::OnnxTensor
                | Self::TensorFlowFingerprint
                | Self::Empty
                | Self::Unknown
        )
    }
}
