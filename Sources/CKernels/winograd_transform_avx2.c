// Tier `avx2`: Winograd's transforms, but for the row that each tier stores in its own form.
#include "tile_avx2.h"
#include "winograd_avx2.h"

#if CK_X86
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)

INLINE __m256i widened(const uint8_t *bytes) {
  return _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)(const void *)bytes));
}

void ck_winograd_vertical_avx2(int16_t *even, int16_t *odd, const uint8_t *a, const uint8_t *b, int32_t pixels,
                               int32_t channels, bool sum, int32_t zero_point) {
  const __m256i zero = _mm256_set1_epi16((int16_t)(2 * zero_point));
  for (int32_t p = 0; p < pixels; p++, a += channels, b += channels) {
    int16_t *to = (p % 2 ? odd : even) + p / 2 * channels;
    for (int32_t c = 0; c < channels; c += 16) {
      const __m256i top = widened(a + c), bottom = widened(b + c);
      const __m256i value = sum ? _mm256_sub_epi16(_mm256_add_epi16(top, bottom), zero) : _mm256_sub_epi16(top, bottom);
      _mm256_storeu_si256((__m256i *)(void *)(to + c), value);
    }
  }
}

INLINE __m256i load(const int32_t *from) { return _mm256_load_si256((const __m256i *)(const void *)from); }

INLINE __m256i load_unaligned(const int32_t *from) { return _mm256_loadu_si256((const __m256i *)(const void *)from); }

/// A' m A of one vector of outputs with the biases: the accumulators of the four outputs of a tile.
INLINE void transformed(__m256i y[4], const int32_t *m, ptrdiff_t step, const __m256i bias[4]) {
  __m256i z[4][2];
  UNROLL for (int i = 0; i < 4; i++) {
    const int32_t *row = m + 4 * i * step;
    const __m256i b = load(row + step), c = load(row + 2 * step);
    z[i][0] = _mm256_add_epi32(_mm256_add_epi32(load(row), b), c);
    z[i][1] = _mm256_sub_epi32(_mm256_sub_epi32(b, c), load(row + 3 * step));
  }
  UNROLL for (int j = 0; j < 2; j++) {
    y[j] = _mm256_add_epi32(_mm256_add_epi32(_mm256_add_epi32(z[0][j], z[1][j]), z[2][j]), bias[j]);
    y[2 + j] = _mm256_add_epi32(_mm256_sub_epi32(_mm256_sub_epi32(z[1][j], z[2][j]), z[3][j]), bias[2 + j]);
  }
}

/// Stores 8 codes, or 4 where the stored channels end.
INLINE void store8(uint8_t *dst, __m128i codes, int32_t stored) {
  if (stored >= 8) {
    _mm_storel_epi64((__m128i *)dst, codes);
  } else {
    const int32_t four = _mm_cvtsi128_si32(codes);
    __builtin_memcpy(dst, &four, 4);
  }
}

/// Stores the four outputs of tile (y, x) from channel `channel` on, as far as they exist, and their maximum.
INLINE void store_tile(const ck_conv_args *conv, int32_t y, int32_t x, int32_t channel, int32_t stored,
                       const __m128i codes[4]) {
  for (int32_t i = 0; i < 4; i++) {
    const int32_t row = 2 * y + i / 2, column = 2 * x + i % 2;
    if (row >= conv->dst.height || column >= conv->dst.width) continue;
    store8(ck_pixel(&conv->dst, row, column) + channel, codes[i], stored);
  }
  if (!conv->pooled.data) return;
  const __m128i most = _mm_max_epu8(_mm_max_epu8(codes[0], codes[1]), _mm_max_epu8(codes[2], codes[3]));
  store8(ck_pixel(&conv->pooled, y, x) + channel, most, stored);
}

void ck_winograd_finish_avx2(const ck_winograd_finish *work) {
  const ck_conv_args *conv = work->conv;
  const int32_t vectors = (work->stored + 7) / 8, across = (conv->dst.width + 1) / 2;
  for (int32_t v = 0; v < vectors; v++) {
    const int32_t channel = work->first + 8 * v;
    const __m256 multiplier = _mm256_loadu_ps(conv->multiplier + channel);
    __m256i bias[4];
    UNROLL for (int p = 0; p < 4; p++) {
      bias[p] = _mm256_add_epi32(load_unaligned(conv->bias + channel),
                                 load_unaligned(work->bias + p * work->bias_step + 8 * v));
    }
    int32_t y = work->tile / across, x = work->tile % across;
    for (int32_t i = 0; i < work->tiles; i++) {
      __m256i acc[4], q[4];
      transformed(acc, work->products + (ptrdiff_t)8 * (i * vectors + v), work->tap_step, bias);
      UNROLL for (int p = 0; p < 4; p++) q[p] = scaled(acc[p], multiplier);
      const __m256i all = clamped(q, conv->zero_point);
      const __m128i above = _mm256_castsi256_si128(all), below = _mm256_extracti128_si256(all, 1);
      const __m128i codes[4] = {above, _mm_unpackhi_epi64(above, above), below, _mm_unpackhi_epi64(below, below)};
      store_tile(conv, y, x, channel, work->stored - 8 * v, codes);
      if (++x == across) x = 0, y++;
    }
  }
}

#pragma clang attribute pop
#endif
