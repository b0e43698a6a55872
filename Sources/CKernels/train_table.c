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

void ck_train_clear_part(const ck_train_gradient_args *args) {
  for (int32_t tap = 0; tap < ck_train_taps(args->layer.kind); tap++) {
    for (int32_t o = args->channel_begin; o < args->channel_end; o++) {
      for (int32_t s = 0; s < (args->layer.in[1] ? 2 : 1); s++) {
        float *part = args->part + ck_train_part_offset(&args->layer, o, tap, s);
        for (int32_t i = 0; i < args->layer.in[s]; i++) part[i] = 0;
      }
    }
  }
}

void ck_train_sum_parts(float *gradient, const float *parts, int32_t count, const ck_train_layer *layer,
                        int32_t channel_begin, int32_t channel_end) {
  const ptrdiff_t in = layer->in[0] + layer->in[1], out = layer->out[0], taps = ck_train_taps(layer->kind);
  const bool up = layer->kind == CK_TRAIN_UPCONV2X2;
  for (int32_t o = channel_begin; o < channel_end; o++) {
    for (int32_t tap = 0; tap < taps; tap++) {
      float *to = gradient + (up ? (tap * out + o) * in : (o * taps + tap) * in);
      for (int32_t s = 0; s < (layer->in[1] ? 2 : 1); s++) {
        const float *part = parts + ck_train_part_offset(layer, o, tap, s);
        const int32_t channels = layer->in[s];
        for (int32_t i = 0; i < channels; i++) to[i] = part[i];
        for (int32_t p = 1; p < count; p++) {
          part += taps * in * out;
          for (int32_t i = 0; i < channels; i++) to[i] += part[i];
        }
        to += channels;
      }
    }
  }
}
