// Tier `avx512vnni`: the register tile for 24 output channels (17 to 24), a width that small U-Nets like.
//
// One and a half vectors: outputs 16 to 23 of two neighbouring pixels share a vector, so that three products do what
// four with a half-empty vector would.
#include "tile_avx512vnni.h"

#if CK_X86
#pragma clang attribute push(__attribute__((target("avx2,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni"))), \
                             apply_to = function)

/// Stores two pixels of `stored` bytes from dwords 0...5 and 6...11.
INLINE void store_pair(uint8_t *dst, __m512i codes, ptrdiff_t step, int32_t stored) {
  if (step == 24 && stored == 24) {
    _mm256_storeu_si256((__m256i *)dst, _mm512_castsi512_si256(codes));
    _mm_storeu_si128((__m128i *)(dst + 32), _mm512_extracti32x4_epi32(codes, 2));
  } else {
    const __mmask64 mask = ~0ull >> (64 - stored);
    _mm512_mask_storeu_epi8(dst, mask, codes);
    _mm512_mask_storeu_epi8(dst + step - 24, mask << 24, codes);
  }
}

/// Requantises and stores two pixels: outputs 0...15 of each, and 16...23 of both.
INLINE void finish_pair(uint8_t *dst, const __m512i *acc, const ck_row *row) {
  const __m512 first = _mm512_loadu_ps(row->multiplier);
  const __m512 rest = _mm512_broadcast_f32x8(_mm256_loadu_ps(row->multiplier + 16));
  const __m512i both = scaled(acc[2], rest);
  const __m512i q[4] = {scaled(acc[0], first), scaled(acc[1], first), both, both};
  const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 2, 6, 1, 5, 9, 13, 10, 14, 3, 7, 11, 15);
  const __m512i codes = _mm512_permutexvar_epi32(order, clamped(q, row->zero_point));
  store_pair(dst, codes, row->dst_step, row->stored);
}

/// `tiles` tiles of P pairs of pixels from pixel x on.
INLINE void row_pairs(const ck_row *row, int32_t x, int32_t tiles, const int P) {
  __mmask16 upper = 0xff00;
  // Opaque: a mask that the compiler knows becomes a permutation, which waits for the ports of the products.
  __asm__("" : "+Yk"(upper));
  for (; tiles > 0; tiles--, x += 2 * P) {
    __m512i acc[24];  // 3 * P of them
    UNROLL for (int p = 0; p < P; p++) {
      acc[3 * p] = acc[3 * p + 1] = _mm512_loadu_si512(row->bias);
      acc[3 * p + 2] = _mm512_broadcast_i32x8(_mm256_loadu_si256((const __m256i *)(row->bias + 16)));
    }
    const int8_t *weights = row->weights;
    for (int32_t s = 0; s < row->segments; s++) {
      const ptrdiff_t step = row->pixel_step[s];
      const uint8_t *src = row->src[s] + x * step;
      for (int32_t k = row->steps[s]; k > 0; k--, src += 4, weights += 128) {
        const __m512i first = _mm512_load_si512(weights), rest = _mm512_load_si512(weights + 64);
        UNROLL for (int p = 0; p < P; p++) {
          const __m512i a = broadcast4(src + 2 * p * step), b = broadcast4(src + (2 * p + 1) * step);
          acc[3 * p] = _mm512_dpbusd_epi32(acc[3 * p], a, first);
          acc[3 * p + 1] = _mm512_dpbusd_epi32(acc[3 * p + 1], b, first);
          acc[3 * p + 2] = _mm512_dpbusd_epi32(acc[3 * p + 2], _mm512_mask_blend_epi32(upper, a, b), rest);
        }
      }
    }
    UNROLL for (int p = 0; p < P; p++) finish_pair(row->dst + (x + 2 * p) * row->dst_step, acc + 3 * p, row);
  }
}

typedef void pairs_function(const ck_row *row, int32_t x, int32_t tiles);

// clang-format off
#define PAIRS(P) \
  static void pairs_##P(const ck_row *row, int32_t x, int32_t tiles) { row_pairs(row, x, tiles, P); }
PAIRS(1) PAIRS(2) PAIRS(3) PAIRS(4) PAIRS(5) PAIRS(6) PAIRS(7) PAIRS(8)
static pairs_function *const functions[8] = {pairs_1, pairs_2, pairs_3, pairs_4, pairs_5, pairs_6, pairs_7, pairs_8};
// clang-format on

void ck_row24_avx512vnni(const ck_row *row, int32_t width) {
  if (width == 1) {  // a pair of the same pixel
    ck_row same = *row;
    same.dst_step = 0;
    for (int32_t s = 0; s < same.segments; s++) same.pixel_step[s] = 0;
    pairs_1(&same, 0, 1);
    return;
  }
  const int32_t pairs = width / 2, tiles = (pairs + 7) / 8, size = pairs / tiles, wider = pairs % tiles;
  if (wider) functions[size](row, 0, wider);
  functions[size - 1](row, 2 * wider * (size + 1), tiles - wider);
  if (width % 2) pairs_1(row, width - 2, 1);  // the pixel before the last one gets the same codes again
}

#pragma clang attribute pop
#endif
