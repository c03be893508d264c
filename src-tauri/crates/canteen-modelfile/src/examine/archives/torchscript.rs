//! The code of TorchScript: text that PyTorch compiles and runs without Python, and whose operators can still reach files.
//!
//! Which operators a text names is read from its words; what stands in quotation marks or behind `#` is no code.

use std::io;

use super::Archive;
use crate::archive::hazards::TOO_MUCH;
use crate::archive::{unpack, zip};
use crate::examine::look::{Budget, Look};
use crate::hazard::{Hazard, HazardCode, hazards};
use crate::section::{Section, Source, read_at};

hazards! {
    Dangerous TOUCHES_FILES = "torchscript.touches_files",
        "This model reads or writes files of your computer that are no part of it, so do not use it.",
        "The TorchScript code calls an operator that reads, writes or loads a file by its name.";
    Suspicious CUSTOM_OPERATOR = "torchscript.custom_operator",
        "This model needs a program part that does not come with it, so ask IT before you use it.",
        "The TorchScript code names an operator or a class of an unknown library: it needs native code.";
}

/// Sets of operators of PyTorch itself and of the libraries that its makers publish beside it.
const KNOWN: &str = "_quantized aten c10d cuda dnnlowp fb fbgemm image inductor metal_prepack mkldnn mkldnn_prepacked mkl onnx \
    prepacked prim prims profiler quantized quantized_decomposed rnn sparse static_runtime tensorexpr torch_cluster torch_scatter \
    torch_sparse torch_spline_conv torchaudio torchtext torchvision video_reader vulkan vulkan_prepack xnnpack";

/// Bytes of a text of code. The largest of a published model has some 2 MB.
const MOST_CODE: u64 = 8 << 20;
/// Hazards that are said of one text.
const MOST: usize = 8;

impl Archive {
    /// What TorchScript compiles.
    pub(super) fn code(
        self,
        source: &mut dyn Source,
        member: &zip::Member,
        look: &mut Look,
        budget: &mut Budget<'_>,
    ) -> io::Result<()> {
        let name = member.shown();
        let mut packed = Section::new(source, member.data_at, member.packed.min(self.size.saturating_sub(member.data_at)));
        let most = MOST_CODE.min(budget.unpacked);
        let code = match member.method {
            0 => read_at(&mut packed, 0, member.packed.min(most))?,
            8 => unpack::inflate(packed, most)?.bytes,
            _ => return Ok(()),
        };
        budget.unpacked = budget.unpacked.saturating_sub(code.len() as u64);
        if code.len() as u64 == most && most < member.size {
            look.hazards.push(Hazard::of(&TOO_MUCH, &name));
        }
        look.hazards.extend(judge(&code).into_iter().map(|hazard| hazard.within(&name)));
        Ok(())
    }
}

/// Whether a member of this name is such a text.
pub(super) fn is_code(name: &str) -> bool {
    (name.contains("/code/") || name.starts_with("code/")) && name.ends_with(".py")
}

/// What is wrong with a text of code.
pub(super) fn judge(code: &[u8]) -> Vec<Hazard> {
    let mut found: Vec<Hazard> = Vec::new();
    for Name { at, parts } in (Names { code, at: 0 }) {
        let Some(code) = wrong(&parts) else { continue };
        let name = parts.iter().map(|part| String::from_utf8_lossy(part)).collect::<Vec<_>>().join(".");
        let hazard = Hazard::at(code, at, &name);
        if found.len() < MOST && !found.iter().any(|one| one.detail == hazard.detail) {
            found.push(hazard);
        }
    }
    found
}

fn wrong(parts: &[&[u8]]) -> Option<&'static HazardCode> {
    let (last, front) = parts.split_last()?;
    // `torch.x` is an operator of PyTorch, as `t.x` is on a tensor; those of libraries stand below `ops`.
    let (operators, library) = match parts {
        [b"ops", library, _, ..] | [b"torch", b"ops", library, ..] => (true, Some(*library)),
        [b"__torch__", b"torch", b"classes", library, ..] => (false, Some(*library)),
        [b"torch", _] => (true, None),
        _ => (false, None),
    };
    let by_name = last.ends_with(b"_file") || matches!(*last, b"from_file" | b"save" | b"load" | b"load_library");
    let on_a_value = matches!(*last, b"save" | b"from_file") && !front.is_empty();
    if operators && by_name || on_a_value {
        return Some(&TOUCHES_FILES);
    }
    let library = library?;
    (!KNOWN.split(' ').any(|known| known.as_bytes() == library)).then_some(&CUSTOM_OPERATOR)
}

