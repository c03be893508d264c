use crate::hazard::{hazards, say};

const SAY_READS: &str = "This model reads files of your computer that are no part of it, so do not use it.";

hazards! {
    Dangerous EXTERNAL_LINK = "hdf5.external_link", SAY_READS, "An HDF5 link leads into another file.";
    Dangerous EXTERNAL_STORAGE = "hdf5.external_storage", SAY_READS,
        "The numbers of an HDF5 dataset lie in another file, which is read as if it were weights.";
    Dangerous VIRTUAL_DATASET = "hdf5.virtual_dataset", SAY_READS, "A virtual HDF5 dataset is put together from other files.";
    Suspicious USER_LINK = "hdf5.user_link",
        "This model needs a program part that does not come with it, so ask IT before you use it.",
        "An HDF5 link of a kind that only a program of one's own can follow.";
    Suspicious SHAPE_LIES = "hdf5.shape_lies", "This model could fill the memory of your computer, so ask IT before you use it.",
        "An HDF5 dataset declares far more numbers than the file holds.";
    Suspicious TAIL = "hdf5.tail", say::ODD, "Bytes stand behind the end that the HDF5 superblock names.";
    Suspicious NOT_FOLLOWED = "hdf5.not_followed", say::BLIND,
        "A structure of the HDF5 file is not followed, so what it holds was not looked into.";
    Suspicious UNREADABLE = "hdf5.unreadable", "This model could not be looked through to its end, so ask IT before you use it.",
        "The HDF5 file is broken, cut, or beyond the limits; what could be reached was examined.";
}
