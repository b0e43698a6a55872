// Tier `avx512vnni`: Winograd's transforms and the products between them.
//
// Values are stored as v + 128 in u8, as vpdpbusd wants them. The register tile of the products is that of the direct
// convolutions with tiles in the place of pixels; see row_avx512vnni.c, and row24_avx512vnni.c for 17 to 24 outputs.
#include <string.h>

#include "tile_avx512vnni.h"
#include "winograd.h"

#if CK_X86
#pragma clang attribute push(__attribute__((target("avx2,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni"))), \
                             apply_to = function)

/// Whether a block of so many outputs shares vectors between two tiles.
INLINE bool is_paired(int32_t stored) { return stored > 16 && stored <= 24; }

static void pack_step(int8_t *packed, const int8_t *weights, ptrdiff_t out_stride, int32_t outputs, int32_t vectors,
                      int32_t channels) {
  for (int32_t o = 0; o < outputs; o++) {
    for (int32_t c = 0; c < channels; c++) packed[4 * o + c] = weights[o * out_stride + c];
  }
  if (vectors == 2 && outputs <= 24) memcpy(packed + 96, packed + 64, 32);
}

INLINE __m512i widened(const uint8_t *bytes) {
  return _mm512_cvtepu8_epi16(_mm256_loadu_si256((const __m256i *)(const void *)bytes));
}

static void vertical(int16_t *even, int16_t *odd, const uint8_t *a, const uint8_t *b, int32_t pixels, int32_t channels,
                     bool sum, int32_t zero_point) {
  const __m512i zero = _mm512_set1_epi16((int16_t)(2 * zero_point));
  for (int32_t p = 0; p < pixels; p++, a += channels, b += channels) {
    int16_t *to = (p % 2 ? odd : even) + p / 2 * channels;
    for (int32_t c = 0; c < channels; c += 32) {
      const __m512i top = widened(a + c), bottom = widened(b + c);
      const __m512i value = sum ? _mm512_sub_epi16(_mm512_add_epi16(top, bottom), zero) : _mm512_sub_epi16(top, bottom);
      _mm512_storeu_si512(to + c, value);
    }
  }
}

/// 64 values of one tap: scaled, clamped and stored.
INLINE void store_tap(uint8_t *values, __m512i low, __m512i high, __m512i scale, __m512i centre) {
  const __m512i order = _mm512_setr_epi64(0, 2, 4, 6, 1, 3, 5, 7);  // packs work within lanes of 128 bits
  const __m512i a = _mm512_sub_epi16(_mm512_mulhrs_epi16(low, scale), centre);
  const __m512i b = _mm512_sub_epi16(_mm512_mulhrs_epi16(high, scale), centre);
  const __m512i bytes = _mm512_xor_si512(_mm512_packs_epi16(a, b), _mm512_set1_epi8(-128));
  _mm512_storeu_si512(values, _mm512_permutexvar_epi64(order, bytes));
}

static void horizontal(uint8_t *values, ptrdiff_t tap_step, const int16_t *even, const int16_t *odd, int32_t count,
                       int32_t channels, const int16_t *scale, int32_t sum_centre) {
  const __m512i scales[4] = {_mm512_set1_epi16(scale[0]), _mm512_set1_epi16(scale[1]), _mm512_set1_epi16(scale[2]),
                             _mm512_set1_epi16(scale[3])};
  const __m512i none = _mm512_setzero_si512(), centre = _mm512_set1_epi16((int16_t)sum_centre);
  for (int32_t i = 0; i < count; i += 64, even += 64, odd += 64, values += 64) {
    __m512i x[4][2];
    UNROLL for (int h = 0; h < 2; h++) {
      const __m512i a = _mm512_loadu_si512(even + 32 * h), b = _mm512_loadu_si512(odd + 32 * h);
      const __m512i c = _mm512_loadu_si512(even + channels + 32 * h), d = _mm512_loadu_si512(odd + channels + 32 * h);
      x[0][h] = _mm512_sub_epi16(a, c);
      x[1][h] = _mm512_add_epi16(b, c);
      x[2][h] = _mm512_sub_epi16(c, b);
      x[3][h] = _mm512_sub_epi16(b, d);
    }
    UNROLL for (int j = 0; j < 4; j++) {
      store_tap(values + j * tap_step, x[j][0], x[j][1], scales[j], j == 1 ? centre : none);
    }
  }
}

