//! The listing of a 7z: what is packed where and how, and which names it has.

use std::iter;

use super::super::fields::Fields;
use super::START;

/// A program goes through four at most: one that splits it, three that pack.
const MOST_CODERS: u64 = 8;
/// Streams that one coder reads; the one that splits programs reads four.
const MOST_INPUTS: u64 = 4;
/// Files and streams.
const MOST_ENTRIES: u64 = 1 << 20;
/// Packed streams: solid archives have a few, others one for each file.
const MOST_FOLDERS: usize = 1 << 17;

/// Why a listing was not read to its end.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Wrong {
    Cut,
    Lies(&'static str),
    TooMuch(&'static str),
}

type Read_<T> = Result<T, Wrong>;

/// What stands there.
#[derive(Debug)]
pub(super) enum Read {
    Listing(Listing),
    /// The listing is packed like a member.
    Packed(Vec<Folder>),
}

#[derive(Debug, Default)]
pub(super) struct Listing {
    pub(super) folders: Vec<Folder>,
    pub(super) files: Vec<File>,
}

/// What packs a stream, and how.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Coder {
    pub(super) method: Vec<u8>,
    pub(super) properties: Vec<u8>,
    pub(super) inputs: usize,
}

/// Coders that work together, and the bytes that go through them.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Folder {
    pub(super) coders: Vec<Coder>,
    /// Which input, numbered through all coders, reads which coder.
    pub(super) pairs: Vec<(usize, usize)>,
    /// Inputs that read packed bytes, in the order of those.
    pub(super) inputs: Vec<usize>,
    /// Where the packed bytes lie: place and length.
    pub(crate) packed: Vec<(u64, u64)>,
    /// What each coder gives, in bytes.
    pub(super) sizes: Vec<u64>,
    pub(super) crc: Option<u32>,
    /// What the members in it take, in their order, and their check sums.
    pub(super) streams: Vec<(u64, Option<u32>)>,
}

#[derive(Debug, Default)]
pub(super) struct File {
    pub(super) name: String,
    pub(super) holds: bool,
    pub(super) folder: bool,
    /// Unpacking deletes the file of this name.
    pub(super) deletes: bool,
    pub(super) attributes: u32,
}

impl File {
    /// By the mode of Unix in the upper half, or the mark of Windows.
    pub(super) fn is_link(&self) -> bool {
        let mode = self.attributes >> 16;
        let unix = self.attributes & 0x8000 != 0 && matches!(mode >> 12, 0xa | 0x6 | 0x2 | 0x1 | 0xc);
        unix || self.attributes & 0x400 != 0
    }
}

impl Folder {
    /// Of what comes out at the end.
    pub(crate) fn size(&self) -> u64 {
        self.last().and_then(|last| self.sizes.get(last)).copied().unwrap_or_default()
    }

    /// The coder that nobody reads but the unpacker.
    pub(super) fn last(&self) -> Option<usize> {
        (0..self.coders.len()).find(|coder| self.pairs.iter().all(|(_, read)| read != coder))
    }

    /// Packed bytes in all.
    pub(crate) fn packed_bytes(&self) -> u64 {
        self.packed.iter().fold(0, |sum, (_, length)| sum.saturating_add(*length))
    }

    /// Where the members stand as they are, when nothing is packed.
    pub(crate) fn plain(&self) -> Option<u64> {
        let ([coder], [(at, length)]) = (self.coders.as_slice(), self.packed.as_slice()) else { return None };
        (coder.method == [0] && *length == self.size()).then_some(*at)
    }
}

/// Reads a listing of a file of `size` bytes.
pub(super) fn read(bytes: &[u8], size: u64) -> Read_<Read> {
    let mut header = Header { fields: Fields(bytes), size };
    match header.byte()? {
        0x17 => header.streams().map(Read::Packed),
        0x01 => header.listing().map(Read::Listing),
        _ => Err(Wrong::Lies("no listing")),
    }
}

struct Header<'b> {
    fields: Fields<'b>,
    size: u64,
}

