use std::rc::Rc;

/// What is known of an object: enough to follow names and calls. Shared, so that doubling GETs cost nothing.
#[derive(Clone, Debug)]
pub(super) enum Value {
    /// Anything that nothing depends on.
    Other,
    /// The number that torch's old format begins with.
    TorchMagic,
    /// A `str` constant short enough to be a name, decoded as the unpickler would.
    Text(Rc<[u8]>),
    /// Imported.
    Global,
    /// Made by calling something.
    Made,
}

impl Value {
    pub(super) fn text(self) -> Option<Rc<[u8]>> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    pub(super) fn text_ref(&self) -> Option<&[u8]> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }
}
