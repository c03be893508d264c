V
	

AddV2"serve*2.15.08
6
nPrintV2*(
output_streamfile:///nothing/there