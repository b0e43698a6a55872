// Tier `avx2` of the training kernels, f32, with FMA.
//
// A tile is P pixels (or inputs) by V vectors of 8 outputs: 12 sums, V weights and a broadcast in 16 registers. With
// three vectors they would be all 16, and compilers spill.
#include "train_rows.h"
#include "unroll.h"

#if CK_X86
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)

#define INLINE static inline __attribute__((always_inline))
enum { VECTORS = 2 };

#define NO_UNROLL _Pragma("clang loop unroll(disable)")

INLINE __m256 load_words(const uint32_t *words) { return _mm256_loadu_ps((const float *)words); }

/// Stores 8 results.
INLINE void store(char *dst, __m256 value, ck_real real) {
  if (real == CK_REAL_BF16) {
    float values[8];
    uint16_t rounded[8];
    _mm256_storeu_ps(values, value);
    for (int i = 0; i < 8; i++) rounded[i] = ck_bf16(values[i]);
    __builtin_memcpy(dst, rounded, sizeof rounded);
  } else {
    _mm256_storeu_ps((float *)(void *)dst, value);
  }
}

INLINE void add_to(float *sums, __m256 value) { _mm256_storeu_ps(sums, _mm256_add_ps(_mm256_loadu_ps(sums), value)); }

/// Finishes P pixels of V vectors.
INLINE void finish(const ck_train_row *row, char *dst, __m256 *acc, const int P, const int V) {
  if (row->rectifies) {
    UNROLL for (int i = 0; i < P * V; i++) acc[i] = _mm256_max_ps(acc[i], _mm256_setzero_ps());
  }
  if (row->sums) {
    UNROLL for (int v = 0; v < V; v++) {
      __m256 sum = acc[v], squares = _mm256_mul_ps(acc[v], acc[v]);
      UNROLL for (int p = 1; p < P; p++) {
        sum = _mm256_add_ps(sum, acc[p * V + v]);
        squares = _mm256_fmadd_ps(acc[p * V + v], acc[p * V + v], squares);
      }
      add_to(row->sums + 8 * v, sum);
      add_to(row->sums + CK_TRAIN_BLOCK + 8 * v, squares);
    }
  }
  const ptrdiff_t size = ck_real_size(row->dst_real);
  UNROLL for (int i = 0; i < P * V; i++) {
    store(dst + i / V * row->dst_step + i % V * 8 * size, acc[i], row->dst_real);
  }
}

/// `tiles` tiles of P pixels from pixel x on.
INLINE void row_tiles(const ck_train_row *row, int32_t x, int32_t tiles, const int P, const int V) {
  for (int32_t tile = 0; tile < tiles; tile++, x += P) {
    __m256 acc[12];  // P * V of them; an array sized by parameters would not be kept in registers
    UNROLL for (int i = 0; i < P * V; i++) {
      acc[i] = row->bias ? _mm256_loadu_ps(row->bias + i % V * 8) : _mm256_setzero_ps();
    }
    const uint32_t *weights = row->weights;
    for (int32_t s = 0; s < row->segments; s++) {
      const ptrdiff_t step = row->pixel_step[s];
      const char *src = row->src[s] + x * step;
      NO_UNROLL for (int32_t k = row->steps[s]; k > 0; k--, src += 4, weights += 8 * V) {
        __m256 w[VECTORS];
        UNROLL for (int v = 0; v < V; v++) w[v] = load_words(weights + 8 * v);
        UNROLL for (int p = 0; p < P; p++) {
          const __m256 a = _mm256_broadcast_ss((const float *)(const void *)(src + p * step));
          UNROLL for (int v = 0; v < V; v++) acc[p * V + v] = _mm256_fmadd_ps(a, w[v], acc[p * V + v]);
        }
      }
    }
    finish(row, row->dst + x * row->dst_step, acc, P, V);
  }
}

typedef void row_function(const ck_train_row *row, int32_t x, int32_t tiles);

// clang-format off
#define TILE(P, V) \
  static void tile_##P##x##V(const ck_train_row *row, int32_t x, int32_t tiles) { row_tiles(row, x, tiles, P, V); }
