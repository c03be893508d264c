
Croot"_tf_keras_model**{"class_name": "Sequential", "config": {}}
„root.layer-0*r{"class_name": "Lambda", "config": {"name": "l", "function": ["4wAAAA==", null, null], "function_type": "lambda"}}