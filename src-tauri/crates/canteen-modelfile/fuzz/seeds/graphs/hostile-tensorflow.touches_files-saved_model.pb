A
	

AddV2"serve*2.15.0#

n0Const

n1	WriteFile"Ú