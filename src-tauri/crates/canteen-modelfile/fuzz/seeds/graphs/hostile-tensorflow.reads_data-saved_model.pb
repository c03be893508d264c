:
	

AddV2"serve*2.15.0

n0TextLineDataset"Ú