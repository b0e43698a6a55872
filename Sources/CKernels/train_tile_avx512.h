// The register tile under the convolutions of training in 512-bit registers, for the file that includes this.
//
// That file has the instruction sets switched on and defines
//   DOT(acc, a, w)     acc + a * w in 16 words,
//   ROUND(value)       16 f32 to bf16, __m256i.
//
// A tile is P pixels by V vectors of 16 outputs, up to 24 sums; with V weights and one broadcast it fills the 32
// registers. Each weight vector that is loaded meets P pixels, each broadcast meets V vectors.
#include <immintrin.h>

#include "train_rows.h"
#include "unroll.h"

#define INLINE static inline __attribute__((always_inline))
#define NO_UNROLL _Pragma("clang loop unroll(disable)")

INLINE __m512 load_words(const uint32_t *words) { return _mm512_castsi512_ps(_mm512_load_si512(words)); }

INLINE __m512 broadcast_word(const char *word) {
  float value;
  __builtin_memcpy(&value, word, sizeof value);
  return _mm512_set1_ps(value);
}

/// Fetches what the next row reads below the pixels of a tile: rows are too far apart for the core to see them coming.
INLINE void fetch_ahead(const ck_train_row *row, int32_t s, const char *src, const int P) {
  if (!row->ahead[s]) return;
  const char *from = src + row->ahead[s];
  for (ptrdiff_t i = 0; i < P * row->pixel_step[s]; i += 64) __builtin_prefetch(from + i, 0, 2);
}

/// Stores 16 results, or 8.
INLINE void store(char *dst, __m512 value, ck_real real, __mmask16 stored) {
  if (real == CK_REAL_BF16) {
    _mm256_mask_storeu_epi16(dst, stored, ROUND(value));
  } else {
    _mm512_mask_storeu_ps(dst, stored, value);
  }
}

/// Adds results and their squares to the sums of one vector of outputs.
INLINE void add_moments(float *sums, __m512 sum, __m512 squares, __mmask16 stored) {
  _mm512_mask_storeu_ps(sums, stored, _mm512_add_ps(_mm512_maskz_loadu_ps(stored, sums), sum));
  float *second = sums + CK_TRAIN_BLOCK;
  _mm512_mask_storeu_ps(second, stored, _mm512_add_ps(_mm512_maskz_loadu_ps(stored, second), squares));
}

/// Finishes P pixels of V vectors.
INLINE void finish(const ck_train_row *row, char *dst, __m512 *acc, const int P, const int V) {
  const __mmask16 last = row->channels % 16 ? 0xff : 0xffff;
  if (row->rectifies) {
    UNROLL for (int i = 0; i < P * V; i++) acc[i] = _mm512_max_ps(acc[i], _mm512_setzero_ps());
  }
  if (row->sums) {
    UNROLL for (int v = 0; v < V; v++) {
      __m512 sum = acc[v], squares = _mm512_mul_ps(acc[v], acc[v]);
      UNROLL for (int p = 1; p < P; p++) {
        sum = _mm512_add_ps(sum, acc[p * V + v]);
        squares = _mm512_fmadd_ps(acc[p * V + v], acc[p * V + v], squares);
      }
      add_moments(row->sums + 16 * v, sum, squares, v == V - 1 ? last : 0xffff);
    }
  }
  const ptrdiff_t step = row->dst_step;
  if (row->dst_real == CK_REAL_BF16) {
    UNROLL for (int i = 0; i < P * V; i++) {
      store(dst + i / V * step + i % V * 32, acc[i], CK_REAL_BF16, i % V == V - 1 ? last : 0xffff);
    }
  } else {
    UNROLL for (int i = 0; i < P * V; i++) {
      store(dst + i / V * step + i % V * 64, acc[i], CK_REAL_F32, i % V == V - 1 ? last : 0xffff);
    }
  }
}

