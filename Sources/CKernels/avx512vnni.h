// What the files of tier `avx512vnni` share: the register tile and the instruction set.
#ifndef CK_AVX512VNNI_H
#define CK_AVX512VNNI_H

#include "tables.h"
#include "view.h"

#if CK_X86
#include <immintrin.h>

/// Output channels of one block: four vectors of s32 accumulators.
enum { CK_BLOCK = 64 };

/// A row of outputs as products of source runs and weights: all that convolutions differ in.
///
/// Output pixel x, channel o = requantize(bias[o] + sum over segments and steps of
/// dot4(src[segment] + x * pixel_step[segment] + 4 * step, weights[segment, step, o])).
typedef struct ck_row {
  const uint8_t *src[6];    ///< per segment, at output pixel 0
  ptrdiff_t pixel_step[6];  ///< bytes between the sources of neighbouring outputs
  int32_t steps[6];         ///< runs of 4 channels
  int32_t segments;
  const int8_t *weights;    ///< [segment][step][16 * vectors][4]
  const int32_t *bias;      ///< [16 * vectors]
  const float *multiplier;  ///< [16 * vectors]
  int32_t zero_point;
  uint8_t *dst;
  ptrdiff_t dst_step;  ///< bytes between neighbouring outputs
  int32_t stored;      ///< bytes to write per output, 16 * (vectors - 1) < stored <= 16 * vectors
} ck_row;

/// Does `width` outputs of 1 to 4 vectors of channels.
void ck_row_avx512vnni(const ck_row *row, int32_t width, int32_t vectors);

void ck_head_argmax_u8s8_avx512vnni(const ck_head_args *args);
void ck_blend_row_u8_avx512vnni(uint8_t *dst, const uint8_t *src, const uint8_t *labels, const uint16_t keep[256],
                                const uint32_t add[256], size_t count);
void ck_blend_row_u16_avx512vnni(uint16_t *dst, const uint16_t *src, const uint8_t *labels, const uint16_t keep[256],
                                 const uint32_t add[256], size_t count);
int64_t ck_peak_avx512vnni(int64_t rounds);

/// Row y of pooled from rows 2y and 2y + 1 of dst.
void ck_pool_row_avx512vnni(const ck_conv_args *args, int32_t y);

#endif
#endif
