¾
	

AddV2"serve*2.15.0

n0Const"Ú:‹
ˆ"…
_tf_keras_modelr{"class_name": "Lambda", "config": {"name": "l", "function": ["4wAAAA==", null, null], "function_type": "lambda"}}