/// P tiles of V vectors.
INLINE void multiply(const ck_winograd_products *work, int32_t tile, int32_t tiles, const int P, const int V) {
  for (; tiles > 0; tiles--, tile += P) {
    __m512i acc[24];  // P * V of them; an array sized by parameters would not be kept in registers
    UNROLL for (int i = 0; i < P * V; i++) acc[i] = _mm512_setzero_si512();
    const int8_t *weights = work->weights;
    for (int32_t s = 0; s < 2; s++) {
      const ptrdiff_t step = work->channels[s];
      const uint8_t *values = work->values[s] + tile * step;
      for (int32_t k = work->channels[s] / 4; k > 0; k--, values += 4, weights += 64 * V) {
        __m512i w[4];
        UNROLL for (int v = 0; v < V; v++) w[v] = _mm512_load_si512(weights + 64 * v);
        UNROLL for (int p = 0; p < P; p++) {
          const __m512i a = broadcast4(values + p * step);
          UNROLL for (int v = 0; v < V; v++) acc[p * V + v] = _mm512_dpbusd_epi32(acc[p * V + v], a, w[v]);
        }
      }
    }
    int32_t *products = work->products + (ptrdiff_t)tile * 16 * V;
    UNROLL for (int i = 0; i < P * V; i++) _mm512_store_si512(products + 16 * i, acc[i]);
  }
}

/// P pairs of tiles: outputs 0...15 of each, and 16...23 of both.
INLINE void multiply_pairs(const ck_winograd_products *work, int32_t pair, int32_t tiles, const int P) {
  __mmask16 upper = 0xff00;
  // Opaque: a mask that the compiler knows becomes a permutation, which waits for the ports of the products.
  __asm__("" : "+Yk"(upper));
  for (; tiles > 0; tiles--, pair += P) {
    __m512i acc[24];  // 3 * P of them
    UNROLL for (int i = 0; i < 3 * P; i++) acc[i] = _mm512_setzero_si512();
    const int8_t *weights = work->weights;
    for (int32_t s = 0; s < 2; s++) {
      const ptrdiff_t step = work->channels[s];
      const uint8_t *values = work->values[s] + 2 * pair * step;
      for (int32_t k = work->channels[s] / 4; k > 0; k--, values += 4, weights += 128) {
        const __m512i first = _mm512_load_si512(weights), rest = _mm512_load_si512(weights + 64);
        UNROLL for (int p = 0; p < P; p++) {
          const __m512i a = broadcast4(values + 2 * p * step), b = broadcast4(values + (2 * p + 1) * step);
          acc[3 * p] = _mm512_dpbusd_epi32(acc[3 * p], a, first);
          acc[3 * p + 1] = _mm512_dpbusd_epi32(acc[3 * p + 1], b, first);
          acc[3 * p + 2] = _mm512_dpbusd_epi32(acc[3 * p + 2], _mm512_mask_blend_epi32(upper, a, b), rest);
        }
      }
    }
    int32_t *products = work->products + (ptrdiff_t)pair * 48;
    UNROLL for (int i = 0; i < 3 * P; i++) _mm512_store_si512(products + 16 * i, acc[i]);
  }
}

typedef void multiply_function(const ck_winograd_products *work, int32_t tile, int32_t tiles);

// clang-format off
#define TILE(P, V) \
  static void tile_##P##x##V(const ck_winograd_products *work, int32_t tile, int32_t tiles) { \
    multiply(work, tile, tiles, P, V); \
  }
#define TILES_6(V) TILE(1, V) TILE(2, V) TILE(3, V) TILE(4, V) TILE(5, V) TILE(6, V)
#define TILES_8(V) TILES_6(V) TILE(7, V) TILE(8, V)
#define TILES_12(V) TILES_8(V) TILE(9, V) TILE(10, V) TILE(11, V) TILE(12, V)
TILES_12(1) TILES_12(2) TILES_8(3) TILES_6(4)
#define PAIRS(P) \
  static void pairs_##P(const ck_winograd_products *work, int32_t tile, int32_t tiles) { \
    multiply_pairs(work, tile, tiles, P); \
  }
PAIRS(1) PAIRS(2) PAIRS(3) PAIRS(4) PAIRS(5) PAIRS(6) PAIRS(7) PAIRS(8)

#define NAMES_6(V) tile_1x##V, tile_2x##V, tile_3x##V, tile_4x##V, tile_5x##V, tile_6x##V
#define NAMES_8(V) NAMES_6(V), tile_7x##V, tile_8x##V
#define NAMES_12(V) NAMES_8(V), tile_9x##V, tile_10x##V, tile_11x##V, tile_12x##V
static multiply_function *const functions[5][12] = {
    {pairs_1, pairs_2, pairs_3, pairs_4, pairs_5, pairs_6, pairs_7, pairs_8},
    {NAMES_12(1)}, {NAMES_12(2)}, {NAMES_8(3)}, {NAMES_6(4)}};
