//! LZMA2 and xz. The library's own readers never end where a chunk says that the data is over before it is (0.25.0); its decoders that
//! are handed input and output do, and here none may go on without getting on.

use std::io::{self, BufRead, ErrorKind, Read};

use lzma_rust2::{Action, Lzma2Stream, Status, StreamResult, XzStream};

/// Takes bytes in and gives bytes out.
pub(crate) trait Decoder {
    fn process(&mut self, input: &[u8], output: &mut [u8], action: Action) -> io::Result<StreamResult>;
}

impl Decoder for Lzma2Stream {
    fn process(&mut self, input: &[u8], output: &mut [u8], action: Action) -> io::Result<StreamResult> {
        Self::process(self, input, output, action)
    }
}

impl Decoder for XzStream {
    fn process(&mut self, input: &[u8], output: &mut [u8], action: Action) -> io::Result<StreamResult> {
        Self::process(self, input, output, action)
    }
}

/// A decoder, and what it is handed. Nothing behind the end is taken off the input.
pub(crate) struct Pulled<R, D> {
    packed: R,
    decoder: D,
    ended: bool,
}

impl<R: BufRead, D: Decoder> Pulled<R, D> {
    pub(crate) const fn new(packed: R, decoder: D) -> Self {
        Self { packed, decoder, ended: false }
    }
}

impl<R: BufRead, D: Decoder> Read for Pulled<R, D> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while !self.ended && !buffer.is_empty() {
            let input = self.packed.fill_buf()?;
            let over = input.is_empty();
            let step = self.decoder.process(input, buffer, if over { Action::Finish } else { Action::Run })?;
            self.packed.consume(step.bytes_consumed);
            self.ended = step.status == Status::StreamEnd;
            if step.bytes_produced > 0 {
                return Ok(step.bytes_produced);
            }
            if step.bytes_consumed == 0 && !self.ended {
                return Err(if over { ErrorKind::UnexpectedEof } else { ErrorKind::InvalidData }.into());
            }
        }
        Ok(0)
    }
}
