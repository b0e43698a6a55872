// What the files of the training kernels share.
#ifndef CK_TRAIN_H
#define CK_TRAIN_H

#include "cktrain.h"
#include "tables.h"

extern const ck_train_table ck_train_table_c_f32, ck_train_table_c_bf16;
#if CK_X86
extern const ck_train_table ck_train_table_avx2_f32, ck_train_table_avx512_f32, ck_train_table_avx512_bf16;
#endif

/// Whether this CPU (and operating system) can run `tier` for `real`.
bool ck_train_supported(ck_train_tier tier, ck_real real);

/// Bytes of a number.
static inline ptrdiff_t ck_real_size(ck_real real) { return real == CK_REAL_BF16 ? 2 : 4; }

/// Pixel (y, x) of picture n; y and x may lie in a border.
static inline char *ck_batch_pixel(const ck_batch *batch, ptrdiff_t n, ptrdiff_t y, ptrdiff_t x) {
  return (char *)batch->data + n * batch->picture_stride + y * batch->row_stride +
         x * batch->channels * ck_real_size(batch->real);
}

/// Number `i` at `data`.
static inline float ck_real_at(const char *data, ck_real real, ptrdiff_t i) {
  return real == CK_REAL_BF16 ? ck_bf16_value(((const uint16_t *)(const void *)data)[i])
                              : ((const float *)(const void *)data)[i];
}

/// Whether the kind's outputs (its sources, if it is a gradient by the data) are of twice the size, with a 2x2 window.
static inline bool ck_train_is_upconv(ck_train_kind kind) {
  return kind == CK_TRAIN_UPCONV2X2 || kind == CK_TRAIN_UPCONV2X2_BACK;
}

static inline int32_t ck_train_taps(ck_train_kind kind) { return ck_train_is_upconv(kind) ? 4 : 9; }

/// Sets the outputs' share of a part to zeros.
void ck_train_clear_part(const ck_train_gradient_args *args);

/// Where the run of a source's channels at one tap is in a part of a gradient by the weights, for output o.
static inline ptrdiff_t ck_train_part_offset(const ck_train_layer *layer, int32_t o, int32_t tap, int32_t source) {
  const ptrdiff_t in = layer->in[0] + layer->in[1];
  if (layer->kind == CK_TRAIN_UPCONV2X2) return ((ptrdiff_t)tap * layer->out[0] + o) * in;
  return ((ptrdiff_t)o * 3 + tap / 3) * 3 * in + (source ? 3 * layer->in[0] : 0) + tap % 3 * layer->in[source];
}

/// Where a weight of a layer is in its memory: w(o, tap, i) at o * out + tap * tap + i * in, from `first` on. Taps
/// count along the windows of this direction's source.
typedef struct ck_train_strides {
  ptrdiff_t first, out, tap, in;
} ck_train_strides;

static inline ck_train_strides ck_train_weight_strides(const ck_train_layer *layer) {
  const ptrdiff_t in = layer->in[0] + layer->in[1], out = layer->out[0] + layer->out[1];
  switch (layer->kind) {
    case CK_TRAIN_CONV3X3_BACK:  // mirrored: [in, 8 - tap, out]
      return (ck_train_strides){8 * out, 1, -out, 9 * out};
    case CK_TRAIN_UPCONV2X2:
      return (ck_train_strides){0, in, in * out, 1};
    case CK_TRAIN_UPCONV2X2_BACK:
      return (ck_train_strides){0, 1, in * out, out};
    default:
      return (ck_train_strides){0, 9 * in, in, 1};
  }
}

#endif
