// What the files of tier `neon` share.
#ifndef CK_NEON_H
#define CK_NEON_H

#include "rows.h"
#include "tables.h"
#include "unroll.h"
#include "view.h"

#if CK_NEON
#include <arm_neon.h>

// The dot product is switched on for the functions between the two, in the words of either compiler.
#if defined(__clang__)
#define DOTPROD_BEGIN _Pragma("clang attribute push(__attribute__((target(\"dotprod\"))), apply_to = function)")
#define DOTPROD_END _Pragma("clang attribute pop")
#else
#define DOTPROD_BEGIN _Pragma("GCC push_options") _Pragma("GCC target(\"arch=armv8.2-a+dotprod\")")
#define DOTPROD_END _Pragma("GCC pop_options")
#endif

#define INLINE static inline __attribute__((always_inline))

DOTPROD_BEGIN

/// 16 activations as signed bytes, u8 - 128: sdot multiplies signed by signed. What that takes from a sum,
/// 128 * (sum of its weights), stands in the header of the packed weights and is added to the bias.
INLINE int8x16_t load_flipped(const uint8_t *src) {
  return vreinterpretq_s8_u8(veorq_u8(vld1q_u8(src), vdupq_n_u8(128)));
}

/// acc + in each lane i, the dot product of bytes 4 * i ... 4 * i + 3 of a and the 4 bytes of lane `lane` of b.
/// The instruction wants a literal lane; a constant argument leaves one case.
INLINE int32x4_t dot_lane(int32x4_t acc, int8x16_t a, int8x16_t b, const int lane) {
  switch (lane) {
    case 0:
      return vdotq_laneq_s32(acc, a, b, 0);
    case 1:
      return vdotq_laneq_s32(acc, a, b, 1);
    case 2:
      return vdotq_laneq_s32(acc, a, b, 2);
    default:
      return vdotq_laneq_s32(acc, a, b, 3);
  }
}

DOTPROD_END

void ck_pack_step_neon(int8_t *packed, const int8_t *weights, ptrdiff_t out_stride, int32_t outputs, int32_t vectors,
                       int32_t channels);
void ck_pack_header_neon(int8_t *block, int32_t steps, int32_t vectors);
void ck_row_neon(const ck_row *row, int32_t width, int32_t vectors);
void ck_pool_row_neon(const ck_conv_args *args, int32_t y, int32_t first, int32_t channels);
size_t ck_winograd3x3_packed_size_neon(int32_t c0, int32_t c1, int32_t out_channels);
void ck_winograd3x3_pack_neon(int8_t *packed, const int8_t *weights, int32_t logical0, int32_t c0, int32_t logical1,
                              int32_t c1, int32_t out_channels);
int32_t ck_winograd3x3_band_neon(int32_t c, int32_t out_channels);
void ck_winograd3x3_u8s8_neon(const ck_winograd_args *args);
size_t ck_head_packed_size_neon(int32_t c, int32_t classes);
void ck_head_pack_neon(int8_t *packed, const int8_t *weights, int32_t logical, int32_t c, int32_t classes);
void ck_head_argmax_u8s8_neon(const ck_head_args *args);
void ck_blend_row_u8_neon(uint8_t *dst, const uint8_t *src, const uint8_t *labels, const uint16_t keep[256],
                          const uint32_t add[256], size_t count);
void ck_blend_row_u16_neon(uint16_t *dst, const uint16_t *src, const uint8_t *labels, const uint16_t keep[256],
                           const uint32_t add[256], size_t count);
void ck_count_labels_neon(uint32_t counts[256], const uint8_t *labels, size_t count);
int64_t ck_peak_neon(int64_t rounds);

#endif
#endif
