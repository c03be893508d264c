use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Fault;

/// Where the models lie.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ModelsFolder {
    /// The folder.
    pub path: String,
    /// Where it lies when nothing was chosen.
    pub usual_path: String,
    /// It is there; a disk may not be connected.
    pub there: bool,
    /// Bytes of the models in it.
    #[ts(type = "number")]
    pub used: u64,
    /// Bytes that are free on its disk; absent when the system does not say.
    #[ts(type = "number | null")]
    pub free: Option<u64>,
    /// A move that is under way or was cut off.
    pub moving: Option<MovingModels>,
}

/// A move of all models to another folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MovingModels {
    /// Where to.
    pub to: String,
    /// How far it is.
    pub state: MovingState,
}

/// How far a move is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum MovingState {
    /// Files are brought over and checked.
    Copying {
        /// Bytes so far.
        #[ts(type = "number")]
        done: u64,
        /// Bytes in all; 0 while unknown.
        #[ts(type = "number")]
        total: u64,
        /// Milliseconds to the end; absent while unknown.
        #[ts(type = "number | null")]
        left_ms: Option<u64>,
    },
    /// It was cut off and can go on; the models are where they were.
    Stopped {
        /// Why; absent when Canteen ended meanwhile.
        fault: Option<Fault>,
    },
}

/// Where to move the models.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct MoveModels {
    /// A whole path of a folder that is empty or not there; absent goes on with the move that was cut off.
    pub to: Option<String>,
}
