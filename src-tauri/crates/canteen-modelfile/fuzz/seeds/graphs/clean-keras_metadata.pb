
Croot"_tf_keras_model**{"class_name": "Sequential", "config": {}}