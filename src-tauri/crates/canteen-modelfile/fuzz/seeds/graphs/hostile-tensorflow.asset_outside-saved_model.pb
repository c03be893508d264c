H
	

AddV2"serve*2.15.0

n0Const"Ú2

x:0../../nothing