// clang-format on

static const int32_t most_tiles[5] = {8, 12, 12, 8, 6};

static void products(const ck_winograd_products *work) {
  const bool paired = is_paired(work->stored);
  const int32_t vectors = paired ? 0 : (work->stored + 15) / 16, most = most_tiles[vectors];
  const int32_t count = paired ? (work->tiles + 1) / 2 : work->tiles;
  // Groups of nearly equal size: a narrow last one would leave the multipliers waiting for accumulators.
  const int32_t groups = (count + most - 1) / most, size = count / groups, wider = count % groups;
  if (wider) functions[vectors][size](work, 0, wider);
  functions[vectors][size - 1](work, wider * (size + 1), groups - wider);
}

/// A' m A of one vector of outputs with the biases, requantised: dword 4 * p + i has bytes 4 * i ... 4 * i + 3 of
/// output p of the tile.
INLINE __m512i finished(const int32_t *m, ptrdiff_t step, const __m512i bias[4], __m512 multiplier,
                        int32_t zero_point) {
  __m512i z[4][2], q[4];
  UNROLL for (int i = 0; i < 4; i++) {
    const int32_t *row = m + 4 * i * step;
    const __m512i a = _mm512_load_si512(row), b = _mm512_load_si512(row + step);
    const __m512i c = _mm512_load_si512(row + 2 * step), d = _mm512_load_si512(row + 3 * step);
    z[i][0] = _mm512_add_epi32(_mm512_add_epi32(a, b), c);
    z[i][1] = _mm512_sub_epi32(_mm512_sub_epi32(b, c), d);
  }
  UNROLL for (int j = 0; j < 2; j++) {
    const __m512i above = _mm512_add_epi32(_mm512_add_epi32(z[0][j], z[1][j]), z[2][j]);
    const __m512i below = _mm512_sub_epi32(_mm512_sub_epi32(z[1][j], z[2][j]), z[3][j]);
    q[j] = scaled(_mm512_add_epi32(above, bias[j]), multiplier);
    q[2 + j] = scaled(_mm512_add_epi32(below, bias[2 + j]), multiplier);
  }
  const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
  return _mm512_permutexvar_epi32(order, clamped(q, _mm512_set1_epi16((int16_t)zero_point)));
}

/// Where a tile's codes go: one vector of channels.
typedef struct place {
  uint8_t *dst;
  ptrdiff_t row, column;  ///< bytes to the outputs below and to the right; 0 where the picture ends
  uint8_t *pooled;        ///< or NULL
  __mmask16 stored;
} place;

/// The place of tile (y, x) for the outputs from `channel` on.
INLINE place place_of(const ck_conv_args *conv, int32_t y, int32_t x, int32_t channel, int32_t stored) {
  return (place){.dst = ck_pixel(&conv->dst, 2 * y, 2 * x) + channel,
                 .row = 2 * y + 1 < conv->dst.height ? conv->dst.row_stride : 0,
                 .column = 2 * x + 1 < conv->dst.width ? conv->dst.channels : 0,
                 .pooled = conv->pooled.data ? ck_pixel(&conv->pooled, y, x) + channel : NULL,
                 .stored = (__mmask16)(stored >= 16 ? 0xffff : 0xffffu >> (16 - stored))};
}

/// Stores four outputs of up to 16 channels. Outputs past the picture come first, so that those inside overwrite them.
INLINE void store_tile(const place *to, __m128i a, __m128i b, __m128i c, __m128i d) {
  _mm_mask_storeu_epi8(to->dst + to->row + to->column, to->stored, d);
  _mm_mask_storeu_epi8(to->dst + to->row, to->stored, c);
  _mm_mask_storeu_epi8(to->dst + to->column, to->stored, b);
  _mm_mask_storeu_epi8(to->dst, to->stored, a);
  if (!to->pooled) return;
  _mm_mask_storeu_epi8(to->pooled, to->stored, _mm_max_epu8(_mm_max_epu8(a, b), _mm_max_epu8(c, d)));
}