TILE(1, 1) TILE(6, 1) TILE(7, 1) TILE(8, 1) TILE(9, 1) TILE(10, 1) TILE(11, 1) TILE(12, 1)
TILE(1, 2) TILE(3, 2) TILE(4, 2) TILE(5, 2) TILE(6, 2)

/// The tiles for one number of vectors: of one pixel, and of most / 2 to most.
static const struct {
  int32_t most;
  row_function *one, *from_half[7];
} tilings[VECTORS] = {
    {12, tile_1x1, {tile_6x1, tile_7x1, tile_8x1, tile_9x1, tile_10x1, tile_11x1, tile_12x1}},
    {6, tile_1x2, {tile_3x2, tile_4x2, tile_5x2, tile_6x2}},
};
// clang-format on

static void do_row(const ck_train_row *row) {
  const int32_t tiling = row->channels / 8 - 1, most = tilings[tiling].most, half = most / 2;
  if (row->width < half) {
    tilings[tiling].one(row, 0, row->width);
    return;
  }
  // Tiles of nearly equal size: a narrow last tile would leave the multipliers waiting for sums.
  const int32_t tiles = (row->width + most - 1) / most, each = row->width / tiles, wider = row->width % tiles;
  row_function *const *functions = tilings[tiling].from_half;
  if (wider) functions[each + 1 - half](row, 0, wider);
  functions[each - half](row, wider * (each + 1), tiles - wider);
}

/// P gradients from the `first` on, by V vectors of the source.
INLINE void add_products(const ck_train_products *to, int32_t first, const int P, const int V) {
  const ptrdiff_t step = to->step, gradient_step = to->gradient_step;
  __m256 acc[12];  // P * V
  UNROLL for (int i = 0; i < P * V; i++) acc[i] = _mm256_setzero_ps();
  for (int32_t r = 0; r < to->row_count; r++) {
    const float *gradient = (const float *)(to->gradients[r] + to->gradient_offset + first);
    const uint32_t *src = to->sources[r] + to->offset;
    NO_UNROLL for (int32_t x = to->width; x > 0; x--, src += step, gradient += gradient_step) {
      __m256 b[VECTORS];
      UNROLL for (int v = 0; v < V; v++) b[v] = load_words(src + 8 * v);
      UNROLL for (int i = 0; i < P; i++) {
        const __m256 a = _mm256_broadcast_ss(gradient + i);
        UNROLL for (int v = 0; v < V; v++) acc[i * V + v] = _mm256_fmadd_ps(a, b[v], acc[i * V + v]);
      }
    }
  }
  UNROLL for (int i = 0; i < P * V; i++) {
    float *part = to->part + (first + i / V) * to->part_stride + i % V * 8;
    if (to->adds) acc[i] = _mm256_add_ps(acc[i], _mm256_loadu_ps(part));
    _mm256_storeu_ps(part, acc[i]);
  }
}

static void do_products(const ck_train_products *products) {
  if (products->run == 8) {
    add_products(products, 0, 8, 1);
  } else {
    add_products(products, 0, 4, 2);
    add_products(products, 4, 4, 2);
  }
}

static int64_t peak(int64_t rounds) {
  enum { CHAINS = 12, MACS = 8 };  // chains enough to hide the latency
  __m256 acc[CHAINS], a = _mm256_setzero_ps(), w = _mm256_setzero_ps();
  for (int i = 0; i < CHAINS; i++) acc[i] = _mm256_setzero_ps();
  for (int64_t round = 0; round < rounds; round++) {
    __asm__ volatile("" : "+x"(a), "+x"(w));  // opaque: the products must be made anew in every round
    UNROLL for (int i = 0; i < CHAINS; i++) acc[i] = _mm256_fmadd_ps(a, w, acc[i]);
  }
  for (int i = 0; i < CHAINS; i++) __asm__ volatile("" ::"x"(acc[i]));
  return rounds * CHAINS * MACS;
}

#define WINO_PAIR 1
#include "train_winograd_tier.h"

static const ck_train_kernel kernel = {
    .lanes = 8, .vectors = VECTORS, .pair = 1, .row = do_row, .products = do_products, .transforms = &transforms};

#include "train_tier.h"

const ck_train_table ck_train_table_avx2_f32 = TRAIN_TABLE(CK_TRAIN_TIER_AVX2, CK_REAL_F32);

#pragma clang attribute pop
#endif