/// `tiles` tiles of P pixels from pixel x on.
INLINE void row_tiles(const ck_train_row *row, int32_t x, int32_t tiles, const int P, const int V) {
  const __mmask16 last = row->channels % 16 ? 0xff : 0xffff;
  for (int32_t tile = 0; tile < tiles; tile++, x += P) {
    __m512 acc[24];  // P * V of them; an array sized by parameters would not be kept in registers
    UNROLL for (int i = 0; i < P * V; i++) {
      acc[i] = row->bias ? _mm512_maskz_loadu_ps(i % V == V - 1 ? last : 0xffff, row->bias + i % V * 16)
                         : _mm512_setzero_ps();
    }
    const uint32_t *weights = row->weights;
    for (int32_t s = 0; s < row->segments; s++) {
      const ptrdiff_t step = row->pixel_step[s];
      const char *src = row->src[s] + x * step;
      fetch_ahead(row, s, src, P);
      NO_UNROLL for (int32_t k = row->steps[s]; k > 0; k--, src += 4, weights += 16 * V) {
        __m512 w[CK_TRAIN_VECTORS];
        UNROLL for (int v = 0; v < V; v++) w[v] = load_words(weights + 16 * v);
        UNROLL for (int p = 0; p < P; p++) {
          const __m512 a = broadcast_word(src + p * step);
          UNROLL for (int v = 0; v < V; v++) acc[p * V + v] = DOT(acc[p * V + v], a, w[v]);
        }
      }
    }
    finish(row, row->dst + x * row->dst_step, acc, P, V);
  }
}

/// Finishes Q pairs of pixels of 24 outputs: per pair the first 16 of either pixel, then the last 8 of both.
INLINE void finish_pairs(const ck_train_row *row, char *dst, __m512 *acc, const int Q) {
  if (row->rectifies) {
    UNROLL for (int i = 0; i < 3 * Q; i++) acc[i] = _mm512_max_ps(acc[i], _mm512_setzero_ps());
  }
  if (row->sums) {
    __m512 sum[2] = {_mm512_setzero_ps(), _mm512_setzero_ps()}, squares[2] = {sum[0], sum[0]};
    UNROLL for (int i = 0; i < 3 * Q; i++) {
      const int v = i % 3 / 2;
      sum[v] = _mm512_add_ps(sum[v], acc[i]);
      squares[v] = _mm512_fmadd_ps(acc[i], acc[i], squares[v]);
    }
    add_moments(row->sums, sum[0], squares[0], 0xffff);
    const __m512 other = _mm512_shuffle_f32x4(sum[1], sum[1], 0x4e);
    const __m512 other_squares = _mm512_shuffle_f32x4(squares[1], squares[1], 0x4e);
    add_moments(row->sums + 16, _mm512_add_ps(sum[1], other), _mm512_add_ps(squares[1], other_squares), 0xff);
  }
  const ptrdiff_t step = row->dst_step;
  UNROLL for (int q = 0; q < Q; q++, dst += 2 * step) {
    const __m512 upper = _mm512_shuffle_f32x4(acc[3 * q + 2], acc[3 * q + 2], 0x4e);
    const ptrdiff_t size = row->dst_real == CK_REAL_BF16 ? 2 : 4;
    store(dst, acc[3 * q], row->dst_real, 0xffff);
    store(dst + 16 * size, acc[3 * q + 2], row->dst_real, 0xff);
    store(dst + step, acc[3 * q + 1], row->dst_real, 0xffff);
    store(dst + step + 16 * size, upper, row->dst_real, 0xff);
  }
}

