7
	

AddV2"serve*2.15.0

n0Addons>Thing"Ú