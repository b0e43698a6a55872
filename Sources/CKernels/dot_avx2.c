// Tier `avx2`: the products under all convolutions, see planes_avx2.h.
#include "planes_avx2.h"
#include "tile_avx2.h"

#if CK_X86
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)

INLINE __m256i load(const uint8_t *bytes) { return _mm256_loadu_si256((const __m256i *)bytes); }

/// Adds `groups` groups of N steps to X accumulators; returns the end of the packed groups.
INLINE const int8_t *add_groups(__m256i *acc, const ck_tile *tile, const int8_t *packed, int32_t groups, const int N,
                                const int X) {
  const __m256i ones = _mm256_set1_epi16(1);
  for (; groups > 0; groups--, packed += 6 * N) {
    const uint8_t *src[CK_MOST_GROUP];
    __m256i w[CK_MOST_GROUP];
    UNROLL for (int k = 0; k < N; k++) {
      uint16_t step;
      __builtin_memcpy(&step, packed + 4 * N + 2 * k, 2);
      src[k] = tile->planes + tile->offsets[step];
      w[k] = broadcast4((const uint8_t *)packed + 4 * k);
    }
    UNROLL for (int x = 0; x < X; x++) {
      __m256i sum = _mm256_maddubs_epi16(load(src[0] + 32 * x), w[0]);
      UNROLL for (int k = 1; k < N; k++) {
        sum = _mm256_add_epi16(sum, _mm256_maddubs_epi16(load(src[k] + 32 * x), w[k]));
      }
      acc[x] = _mm256_add_epi32(acc[x], _mm256_madd_epi16(sum, ones));
    }
  }
  return packed;
}

/// 8 outputs of X vectors of pixels; returns the end of the weights.
INLINE const int8_t *outputs_of(const ck_tile *tile, const int8_t *weights, const int32_t *bias,
                                const float *multiplier, uint8_t codes[8][CK_TILE_PIXELS], const int X) {
  for (int o = 0; o < 8; o++) {
    __m256i acc[CK_TILE_VECTORS];
    UNROLL for (int x = 0; x < CK_TILE_VECTORS; x++) acc[x] = _mm256_set1_epi32(bias[o]);
    for (int32_t first = 0; first < tile->steps; first += CK_CHUNK_STEPS) {
      ck_chunk chunk;
      __builtin_memcpy(&chunk, weights, sizeof chunk);
      weights = add_groups(acc, tile, weights + sizeof chunk, chunk.groups[0], 4, X);
      weights = add_groups(acc, tile, weights, chunk.groups[1], 3, X);
      weights = add_groups(acc, tile, weights, chunk.groups[2], 2, X);
      weights = add_groups(acc, tile, weights, chunk.groups[3], 1, X);
    }
    UNROLL for (int x = 0; x < X; x += 4) {
      __m256i q[4];
      UNROLL for (int i = 0; i < 4; i++) q[i] = scaled(acc[x + i], _mm256_set1_ps(multiplier[o]));
      _mm256_storeu_si256((__m256i *)(codes[o] + 8 * x), clamped(q, tile->zero_point));
    }
  }
  return weights;
}

typedef const int8_t *tile_function(const ck_tile *tile, const int8_t *weights, const int32_t *bias,
                                    const float *multiplier, uint8_t codes[8][CK_TILE_PIXELS]);

// clang-format off
#define TILE(X) \
  static const int8_t *tile_##X(const ck_tile *tile, const int8_t *weights, const int32_t *bias, const float *multiplier, \
                       uint8_t codes[8][CK_TILE_PIXELS]) { return outputs_of(tile, weights, bias, multiplier, codes, X); }
TILE(1) TILE(2) TILE(3) TILE(4) TILE(5) TILE(6) TILE(7) TILE(8)
static tile_function *const functions[CK_TILE_VECTORS] = {tile_1, tile_2, tile_3, tile_4,
                                                          tile_5, tile_6, tile_7, tile_8};
// clang-format on

const int8_t *ck_tile_avx2(const ck_tile *tile, int32_t vectors, const int8_t *weights, const int32_t *bias,
                           const float *multiplier, uint8_t codes[8][CK_TILE_PIXELS]) {
  return functions[vectors - 1](tile, weights, bias, multiplier, codes);
}

#pragma clang attribute pop
#endif
