// Tier `avx2`: Winograd products, exact without vpdpbusd.
//
// Values are stored as s16, so that vpmaddwd sums two exact products straight from a broadcast of two channels.
#include "winograd_avx2.h"

#include "tile_avx2.h"

#if CK_X86
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)

// Packed s16: [pair of channels][output][2 channels].
static void pack_step(int8_t *packed, const int8_t *weights, ptrdiff_t out_stride, int32_t outputs, int32_t vectors,
                      int32_t channels) {
  int16_t *wide = (int16_t *)(void *)packed;
  for (int32_t o = 0; o < outputs; o++) {
    for (int32_t c = 0; c < channels; c++) wide[c / 2 * 16 * vectors + 2 * o + c % 2] = weights[o * out_stride + c];
  }
}

INLINE __m256i load(const int16_t *from) { return _mm256_loadu_si256((const __m256i *)(const void *)from); }

/// 16 values of one tap: scaled, clamped to s8 and stored as s16.
INLINE void store_tap(uint8_t *values, __m256i x, int16_t scale, __m256i centre) {
  const __m256i v = _mm256_sub_epi16(_mm256_mulhrs_epi16(x, _mm256_set1_epi16(scale)), centre);
  const __m256i clamped = _mm256_min_epi16(_mm256_max_epi16(v, _mm256_set1_epi16(-128)), _mm256_set1_epi16(127));
  _mm256_storeu_si256((__m256i *)(void *)values, clamped);
}

static void horizontal(uint8_t *values, ptrdiff_t tap_step, const int16_t *even, const int16_t *odd, int32_t count,
                       int32_t channels, const int16_t *scale, int32_t sum_centre) {
  const __m256i none = _mm256_setzero_si256(), centre = _mm256_set1_epi16((int16_t)sum_centre);
  for (int32_t i = 0; i < count; i += 16, even += 16, odd += 16, values += 32) {
    const __m256i a = load(even), b = load(odd), c = load(even + channels), d = load(odd + channels);
    store_tap(values, _mm256_sub_epi16(a, c), scale[0], none);
    store_tap(values + tap_step, _mm256_add_epi16(b, c), scale[1], centre);
    store_tap(values + 2 * tap_step, _mm256_sub_epi16(c, b), scale[2], none);
    store_tap(values + 3 * tap_step, _mm256_sub_epi16(b, d), scale[3], none);
  }
}

/// P tiles of V vectors of 8 outputs.
INLINE void multiply(const ck_winograd_products *work, int32_t tile, int32_t tiles, const int P, const int V) {
  for (; tiles > 0; tiles--, tile += P) {
    __m256i acc[12];  // P * V of them; an array sized by parameters would not be kept in registers
    UNROLL for (int i = 0; i < P * V; i++) acc[i] = _mm256_setzero_si256();
    const __m256i *weights = (const __m256i *)(const void *)work->weights;
    for (int32_t s = 0; s < 2; s++) {
      const ptrdiff_t step = 2 * work->channels[s];
      const uint8_t *values = work->values[s] + tile * step;
      for (int32_t k = work->channels[s] / 2; k > 0; k--, values += 4, weights += V) {
        UNROLL for (int p = 0; p < P; p++) {
          const __m256i a = broadcast4(values + p * step);
          UNROLL for (int v = 0; v < V; v++) {
            acc[p * V + v] = _mm256_add_epi32(acc[p * V + v], _mm256_madd_epi16(a, weights[v]));
          }
        }
      }
    }
    __m256i *products = (__m256i *)(void *)(work->products + (ptrdiff_t)tile * 8 * V);
    UNROLL for (int i = 0; i < P * V; i++) _mm256_store_si256(products + i, acc[i]);
  }
}

typedef void multiply_function(const ck_winograd_products *work, int32_t tile, int32_t tiles);

// clang-format off
#define TILE(P, V) \
  static void tile_##P##x##V(const ck_winograd_products *work, int32_t tile, int32_t tiles) { \
    multiply(work, tile, tiles, P, V); \
  }
#define TILES_3(V) TILE(1, V) TILE(2, V) TILE(3, V)
#define TILES_6(V) TILES_3(V) TILE(4, V) TILE(5, V) TILE(6, V)
TILES_6(1) TILES_6(2) TILES_3(3) TILE(4, 3) TILES_3(4)

#define NAMES_3(V) tile_1x##V, tile_2x##V, tile_3x##V
#define NAMES_6(V) NAMES_3(V), tile_4x##V, tile_5x##V, tile_6x##V
static multiply_function *const functions[4][6] = {{NAMES_6(1)}, {NAMES_6(2)}, {NAMES_3(3), tile_4x3}, {NAMES_3(4)}};
// clang-format on

static const int32_t most_tiles[4] = {6, 6, 4, 3};

static void products(const ck_winograd_products *work) {
  const int32_t vectors = (work->stored + 7) / 8, most = most_tiles[vectors - 1];
  const int32_t groups = (work->tiles + most - 1) / most, size = work->tiles / groups, wider = work->tiles % groups;
  if (wider) functions[vectors - 1][size](work, 0, wider);
  functions[vectors - 1][size - 1](work, wider * (size + 1), groups - wider);
}

#pragma clang attribute pop

static const ck_winograd_kernel kernel = {.lanes = 8,
                                          .block = 32,
                                          .value_bytes = 2,
                                          .weight_bytes = 2,
                                          .offset = 0,
                                          .pack_step = pack_step,
                                          .vertical = ck_winograd_vertical_avx2,
                                          .horizontal = horizontal,
                                          .products = products,
                                          .finish = ck_winograd_finish_avx2};

size_t ck_winograd3x3_packed_size_avx2(int32_t c0, int32_t c1, int32_t out_channels) {
  return ck_winograd_packed_size(&kernel, c0, c1, out_channels);
}

void ck_winograd3x3_pack_avx2(int8_t *packed, const int8_t *weights, int32_t logical0, int32_t c0, int32_t logical1,
                              int32_t c1, int32_t out_channels) {
  ck_winograd_pack(&kernel, packed, weights, logical0, c0, logical1, c1, out_channels);
}

int32_t ck_winograd3x3_band_avx2(int32_t c, int32_t out_channels) { return ck_winograd_band(&kernel, c, out_channels); }

void ck_winograd3x3_u8s8_avx2(const ck_winograd_args *args) { ck_winograd(&kernel, args); }

#endif
