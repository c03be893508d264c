//! Operations that do more than compute.

use super::hazards::{CUSTOM_OPERATOR, READS_DATA, RUNS_CODE, TOUCHES_FILES};
use crate::HazardCode;

/// What each is; everything else computes, or restores the model's own variables.
const TABLE: &[(&HazardCode, &[&str])] = &[
    (&RUNS_CODE, &["PyFunc", "PyFuncStateless", "EagerPyFunc", "NumpyFunction", "LoadLibrary", "ShellExecute"]),
    (
        &TOUCHES_FILES,
        &[
            "ReadFile",
            "WriteFile",
            "MatchingFiles",
            "DeleteFile",
            "RenameFile",
            "CopyFile",
            "WholeFileReader",
            "WholeFileReaderV2",
            "MatchingFilesDataset",
            "DatasetToTFRecord",
            "SaveDataset",
            "SaveDatasetV2",
            "SnapshotDataset",
            "SnapshotDatasetV2",
            "DumpDebugInfo",
        ],
    ),
    (
        &READS_DATA,
        &[
            "TextLineReader",
            "TextLineReaderV2",
            "TFRecordReader",
            "TFRecordReaderV2",
            "FixedLengthRecordReader",
            "FixedLengthRecordReaderV2",
            "LMDBReader",
            "TextLineDataset",
            "TFRecordDataset",
            "TFRecordDatasetV2",
            "FixedLengthRecordDataset",
            "FixedLengthRecordDatasetV2",
            "LMDBDataset",
            "CSVDataset",
            "CSVDatasetV2",
            "SqlDataset",
            "LoadDataset",
            "CacheDataset",
            "CacheDatasetV2",
            "DataServiceDataset",
            "DataServiceDatasetV2",
            "DataServiceDatasetV3",
            "DataServiceDatasetV4",
            "RegisterDataset",
            "RegisterDatasetV2",
            "CreateSummaryFileWriter",
            "CreateSummaryDbWriter",
            "WriteSummary",
            "WriteRawProtoSummary",
            "ImportEvent",
            "Save",
            "SaveSlices",
            "FileSystemSetConfiguration",
            "DebugIdentityV2",
            "DebugIdentityV3",
            "RpcCall",
            "RpcClient",
            "RpcServer",
            "RemoteCall",
            "BigQueryReader",
            "GcsConfigureCredentials",
            "GenerateVocabRemapping",
            "LoadAndRemapMatrix",
        ],
    ),
    (&CUSTOM_OPERATOR, &["TRTEngineOp", "XlaCustomCall", "XlaCustomCallV2", "TfLiteSubgraphExecute", "NeuronOp", "_FusedCustom"]),
];

/// What is wrong with an operation of this name.
pub(in super::super) fn judge(operation: &str) -> Option<&'static HazardCode> {
    // Libraries that add operations put their own name in front.
    if operation.contains('>') {
        return Some(&CUSTOM_OPERATOR);
    }
    TABLE.iter().find(|(_, names)| names.contains(&operation)).map(|(code, _)| *code)
}

/// One of the dangerous operations that a node written as text names.
pub(in super::super) fn dangerous_in(node: &str) -> Option<&'static str> {
    let dangerous = TABLE.iter().filter(|(code, _)| code.severity == crate::Severity::Dangerous);
    dangerous.flat_map(|(_, names)| names.iter().copied()).find(|name| node.contains(&format!("\"{name}\"")))
}

#[cfg(test)]
pub(super) fn all() -> impl Iterator<Item = &'static str> {
    TABLE.iter().flat_map(|(_, names)| names.iter().copied())
}