impl<'b> Header<'b> {
    fn bytes(&mut self, count: u64) -> Read_<&'b [u8]> {
        let count = usize::try_from(count).map_err(|_| Wrong::Cut)?;
        self.fields.take(count).ok_or(Wrong::Cut)
    }

    fn byte(&mut self) -> Read_<u8> {
        self.bytes(1)?.first().copied().ok_or(Wrong::Cut)
    }

    /// The first byte's upper bits say how many more follow; what is left of it is the largest part.
    fn number(&mut self) -> Read_<u64> {
        let first = self.byte()?;
        let more = first.leading_ones();
        let bytes = self.bytes(u64::from(more))?;
        let low = bytes.iter().rev().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        let high = if more < 7 { u64::from(first) & ((1 << (7 - more)) - 1) } else { 0 };
        Ok(if more < 8 { high << (8 * more) | low } else { low })
    }

    /// How many of something, each of which takes a byte of the listing at least.
    fn count(&mut self) -> Read_<usize> {
        let count = self.number()?;
        if count > self.fields.0.len() as u64 {
            return Err(Wrong::Lies("it promises more than it has room for"));
        }
        if count > MOST_ENTRIES {
            return Err(Wrong::TooMuch("entries"));
        }
        usize::try_from(count).map_err(|_| Wrong::TooMuch("entries"))
    }

    fn expect(&mut self, mark: u8, what: &'static str) -> Read_<()> {
        if self.byte()? == mark { Ok(()) } else { Err(Wrong::Lies(what)) }
    }

    /// One bit for each of `count`.
    fn bits(&mut self, count: usize) -> Read_<Vec<bool>> {
        let bytes = self.bytes(count.div_ceil(8) as u64)?;
        Ok(bytes.iter().flat_map(|byte| (0..8).map(move |bit| byte & (0x80 >> bit) != 0)).take(count).collect())
    }

    /// The same, or one byte that says all of them.
    fn all_or_bits(&mut self, count: usize) -> Read_<Vec<bool>> {
        if self.byte()? != 0 { Ok(vec![true; count]) } else { self.bits(count) }
    }

    fn numbers(&mut self, which: &[bool]) -> Read_<Vec<Option<u32>>> {
        which.iter().map(|there| if *there { self.fields.u32().map(Some).ok_or(Wrong::Cut) } else { Ok(None) }).collect()
    }

    fn check_sums(&mut self, count: usize) -> Read_<Vec<Option<u32>>> {
        let which = self.all_or_bits(count)?;
        self.numbers(&which)
    }

    fn listing(&mut self) -> Read_<Listing> {
        let mut listing = Listing::default();
        loop {
            match self.byte()? {
                0x00 => return Ok(listing),
                0x02 => {
                    while self.byte()? != 0 {
                        let size = self.number()?;
                        self.bytes(size)?;
                    }
                }
                // Streams that hold parts of the listing; nobody writes them.
                0x03 => return Err(Wrong::TooMuch("streams for the listing")),
                0x04 if listing.folders.is_empty() => listing.folders = self.streams()?,
                0x05 if listing.files.is_empty() => listing.files = self.files()?,
                _ => return Err(Wrong::Lies("a part that does not exist, or stands there twice")),
            }
        }
    }

    /// What is packed where, by which coders, and how it is divided.
    fn streams(&mut self) -> Read_<Vec<Folder>> {
        let (mut packed, mut folders, mut divided) = (Vec::new(), Vec::new(), false);
        loop {
            match self.byte()? {
                0x00 => break,
                0x06 if packed.is_empty() => packed = self.packed()?,
                0x07 if folders.is_empty() => folders = self.folders()?,
                0x08 if !divided => {
                    self.divide(&mut folders)?;
                    divided = true;
                }
                _ => return Err(Wrong::Lies("a part that does not exist, or stands there twice")),
            }
        }
        let mut packed = packed.into_iter();
        for folder in &mut folders {
            folder.packed = packed.by_ref().take(folder.inputs.len()).collect();
            if folder.packed.len() < folder.inputs.len() {
                return Err(Wrong::Lies("packed bytes that are not there"));
            }
            if !divided {
                folder.streams = vec![(folder.size(), folder.crc)];
            }
        }
        if packed.next().is_some() { Err(Wrong::Lies("packed bytes that nobody reads")) } else { Ok(folders) }
    }

    fn packed(&mut self) -> Read_<Vec<(u64, u64)>> {
        let mut at = self.number()?.checked_add(START).ok_or(Wrong::Lies("a place behind the file"))?;
        let count = self.count()?;
        let mut packed = Vec::new();
        loop {
            match self.byte()? {
                0x00 => break,
                0x09 if packed.is_empty() => {
                    for _ in 0..count {
                        let length = self.number()?;
                        let end = at.checked_add(length).filter(|end| *end <= self.size);
                        packed.push((at, length));
                        at = end.ok_or(Wrong::Lies("packed bytes behind the file"))?;
                    }
                }
                0x0a => drop(self.check_sums(count)?),
                _ => return Err(Wrong::Lies("a part that does not exist")),
            }
        }
        if packed.len() == count { Ok(packed) } else { Err(Wrong::Lies("packed bytes without a length")) }
    }

    fn folders(&mut self) -> Read_<Vec<Folder>> {
        self.expect(0x0b, "no folders")?;
        let count = self.count()?;
        if count > MOST_FOLDERS {
            return Err(Wrong::TooMuch("folders"));
        }
        self.inline()?;
        let mut folders = (0..count).map(|_| self.folder()).collect::<Read_<Vec<_>>>()?;
        self.expect(0x0c, "no sizes")?;
        for folder in &mut folders {
            folder.sizes = folder.coders.iter().map(|_| self.number()).collect::<Read_<_>>()?;
        }
        loop {
            match self.byte()? {
                0x00 => return Ok(folders),
                0x0a => {
                    let sums = self.check_sums(count)?;
                    iter::zip(&mut folders, sums).for_each(|(folder, crc)| folder.crc = crc);
                }
                _ => return Err(Wrong::Lies("a part that does not exist")),
            }
        }
    }

    /// What follows stands here, and in no other stream; nobody writes that.
    fn inline(&mut self) -> Read_<()> {
        if self.byte()? == 0 { Ok(()) } else { Err(Wrong::TooMuch("streams for the listing")) }
    }

    fn folder(&mut self) -> Read_<Folder> {
        let mut folder = Folder::default();
        let count = self.number()?;
        if count == 0 || count > MOST_CODERS {
            return Err(if count == 0 { Wrong::Lies("a stream without a coder") } else { Wrong::TooMuch("coders") });
        }
        for _ in 0..count {
            folder.coders.push(self.coder()?);
        }
        let inputs: usize = folder.coders.iter().map(|coder| coder.inputs).sum();
        let index = |number: u64, most: usize| usize::try_from(number).ok().filter(|number| *number < most);
        let wrong = Wrong::Lies("coders that are put together in no possible way");
        for _ in 1..count {
            let (input, coder) = (index(self.number()?, inputs), index(self.number()?, folder.coders.len()));
            folder.pairs.extend(input.zip(coder));
        }
        let bound = |folder: &Folder, input: &usize| folder.pairs.iter().any(|(bound, _)| bound == input);
        let free: Vec<usize> = (0..inputs).filter(|input| !bound(&folder, input)).collect();
        folder.inputs = match free.as_slice() {
            [one] => vec![*one],
            _ => (0..free.len()).map(|_| Ok(index(self.number()?, inputs))).collect::<Read_<Option<_>>>()?.unwrap_or_default(),
        };
        let mut given = folder.inputs.clone();
        given.sort_unstable();
        // Every input reads one thing, and nothing is read twice.
        let coders: std::collections::BTreeSet<_> = folder.pairs.iter().map(|(_, coder)| *coder).collect();
        let right = given == free && coders.len() as u64 == count - 1 && folder.pairs.len() + free.len() == inputs;
        if right { Ok(folder) } else { Err(wrong) }
    }

    fn coder(&mut self) -> Read_<Coder> {
        let flags = self.byte()?;
        let method = self.bytes(u64::from(flags & 0x0f))?.to_vec();
        let (inputs, outputs) = if flags & 0x10 == 0 { (1, 1) } else { (self.number()?, self.number()?) };
        let size = if flags & 0x20 == 0 { 0 } else { self.number()? };
        let properties = self.bytes(size)?.to_vec();
        if inputs == 0 || inputs > MOST_INPUTS || outputs != 1 || flags & 0xc0 != 0 {
            return Err(Wrong::TooMuch("a coder of another kind"));
        }
        Ok(Coder { method, properties, inputs: usize::try_from(inputs).unwrap_or_default() })
    }

    /// How what comes out of each folder is divided into files.
    fn divide(&mut self, folders: &mut [Folder]) -> Read_<()> {
        let mut counts = vec![1_u64; folders.len()];
        let mut mark = self.byte()?;
        if mark == 0x0d {
            for count in &mut counts {
                *count = self.number()?;
            }
            mark = self.byte()?;
        }
        // All but the last of a folder have a size that is written, which takes a byte.
        let written = counts.iter().fold(0_u64, |sum, count| sum.saturating_add(count.saturating_sub(1)));
        if written > self.fields.0.len() as u64 || (written > 0 && mark != 0x09) {
            return Err(Wrong::Lies("it promises more than it has room for"));
        }
        if written > MOST_ENTRIES {
            return Err(Wrong::TooMuch("entries"));
        }
        for (folder, count) in iter::zip(&mut *folders, &counts) {
            let mut left = folder.size();
            for _ in 1..*count {
                let size = self.number()?;
                left = left.checked_sub(size).ok_or(Wrong::Lies("members that are larger than what they lie in"))?;
                folder.streams.push((size, None));
            }
            folder.streams.extend((*count > 0).then_some((left, None)));
        }
        if mark == 0x09 {
            mark = self.byte()?;
        }
        self.sums_of_members(mark, folders)
    }

    fn sums_of_members(&mut self, mut mark: u8, folders: &mut [Folder]) -> Read_<()> {
        let known = |folder: &Folder| folder.streams.len() == 1 && folder.crc.is_some();
        for folder in folders.iter_mut().filter(|folder| known(folder)) {
            let crc = folder.crc;
            folder.streams.iter_mut().for_each(|stream| stream.1 = crc);
        }
        while mark != 0 {
            if mark != 0x0a {
                return Err(Wrong::Lies("a part that does not exist"));
            }
            let unknown = || folders.iter().filter(|folder| !known(folder));
            let sums = self.check_sums(unknown().map(|folder| folder.streams.len()).sum())?;
            let streams = folders.iter_mut().filter(|folder| !known(folder)).flat_map(|folder| &mut folder.streams);
            iter::zip(streams, sums).for_each(|(stream, crc)| stream.1 = crc);
            mark = self.byte()?;
        }
        Ok(())
    }

    fn files(&mut self) -> Read_<Vec<File>> {
        let count = self.count()?;
        let mut files: Vec<File> = iter::repeat_with(|| File { holds: true, ..File::default() }).take(count).collect();
        let mut seen = 0_u32;
        loop {
            let mark = self.byte()?;
            if mark == 0 {
                return Ok(files);
            }
            // Only what fills up stands there more than once.
            let bit = 1_u32.checked_shl(u32::from(mark)).filter(|bit| seen & bit == 0 || mark == 0x19);
            seen |= bit.ok_or(Wrong::Lies("a property that does not exist, or stands there twice"))?;
            let size = self.number()?;
            let mut part = Header { fields: Fields(self.bytes(size)?), size: self.size };
            part.property(mark, &mut files)?;
        }
    }

    fn property(&mut self, mark: u8, files: &mut [File]) -> Read_<()> {
        let empty = |files: &[File]| files.iter().filter(|file| !file.holds).count();
        match mark {
            0x0e => {
                let bits = self.bits(files.len())?;
                iter::zip(files, bits).for_each(|(file, empty)| (file.holds, file.folder) = (!empty, empty));
            }
            // These are about the files without bytes, all of which are folders but those that are named.
            0x0f => {
                let bits = self.bits(empty(files))?;
                let files = files.iter_mut().filter(|file| !file.holds);
                iter::zip(files, bits).for_each(|(file, is_file)| file.folder = !is_file);
            }
            0x10 => {
                let bits = self.bits(empty(files))?;
                let files = files.iter_mut().filter(|file| !file.holds);
                iter::zip(files, bits).for_each(|(file, deletes)| file.deletes = deletes);
            }
            0x11 => self.names(files)?,
            0x15 => {
                let which = self.all_or_bits(files.len())?;
                self.inline()?;
                let numbers = self.numbers(&which)?;
                iter::zip(files, numbers).for_each(|(file, number)| file.attributes = number.unwrap_or_default());
            }
            // Times, places, and what only fills up.
            0x12..=0x14 | 0x18 | 0x19 => {}
            _ => return Err(Wrong::Lies("a property that does not exist")),
        }
        Ok(())
    }

    /// UTF-16, each behind the other, with a zero at its end.
    fn names(&mut self, files: &mut [File]) -> Read_<()> {
        self.inline()?;
        let (units, _) = self.fields.0.as_chunks::<2>();
        let mut units = units.iter().map(|unit| u16::from_le_bytes(*unit));
        for file in files {
            let mut ended = false;
            let name = units.by_ref().take_while(|unit| {
                ended = *unit == 0;
                !ended
            });
            file.name = char::decode_utf16(name).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
            if !ended {
                return Err(Wrong::Cut);
            }
        }
        if units.next().is_some() { Err(Wrong::Lies("more names than files")) } else { Ok(()) }
    }
}