/// `tiles` tiles of Q pairs of pixels of 24 outputs from pixel x on: three products for two pixels' 1.5 vectors each.
INLINE void row_pairs(const ck_train_row *row, int32_t x, int32_t tiles, const int Q) {
  for (int32_t tile = 0; tile < tiles; tile++, x += 2 * Q) {
    __m512 acc[24];  // 3 * Q
    UNROLL for (int i = 0; i < 3 * Q; i++) {
      acc[i] = !row->bias  ? _mm512_setzero_ps()
               : i % 3 < 2 ? _mm512_loadu_ps(row->bias)
                           : _mm512_broadcast_f32x8(_mm256_loadu_ps(row->bias + 16));
    }
    const uint32_t *weights = row->weights;
    for (int32_t s = 0; s < row->segments; s++) {
      const ptrdiff_t step = row->pixel_step[s];
      const char *src = row->src[s] + x * step;
      fetch_ahead(row, s, src, 2 * Q);
      NO_UNROLL for (int32_t k = row->steps[s]; k > 0; k--, src += 4, weights += 32) {
        const __m512 first = load_words(weights), second = load_words(weights + 16);
        UNROLL for (int q = 0; q < Q; q++) {
          const __m512 a = broadcast_word(src + 2 * q * step), b = broadcast_word(src + (2 * q + 1) * step);
          acc[3 * q] = DOT(acc[3 * q], a, first);
          acc[3 * q + 1] = DOT(acc[3 * q + 1], b, first);
          acc[3 * q + 2] = DOT(acc[3 * q + 2], _mm512_mask_blend_ps(0xff00, a, b), second);
        }
      }
    }
    finish_pairs(row, row->dst + x * row->dst_step, acc, Q);
  }
}

typedef void row_function(const ck_train_row *row, int32_t x, int32_t tiles);

// clang-format off
#define TILE(P, V) \
  static void tile_##P##x##V(const ck_train_row *row, int32_t x, int32_t tiles) { row_tiles(row, x, tiles, P, V); }
#define PAIRS(Q) \
  static void pairs_##Q(const ck_train_row *row, int32_t x, int32_t tiles) { row_pairs(row, x, tiles, Q); }
TILE(1, 1) TILE(12, 1) TILE(13, 1) TILE(14, 1) TILE(15, 1) TILE(16, 1) TILE(17, 1) TILE(18, 1) TILE(19, 1) TILE(20, 1)
TILE(21, 1) TILE(22, 1) TILE(23, 1) TILE(24, 1)
TILE(1, 2) TILE(6, 2) TILE(7, 2) TILE(8, 2) TILE(9, 2) TILE(10, 2) TILE(11, 2) TILE(12, 2)
TILE(1, 3) TILE(4, 3) TILE(5, 3) TILE(6, 3) TILE(7, 3) TILE(8, 3)
PAIRS(1) PAIRS(4) PAIRS(5) PAIRS(6) PAIRS(7) PAIRS(8)

/// The tiles for one number of vectors (index 3: for 24 outputs, in pairs): of one, and of most / 2 to most.
static const struct {
  int32_t most;
  row_function *one, *from_half[13];
} tilings[4] = {
    {24, tile_1x1,
     {tile_12x1, tile_13x1, tile_14x1, tile_15x1, tile_16x1, tile_17x1, tile_18x1, tile_19x1, tile_20x1, tile_21x1,
      tile_22x1, tile_23x1, tile_24x1}},
    {12, tile_1x2, {tile_6x2, tile_7x2, tile_8x2, tile_9x2, tile_10x2, tile_11x2, tile_12x2}},
    {8, tile_1x3, {tile_4x3, tile_5x3, tile_6x3, tile_7x3, tile_8x3}},
    {8, pairs_1, {pairs_4, pairs_5, pairs_6, pairs_7, pairs_8}},
};
// clang-format on

/// Does `count` pixels, or pairs, from the first on.
INLINE void do_tiles(const ck_train_row *row, int32_t tiling, int32_t count, int32_t unit) {
  const int32_t most = tilings[tiling].most, half = most / 2;
  if (count < half) {  // so narrow a picture is not worth more functions
    tilings[tiling].one(row, 0, count);
    return;
  }
  // Tiles of nearly equal size: a narrow last tile would leave the multipliers waiting for sums.
  const int32_t tiles = (count + most - 1) / most, each = count / tiles, wider = count % tiles;
  row_function *const *functions = tilings[tiling].from_half;
  if (wider) functions[each + 1 - half](row, 0, wider);
  functions[each - half](row, unit * wider * (each + 1), tiles - wider);
}

static void do_row(const ck_train_row *row) {
  if (row->channels == 24) {
    do_tiles(row, 3, row->width / 2, 2);
    if (row->width % 2) tile_1x2(row, row->width - 1, 1);
  } else {
    do_tiles(row, (row->channels + 15) / 16 - 1, row->width, 1);
  }
}
