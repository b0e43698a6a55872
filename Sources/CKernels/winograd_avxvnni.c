// Tier `avxvnni`: Winograd products with the dot product in its VEX form.
//
// Values are stored as v + 128 in u8, as vpdpbusd wants them.
#include "avxvnni.h"
#include "tile_avx2.h"
#include "winograd_avx2.h"

#if CK_X86
#pragma clang attribute push(__attribute__((target("avx2,avxvnni"))), apply_to = function)

INLINE __m256i load(const int16_t *from) { return _mm256_loadu_si256((const __m256i *)(const void *)from); }

/// 32 values of one tap: scaled, clamped and stored.
INLINE void store_tap(uint8_t *values, __m256i low, __m256i high, int16_t scale, __m256i centre) {
  const __m256i factor = _mm256_set1_epi16(scale);
  const __m256i a = _mm256_sub_epi16(_mm256_mulhrs_epi16(low, factor), centre);
  const __m256i b = _mm256_sub_epi16(_mm256_mulhrs_epi16(high, factor), centre);
  const __m256i bytes = _mm256_xor_si256(_mm256_packs_epi16(a, b), _mm256_set1_epi8(-128));
  // Packs work within lanes of 128 bits.
  _mm256_storeu_si256((__m256i *)(void *)values, _mm256_permute4x64_epi64(bytes, 0xd8));
}

static void horizontal(uint8_t *values, ptrdiff_t tap_step, const int16_t *even, const int16_t *odd, int32_t count,
                       int32_t channels, const int16_t *scale, int32_t sum_centre) {
  const __m256i none = _mm256_setzero_si256(), centre = _mm256_set1_epi16((int16_t)sum_centre);
  for (int32_t i = 0; i < count; i += 32, even += 32, odd += 32, values += 32) {
    __m256i x[4][2];
    UNROLL for (int h = 0; h < 2; h++) {
      const __m256i a = load(even + 16 * h), b = load(odd + 16 * h);
      const __m256i c = load(even + channels + 16 * h), d = load(odd + channels + 16 * h);
      x[0][h] = _mm256_sub_epi16(a, c);
      x[1][h] = _mm256_add_epi16(b, c);
      x[2][h] = _mm256_sub_epi16(c, b);
      x[3][h] = _mm256_sub_epi16(b, d);
    }
    UNROLL for (int j = 0; j < 4; j++) {
      store_tap(values + j * tap_step, x[j][0], x[j][1], scale[j], j == 1 ? centre : none);
    }
  }
}

/// P tiles of V vectors of 8 outputs.
INLINE void multiply(const ck_winograd_products *work, int32_t tile, int32_t tiles, const int P, const int V) {
  for (; tiles > 0; tiles--, tile += P) {
    __m256i acc[12];  // P * V of them; an array sized by parameters would not be kept in registers
    UNROLL for (int i = 0; i < P * V; i++) acc[i] = _mm256_setzero_si256();
    const __m256i *weights = (const __m256i *)(const void *)work->weights;
    for (int32_t s = 0; s < 2; s++) {
      const ptrdiff_t step = work->channels[s];
      const uint8_t *values = work->values[s] + tile * step;
      for (int32_t k = work->channels[s] / 4; k > 0; k--, values += 4, weights += V) {
        __m256i w[2];
        UNROLL for (int v = 0; v < V; v++) w[v] = _mm256_load_si256(weights + v);
        UNROLL for (int p = 0; p < P; p++) {
          const __m256i a = broadcast4(values + p * step);
          UNROLL for (int v = 0; v < V; v++) acc[p * V + v] = _mm256_dpbusd_avx_epi32(acc[p * V + v], a, w[v]);
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
#define TILES_6(V) TILE(1, V) TILE(2, V) TILE(3, V) TILE(4, V) TILE(5, V) TILE(6, V)
TILES_6(1) TILES_6(2)

#define NAMES_6(V) tile_1x##V, tile_2x##V, tile_3x##V, tile_4x##V, tile_5x##V, tile_6x##V
static multiply_function *const functions[2][6] = {{NAMES_6(1)}, {NAMES_6(2)}};
// clang-format on

static void products(const ck_winograd_products *work) {
  const int32_t vectors = (work->stored + 7) / 8;
  const int32_t groups = (work->tiles + 5) / 6, size = work->tiles / groups, wider = work->tiles % groups;
  if (wider) functions[vectors - 1][size](work, 0, wider);
  functions[vectors - 1][size - 1](work, wider * (size + 1), groups - wider);
}

#pragma clang attribute pop

static const ck_winograd_kernel kernel = {.lanes = 8,
                                          .block = 16,
                                          .value_bytes = 1,
                                          .weight_bytes = 1,
                                          .offset = 128,
                                          .pack_step = ck_pack_step_avxvnni,
                                          .vertical = ck_winograd_vertical_avx2,
                                          .horizontal = horizontal,
                                          .products = products,
                                          .finish = ck_winograd_finish_avx2};

size_t ck_winograd3x3_packed_size_avxvnni(int32_t c0, int32_t c1, int32_t out_channels) {
  return ck_winograd_packed_size(&kernel, c0, c1, out_channels);
}

void ck_winograd3x3_pack_avxvnni(int8_t *packed, const int8_t *weights, int32_t logical0, int32_t c0, int32_t logical1,
                                 int32_t c1, int32_t out_channels) {
  ck_winograd_pack(&kernel, packed, weights, logical0, c0, logical1, c1, out_channels);
}

int32_t ck_winograd3x3_band_avxvnni(int32_t c, int32_t out_channels) {
  return ck_winograd_band(&kernel, c, out_channels);
}

void ck_winograd3x3_u8s8_avxvnni(const ck_winograd_args *args) { ck_winograd(&kernel, args); }

#endif
