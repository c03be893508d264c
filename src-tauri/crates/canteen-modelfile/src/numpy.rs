//! NumPy's files of one array, or of several behind one another. The data of an array of objects is a pickle.

mod dtype;
mod hazards;
mod literal;

use std::io;

pub(crate) use dtype::Dtype;
pub(crate) use hazards::{ALL as HAZARDS, TAIL, TRUNCATED};
use hazards::{HEADER, SIZE_OVERFLOWS};
use literal::Literal;

use crate::facts::printable;
use crate::hazard::{Hazard, HazardCode};
use crate::pickle::{self, Context, PickleLimits};
use crate::section::{Section, Source, read_at};

const MAGIC: &[u8] = b"\x93NUMPY";
/// Of a table with some ten thousand columns; most have a hundred bytes.
const LONGEST_HEADER: u64 = 1 << 20;
/// One behind the other; `savez` makes a zip of many.
const MOST_ARRAYS: usize = 1000;
/// Behind an array with this many nothing new can be said.
const MOST_HAZARDS: usize = 200;

/// What the header of an array says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Array {
    /// Elements in each dimension.
    pub shape: Vec<u64>,
    /// As the file has it, e.g. `<f4`; printable.
    pub dtype: String,
    /// Its elements are pickled Python objects.
    pub objects: bool,
}

/// What a file says, and what is wrong with it.
#[derive(Debug, Default)]
pub struct Arrays {
    /// In their order.
    pub arrays: Vec<Array>,
    /// What is wrong.
    pub hazards: Vec<Hazard>,
}

/// Reads the headers of a file of `size` bytes, and the pickles of objects; no numbers.
///
/// # Errors
/// When the file cannot be read.
pub fn read(source: &mut dyn Source, size: u64) -> io::Result<Arrays> {
    let mut found = Arrays::default();
    let mut at = 0;
    while at < size {
        if !read_at(source, at, MAGIC.len() as u64)?.starts_with(MAGIC)
            || found.arrays.len() >= MOST_ARRAYS
            || found.hazards.len() >= MOST_HAZARDS
        {
            found.hazards.push(Hazard::at(&TAIL, at, ""));
            break;
        }
        let header = header(source, at)?;
        let data = header.data_at.min(size);
        at = match header.array.as_ref().map(|(array, dtype)| (array.objects, bytes(&array.shape, *dtype))) {
            Ok((true, _)) => objects(source, data, size, &mut found)?,
            Ok((false, Some(bytes))) => match data.checked_add(bytes).filter(|end| *end <= size) {
                Some(end) => end,
                None => found.wrong(&TRUNCATED, at, size),
            },
            Ok((false, None)) => found.wrong(&SIZE_OVERFLOWS, at, size),
            // Another program may make something of it.
            Err(()) => {
                found.hazards.push(Hazard::at(&HEADER, at, ""));
                if pickle::is_one(&mut Section::new(source, data, size.saturating_sub(data)), size.saturating_sub(data)) {
                    objects(source, data, size, &mut found)?;
                }
                size
            }
        };
        found.arrays.extend(header.array.ok().map(|(array, _)| array));
    }
    Ok(found)
}

impl Arrays {
    /// Nothing behind `at` can be told.
    fn wrong(&mut self, code: &'static HazardCode, at: u64, size: u64) -> u64 {
        self.hazards.push(Hazard::at(code, at, ""));
        size
    }
}

/// The pickle at `data`, and where the next array may begin.
fn objects(source: &mut dyn Source, data: u64, size: u64, found: &mut Arrays) -> io::Result<u64> {
    let left = size.saturating_sub(data);
    // Numpy reads one pickle, and then perhaps another array.
    let limits = PickleLimits { search: 0, ..PickleLimits::default() };
    let scan = pickle::scan(&mut Section::new(source, data, left), left, Context::Plain, &limits);
    let behind = data.saturating_add(scan.data_at.unwrap_or(left));
    let another = read_at(source, behind, MAGIC.len() as u64)? == MAGIC;
    let hazards = scan.hazards.into_iter().filter(|hazard| !(another && pickle::is_of_trailing_bytes(hazard)));
    found.hazards.extend(hazards.map(|hazard| hazard.within(&format!("objects at byte {data}"))));
    scan.unreadable.map_or(Ok(if another { behind } else { size }), Err)
}

struct Header {
    array: Result<(Array, Dtype), ()>,
    data_at: u64,
}

fn header(source: &mut dyn Source, at: u64) -> io::Result<Header> {
    let first = read_at(source, at, 12)?;
    let (length, begins) = match first.get(6..) {
        Some([1, 0, a, b, ..]) => (u64::from(u16::from_le_bytes([*a, *b])), 10),
        Some([2 | 3, 0, a, b, c, d]) => (u64::from(u32::from_le_bytes([*a, *b, *c, *d])), 12),
        _ => return Ok(Header { array: Err(()), data_at: at.saturating_add(8) }),
    };
    let begins = at.saturating_add(begins);
    let text = read_at(source, begins, length.min(LONGEST_HEADER))?;
    let whole = text.len() as u64 == length;
    Ok(Header {
        array: literal::parse(&text).filter(|_| whole).and_then(|header| array(&header)).ok_or(()),
        data_at: begins.saturating_add(length),
    })
}

fn array(header: &Literal) -> Option<(Array, Dtype)> {
    let Literal::Dict(items) = header else { return None };
    let value = |key: &str| match &items.iter().filter(|(name, _)| name.text() == Some(key)).collect::<Vec<_>>()[..] {
        [(_, value)] => Some(value),
        // Twice: programs differ in which counts.
        _ => None,
    };
    let shape = value("shape")?.tuple()?.iter().map(Literal::number).collect::<Option<Vec<u64>>>()?;
    let descr = value("descr")?;
    let dtype = dtype::described(descr)?;
    value("fortran_order")?;
    let shown = descr.text().map_or_else(|| "structured".to_owned(), |text| printable(text, 40).unwrap_or_default());
    Some((Array { shape, dtype: shown, objects: dtype.objects }, dtype))
}

fn bytes(shape: &[u64], dtype: Dtype) -> Option<u64> {
    shape.iter().try_fold(dtype.size?, |bytes, size| bytes.checked_mul(*size))
}

#[cfg(test)]
mod tests;
