É
	

AddV2"serve*2.15.0–
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

n10StatefulPartitionedCall


f0
nReadVariableOp"Ú2

x:0	vocab.txt