// Tier `avx512vnni`: what register tiles are made of.
#ifndef CK_TILE_AVX512VNNI_H
#define CK_TILE_AVX512VNNI_H

#include "avx512vnni.h"

#if CK_X86
#pragma clang attribute push(__attribute__((target("avx2,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni"))), \
                             apply_to = function)

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")
#define NO_UNROLL _Pragma("clang loop unroll(disable)")

/// Where a row's codes go and how they are made, in registers: stores to memory do not make the compiler load it again.
typedef struct ck_codes {
  ptrdiff_t step;  ///< bytes between neighbouring outputs
  const float *multiplier;
  __m512i zero_points;  ///< s16
  __mmask64 stored;     ///< a bit per byte to write
} ck_codes;

INLINE ck_codes ck_codes_of(const ck_row *row) {
  return (ck_codes){row->dst_step, row->multiplier, _mm512_set1_epi16((int16_t)row->zero_point),
                    ~0ull >> (64 - row->stored)};
}

/// ck_requantize on 16 accumulators, before zero point and clamp.
INLINE __m512i scaled(__m512i acc, __m512 multiplier) {
  const __m512 product = _mm512_mul_ps(_mm512_cvtepi32_ps(acc), multiplier);
  // Very negative products become INT32_MIN, which the packing below saturates as it should.
  return _mm512_cvtps_epi32(_mm512_min_ps(product, _mm512_set1_ps(512.0f)));
}

/// Adds the zero point to four vectors of scaled accumulators and clamps them to bytes: dword 4 * i + v has bytes
/// 4 * i ... 4 * i + 3 of vector v, since packs work within lanes of 128 bits.
INLINE __m512i clamped(const __m512i *q, __m512i zero_points) {
  // Saturating to s16, adding there and saturating to u8 is the clamp of the exact sum: scaled values are below 513.
  const __m512i low = _mm512_adds_epi16(_mm512_packs_epi32(q[0], q[1]), zero_points);
  const __m512i high = _mm512_adds_epi16(_mm512_packs_epi32(q[2], q[3]), zero_points);
  return _mm512_packus_epi16(low, high);
}

INLINE __m512i broadcast4(const uint8_t *bytes) {
  int32_t four;
  __builtin_memcpy(&four, bytes, 4);
  return _mm512_set1_epi32(four);
}

/// Steps of a row's first or last segment that the halves of a tile take one after the other. While one half is
/// requantised, the multipliers work on the other; the core sees that far ahead when the turns are short. Four steps of
/// a half take as long as its requantisation.
INLINE int32_t ck_turn(const ck_row *row, int32_t segment) {
  const int32_t most = row->steps[segment] / (row->segments == 1 ? 2 : 1);
  return most < 4 ? most : 4;
}

#pragma clang attribute pop
#endif
#endif
