]
	

AddV2"serve*2.15.0?

n0Const+


f0

nConst


f1
nReadFile"Ú