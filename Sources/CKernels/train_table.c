// One table of training kernels per tier and type, and what adds up the parts of a gradient.
#include "train.h"

const ck_train_table *ck_train_table_for(ck_train_tier tier, ck_real real) {
  const bool half = real == CK_REAL_BF16;
  if (!ck_train_supported(tier, real)) return NULL;
  switch (tier) {
    case CK_TRAIN_TIER_C:
      return half ? &ck_train_table_c_bf16 : &ck_train_table_c_f32;
#if CK_X86
    case CK_TRAIN_TIER_AVX2:
      return &ck_train_table_avx2_f32;
    case CK_TRAIN_TIER_AVX512:
      return half ? &ck_train_table_avx512_bf16 : &ck_train_table_avx512_f32;
#endif
    default:
      return NULL;
  }
}

void ck_train_sum_parts(float *gradient, const float *parts, int32_t count, const ck_train_layer *layer,
                        int32_t channel_begin, int32_t channel_end) {
  enum { TILE = 16 };  // outputs and inputs that are turned round at once: a line of memory either way
  const ptrdiff_t in = layer->in[0] + layer->in[1], out = layer->out[0], taps = ck_train_taps(layer->kind);
  const bool up = layer->kind == CK_TRAIN_UPCONV2X2;
  const ptrdiff_t out_stride = up ? in : taps * in, tap_stride = up ? out * in : in;
  for (ptrdiff_t o = channel_begin; o < channel_end; o += TILE) {
    const ptrdiff_t outs = channel_end - o < TILE ? channel_end - o : TILE;
    for (ptrdiff_t row = 0; row < taps * in; row += TILE) {
      const ptrdiff_t rows = taps * in - row < TILE ? taps * in - row : TILE;
      float sums[TILE][TILE];
      for (ptrdiff_t i = 0; i < rows; i++) {
        const float *part = parts + (row + i) * out + o;
        for (ptrdiff_t k = 0; k < outs; k++) sums[i][k] = part[k];
        for (int32_t p = 1; p < count; p++) {
          part += taps * in * out;
          for (ptrdiff_t k = 0; k < outs; k++) sums[i][k] += part[k];
        }
      }
      for (ptrdiff_t k = 0; k < outs; k++) {
        for (ptrdiff_t i = 0; i < rows; i++) {
          gradient[(o + k) * out_stride + (row + i) / in * tap_stride + (row + i) % in] = sums[i][k];
        }
      }
    }
  }
}
