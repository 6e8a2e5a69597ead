# SPDX-License-Identifier: Apache-2.0
"""The models that are measured; `dovetail bench --shape` knows them under the same names."""

SHAPES = {
    "tiny": dict(d_model=128, d_kv=32, num_heads=4, num_layers=2, d_ff=512, vocab_size=4096),
    "mini": dict(d_model=256, d_kv=64, num_heads=4, num_layers=4, d_ff=1024, vocab_size=8192),
    "t5-small": dict(d_model=512, d_kv=64, num_heads=8, num_layers=6, d_ff=2048, vocab_size=32128),
    "t5-base": dict(d_model=768, d_kv=64, num_heads=12, num_layers=12, d_ff=3072, vocab_size=32128),
}
