"""Splits a GGUF file as llama.cpp's own tool does: split.py MODEL PREFIX makes PREFIX-00001-of-0000N.gguf and the rest."""

import sys

from gguf import GGUFReader, GGUFValueType, GGUFWriter

model, prefix = sys.argv[1:3]
reader = GGUFReader(model)
text = lambda name: reader.fields[name].contents()
writer = GGUFWriter(f"{prefix}.gguf", text("general.architecture"), split_max_tensors=-(-len(reader.tensors) // 3))
for name, field in reader.fields.items():
    if name.startswith("GGUF.") or name == "general.architecture":
        continue
    kind = field.types[0]
    of = field.types[-1] if kind == GGUFValueType.ARRAY else None
    writer.add_key_value(name, field.contents(), kind, sub_type=of)
for tensor in reader.tensors:
    writer.add_tensor(tensor.name, tensor.data, raw_dtype=tensor.tensor_type)
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()