/// A name with its dots.
struct Name<'c> {
    at: u64,
    parts: Vec<&'c [u8]>,
}

struct Names<'c> {
    code: &'c [u8],
    at: usize,
}

impl<'c> Names<'c> {
    fn peek(&self) -> Option<u8> {
        self.code.get(self.at).copied()
    }

    /// As far as `goes`.
    fn run(&mut self, goes: fn(u8) -> bool) -> &'c [u8] {
        let rest = self.code.get(self.at..).unwrap_or_default();
        let end = rest.iter().position(|byte| !goes(*byte)).unwrap_or(rest.len());
        self.at = self.at.saturating_add(end);
        rest.get(..end).unwrap_or_default()
    }

    fn text(&mut self, quote: u8) {
        while let Some(byte) = self.peek() {
            self.at = self.at.saturating_add(if byte == b'\\' { 2 } else { 1 });
            if byte == quote {
                return;
            }
        }
    }

    fn name(&mut self) -> Name<'c> {
        let at = self.at as u64;
        let mut parts = vec![self.run(is_word)];
        // Where the next part stands on another line, it is still one.
        loop {
            let behind = self.at;
            self.run(is_blank);
            if self.peek() != Some(b'.') || parts.len() > 16 {
                self.at = behind;
                return Name { at, parts };
            }
            self.at = self.at.saturating_add(1);
            self.run(is_blank);
            parts.push(self.run(is_word));
        }
    }
}

impl<'c> Iterator for Names<'c> {
    type Item = Name<'c>;

    fn next(&mut self) -> Option<Name<'c>> {
        loop {
            let byte = self.peek()?;
            match byte {
                b'#' => {
                    self.run(|byte| byte != b'\n');
                }
                // A dot in front: a method of what was computed.
                _ if is_word(byte) || byte == b'.' => return Some(self.name()),
                _ => self.at = self.at.saturating_add(1),
            }
            if matches!(byte, b'"' | b'\'') {
                self.text(byte);
            }
        }
    }
}

const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b'\\')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(code: &str, expected: &[&str]) {
        let found: Vec<_> = judge(code.as_bytes()).into_iter().map(|hazard| hazard.code.code).collect();
        assert_eq!(found, expected, "{code}");
    }

    #[test]
    fn operators_that_reach_files_are_told_from_those_that_compute() {
        check("  _0 = torch.from_file(\"/x\", False, 10)", &["torchscript.touches_files"]);
        check("  torch . save(x, \"/x\")", &["torchscript.touches_files"]);
        check("  ops.aten.save(x, \"/x\")", &["torchscript.touches_files"]);
        check("  ops.image.read_file(\"/x\")", &["torchscript.touches_files"]);
        check("  x.save(\"/x\")", &["torchscript.touches_files"]);
        check("  torch.add(x, y).save(\"/x\")", &["torchscript.touches_files"]);
        check("  ops.prim.NumToTensor(1)\n  torch.add(x, y)\n  torch.load_state(x)", &[]);
        check("  ops.prim.RaiseException(\"torch.save(x) failed\")  # torch.save(", &[]);
        check("  'it\\'s torch.save('", &[]);
    }

    #[test]
    fn operators_of_unknown_libraries_are_named() {
        check("  ops.evil.run(\"x\")\n  ops.evil.run(\"y\")", &["torchscript.custom_operator"]);
        check("  _1 = torch.ops.evil.run(\"x\")", &["torchscript.custom_operator"]);
        check("  a : __torch__.torch.classes.evil.Shell", &["torchscript.custom_operator"]);
        check("  a : __torch__.torch.classes.quantized.LinearPackedParamsBase\n  ops.quantized.linear_dynamic(x)", &[]);
        check(
            "class Net(Module):\n  def forward(self: __torch__.ops.Net,\n    x: Tensor) -> Tensor:\n    return (self.a).forward(x)",
            &[],
        );
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..80), code in "(ops|torch|\\.|[a-z_'\"#\\\\ ]){0,20}") {
            let _seen = (judge(&bytes), judge(code.as_bytes()));
        }
    }
}
