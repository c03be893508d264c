//! Files beside the model that it names.

use super::super::Neighbour;
use super::super::paths::leaves;
use super::super::protobuf::{Span, Value};
use super::super::source::{Source, Step};
use super::hazards::{EXTERNAL_LINK, EXTERNAL_MEMORY, EXTERNAL_MISSING, EXTERNAL_OUTSIDE, EXTERNAL_RANGE, TENSOR_SIZE};
use super::{LONGEST_NAME, MOST_NAMES, Walk};

/// ONNX Runtime's own marks for tensors that already lie in memory end so; the offset is then an address.
const IN_MEMORY: &str = "_MEM_ADDR_";

/// What a tensor says of its place.
#[derive(Clone, Copy)]
struct Place {
    at: u64,
    offset: u64,
    length: Option<u64>,
}

impl Walk<'_> {
    /// Key and value pairs: location, offset, length. A key that stands twice counts twice, whichever a loader takes.
    pub(super) fn external(&mut self, entries: &[Span], bytes: Option<u64>, source: &mut Source<'_>) -> Step<()> {
        let (mut locations, mut place) = (Vec::new(), Place { at: 0, offset: 0, length: None });
        for entry in entries {
            place.at = entry.at;
            let key = entry.text_of(1, source, LONGEST_NAME)?.unwrap_or_default();
            let value = entry.text_of(2, source, 4096)?.unwrap_or_default();
            match key.as_str() {
                "location" => locations.push(value),
                "offset" | "length" => match (key.as_str(), value.trim().parse::<u64>()) {
                    ("offset", Ok(number)) => place.offset = number,
                    (_, Ok(number)) => place.length = Some(number),
                    (_, Err(_)) => self.found.at(&EXTERNAL_RANGE, entry.at, &value),
                },
                _ => {}
            }
        }
        if let (Some(length), Some(bytes)) = (place.length, bytes)
            && length != bytes
        {
            self.found.at(&TENSOR_SIZE, place.at, locations.first().map_or("", String::as_str));
        }
        place.length = place.length.or(bytes);
        for location in locations {
            self.location(&location, place);
        }
        Ok(())
    }

    fn location(&mut self, location: &str, place: Place) {
        if location.contains(IN_MEMORY) {
            return self.found.at(&EXTERNAL_MEMORY, place.at, location);
        }
        if location.is_empty() || leaves(location).is_some() {
            return self.found.at(&EXTERNAL_OUTSIDE, place.at, location);
        }
        let name = location.replace('\\', "/");
        match self.folder.look(&name) {
            Neighbour::Link => self.found.at(&EXTERNAL_LINK, place.at, location),
            Neighbour::File { names, .. } if names > 1 => self.found.at(&EXTERNAL_LINK, place.at, location),
            Neighbour::File { bytes, .. } => {
                let end = place.offset.checked_add(place.length.unwrap_or(0));
                if end.is_none_or(|end| end > bytes) {
                    self.found.at(&EXTERNAL_RANGE, place.at, location);
                }
            }
            Neighbour::Absent | Neighbour::Other => self.found.at(&EXTERNAL_MISSING, place.at, location),
            Neighbour::Unseen => {}
        }
        if self.needs.len() < MOST_NAMES {
            self.needs.insert(name);
        }
    }

    /// `EPContext` names its file in an attribute, unless its content stands there itself.
    pub(super) fn engine_file(&mut self, mut node: Span, source: &mut Source<'_>) -> Step<()> {
        let (mut embedded, mut context) = (true, None);
        while let Some(field) = node.next(source)? {
            let Some((5, attribute)) = field.bytes() else { continue };
            match attribute.text_of(1, source, LONGEST_NAME)?.as_deref() {
                Some("embed_mode") => embedded = number_of(attribute, 3, source)? != Some(0),
                Some("ep_cache_context") => context = attribute.text_of(4, source, 4096)?,
                _ => {}
            }
        }
        if let Some(name) = context.filter(|_| !embedded) {
            self.location(&name, Place { at: node.at, offset: 0, length: None });
        }
        Ok(())
    }
}

fn number_of(mut span: Span, number: u64, source: &mut Source<'_>) -> Step<Option<u64>> {
    let mut last = None;
    while let Some(field) = span.next(source)? {
        if let (true, Value::Number(value)) = (field.number == number, field.value) {
            last = Some(value);
        }
    }
    Ok(last)
}
