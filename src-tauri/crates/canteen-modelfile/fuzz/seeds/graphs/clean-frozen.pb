

n0Placeholder

n1Const

n2VarHandleOp

n3MatMul

n4SaveV2

n5	RestoreV2

n6MergeV2Checkpoints

n7ShardedFilename

n8StaticRegexFullMatch
#
n9InitializeTableFromTextFileV2

n10StatefulPartitionedCall"Ú