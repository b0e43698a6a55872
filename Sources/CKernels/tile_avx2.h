// Tiers `avx2` and `avxvnni`: what their kernels are made of.
#ifndef CK_TILE_AVX2_H
#define CK_TILE_AVX2_H

#include "avx2.h"

#if CK_X86
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

/// ck_requantize on 8 accumulators, before zero point and clamp.
INLINE __m256i scaled(__m256i acc, __m256 multiplier) {
  const __m256 product = _mm256_mul_ps(_mm256_cvtepi32_ps(acc), multiplier);
  // Very negative products become INT32_MIN, which the packing below saturates as it should.
  return _mm256_cvtps_epi32(_mm256_min_ps(product, _mm256_set1_ps(512.0f)));
}

/// Adds the zero point to four vectors of scaled accumulators and clamps them to bytes, 8 of each vector in turn.
INLINE __m256i clamped(const __m256i *q, int32_t zero_point) {
  const __m256i zero_points = _mm256_set1_epi16((int16_t)zero_point);
  // Saturating to s16, adding there and saturating to u8 is the clamp of the exact sum: scaled values are below 513.
  const __m256i low = _mm256_adds_epi16(_mm256_packs_epi32(q[0], q[1]), zero_points);
  const __m256i high = _mm256_adds_epi16(_mm256_packs_epi32(q[2], q[3]), zero_points);
  // Packs work within lanes of 128 bits.
  return _mm256_permutevar8x32_epi32(_mm256_packus_epi16(low, high), _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
}

/// 16 bytes of two places, one per lane of 128 bits.
INLINE __m256i load_halves(const uint8_t *low, const uint8_t *high) {
  return _mm256_loadu2_m128i((const __m128i *)high, (const __m128i *)low);
}

/// 8 pixels by 16 channels, halves[i] being pixels i and i + 4, to four vectors with 4 channels of pixel i in lane i.
INLINE void transpose(__m256i *columns, const __m256i *halves) {
  const __m256i low01 = _mm256_unpacklo_epi32(halves[0], halves[1]),
                high01 = _mm256_unpackhi_epi32(halves[0], halves[1]);
  const __m256i low23 = _mm256_unpacklo_epi32(halves[2], halves[3]),
                high23 = _mm256_unpackhi_epi32(halves[2], halves[3]);
  columns[0] = _mm256_unpacklo_epi64(low01, low23);
  columns[1] = _mm256_unpackhi_epi64(low01, low23);
  columns[2] = _mm256_unpacklo_epi64(high01, high23);
  columns[3] = _mm256_unpackhi_epi64(high01, high23);
}

INLINE __m256i broadcast4(const uint8_t *bytes) {
  int32_t four;
  __builtin_memcpy(&four, bytes, 4);
  return _mm256_set1_epi32(four);
}

#pragma clang attribute pop
#endif
#endif