/// Vector `vector` of every tile; vectors are `vectors` to a tile, or 3 to a pair of tiles.
INLINE void finish_vector(const ck_winograd_finish *work, int32_t vector, int32_t vectors, const bool paired) {
  const ck_conv_args *conv = work->conv;
  const int32_t channel = work->first + 16 * vector, across = (conv->dst.width + 1) / 2;
  const __m512 multiplier = _mm512_loadu_ps(conv->multiplier + channel);
  __m512i bias[4];
  UNROLL for (int p = 0; p < 4; p++) {
    bias[p] = _mm512_add_epi32(_mm512_loadu_si512(conv->bias + channel),
                               _mm512_loadu_si512(work->bias + p * work->bias_step + 16 * vector));
  }
  int32_t y = work->tile / across, x = work->tile % across;
  for (int32_t i = 0; i < work->tiles; i++) {
    const int32_t slot = paired ? i / 2 * 3 + i % 2 : i * vectors + vector;
    const __m512i codes =
        finished(work->products + (ptrdiff_t)16 * slot, work->tap_step, bias, multiplier, conv->zero_point);
    const place to = place_of(conv, y, x, channel, work->stored - 16 * vector);
    store_tile(&to, _mm512_castsi512_si128(codes), _mm512_extracti32x4_epi32(codes, 1),
               _mm512_extracti32x4_epi32(codes, 2), _mm512_extracti32x4_epi32(codes, 3));
    if (++x == across) x = 0, y++;
  }
}

INLINE __m512i twice(const int32_t *half) {
  return _mm512_broadcast_i32x8(_mm256_loadu_si256((const __m256i *)(const void *)half));
}

/// Outputs 16 to 23 of pairs of tiles.
INLINE void finish_shared(const ck_winograd_finish *work) {
  const ck_conv_args *conv = work->conv;
  const int32_t channel = work->first + 16, across = (conv->dst.width + 1) / 2;
  const __m512 multiplier = _mm512_broadcast_f32x8(_mm256_loadu_ps(conv->multiplier + channel));
  __m512i bias[4];
  UNROLL for (int p = 0; p < 4; p++) {
    bias[p] = _mm512_add_epi32(twice(conv->bias + channel), twice(work->bias + p * work->bias_step + 16));
  }
  int32_t y = work->tile / across, x = work->tile % across;
  for (int32_t i = 0; i < work->tiles; i += 2) {
    const __m512i codes =
        finished(work->products + (ptrdiff_t)16 * (i / 2 * 3 + 2), work->tap_step, bias, multiplier, conv->zero_point);
    const __m128i a = _mm512_castsi512_si128(codes), b = _mm512_extracti32x4_epi32(codes, 1);
    const __m128i c = _mm512_extracti32x4_epi32(codes, 2), d = _mm512_extracti32x4_epi32(codes, 3);
    const place left = place_of(conv, y, x, channel, work->stored - 16);
    store_tile(&left, a, b, c, d);
    if (++x == across) x = 0, y++;
    if (i + 1 == work->tiles) break;
    const place right = place_of(conv, y, x, channel, work->stored - 16);
    store_tile(&right, _mm_srli_si128(a, 8), _mm_srli_si128(b, 8), _mm_srli_si128(c, 8), _mm_srli_si128(d, 8));
    if (++x == across) x = 0, y++;
  }
}

static void finish(const ck_winograd_finish *work) {
  if (is_paired(work->stored)) {
    finish_vector(work, 0, 2, true);
    finish_shared(work);
    return;
  }
  const int32_t vectors = (work->stored + 15) / 16;
  for (int32_t v = 0; v < vectors; v++) finish_vector(work, v, vectors, false);
}

#pragma clang attribute pop

static const ck_winograd_kernel kernel = {.lanes = 16,
                                          .block = 64,
                                          .value_bytes = 1,
                                          .weight_bytes = 1,
                                          .offset = 128,
                                          .pack_step = pack_step,
                                          .vertical = vertical,
                                          .horizontal = horizontal,
                                          .products = products,
                                          .finish = finish};

size_t ck_winograd3x3_packed_size_avx512vnni(int32_t c0, int32_t c1, int32_t out_channels) {
  return ck_winograd_packed_size(&kernel, c0, c1, out_channels);
}

void ck_winograd3x3_pack_avx512vnni(int8_t *packed, const int8_t *weights, int32_t logical0, int32_t c0,
                                    int32_t logical1, int32_t c1, int32_t out_channels) {
  ck_winograd_pack(&kernel, packed, weights, logical0, c0, logical1, c1, out_channels);
}

int32_t ck_winograd3x3_band_avx512vnni(int32_t c, int32_t out_channels) {
  return ck_winograd_band(&kernel, c, out_channels);
}

void ck_winograd3x3_u8s8_avx512vnni(const ck_winograd_args *args) { ck_winograd(&kernel, args); }

#endif
