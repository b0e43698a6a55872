// Tier `avx512vnni`: the register tile under all convolutions.
//
// A tile is P pixels by V vectors of 16 output channels, up to 24 accumulators; with V weight vectors and one broadcast
// it fills the 32 registers. Each weight vector that is loaded meets P pixels, each broadcast meets V vectors.
#include <string.h>

#include "tile_avx512vnni.h"

#if CK_X86
#pragma clang attribute push(__attribute__((target("avx2,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni"))), \
                             apply_to = function)

// Packed: [output][4 channels], a vector register after the other. In a block of 17 to 24 outputs the outputs from 16
// on come twice, see row24_avx512vnni.c.
void ck_pack_step_avx512vnni(int8_t *packed, const int8_t *weights, ptrdiff_t out_stride, int32_t outputs,
                             int32_t vectors, int32_t channels) {
  for (int32_t o = 0; o < outputs; o++) {
    for (int32_t c = 0; c < channels; c++) packed[4 * o + c] = weights[o * out_stride + c];
  }
  if (vectors == 2 && outputs <= 24) memcpy(packed + 96, packed + 64, 32);
}

INLINE void start(__m512i *acc, const int32_t *bias, const int P, const int V) {
  UNROLL for (int p = 0; p < P; p++) {
    UNROLL for (int v = 0; v < V; v++) acc[p * V + v] = _mm512_loadu_si512(bias + 16 * v);
  }
}

/// Adds `steps` steps of products to P pixels that lie `pixel_step` bytes apart.
INLINE void add_products(__m512i *acc, const uint8_t *src, ptrdiff_t pixel_step, const int8_t *weights, int32_t steps,
                         const int P, const int V) {
  NO_UNROLL for (int32_t k = 0; k < steps; k++, src += 4, weights += 64 * V) {
    __m512i w[4];
    UNROLL for (int v = 0; v < V; v++) w[v] = _mm512_load_si512(weights + 64 * v);
    UNROLL for (int p = 0; p < P; p++) {
      const __m512i a = broadcast4(src + p * pixel_step);
      UNROLL for (int v = 0; v < V; v++) acc[p * V + v] = _mm512_dpbusd_epi32(acc[p * V + v], a, w[v]);
    }
  }
}

/// Stores 64 bytes of codes as 4 pixels of 16, 2 of 32, or one of more; those past `pixels` are left out.
INLINE void store_pixels(uint8_t *dst, __m512i codes, ck_codes to, const int pixels, const int V) {
  // Masked even where the mask is full: that is as fast, and a branch would not be.
  if (V == 1) {
    _mm_mask_storeu_epi8(dst, (__mmask16)to.stored, _mm512_castsi512_si128(codes));
    if (pixels > 1) _mm_mask_storeu_epi8(dst + to.step, (__mmask16)to.stored, _mm512_extracti32x4_epi32(codes, 1));
    if (pixels > 2) _mm_mask_storeu_epi8(dst + 2 * to.step, (__mmask16)to.stored, _mm512_extracti32x4_epi32(codes, 2));
    if (pixels > 3) _mm_mask_storeu_epi8(dst + 3 * to.step, (__mmask16)to.stored, _mm512_extracti32x4_epi32(codes, 3));
  } else if (V == 2) {
    _mm256_mask_storeu_epi8(dst, (__mmask32)to.stored, _mm512_castsi512_si256(codes));
    if (pixels > 1) _mm256_mask_storeu_epi8(dst + to.step, (__mmask32)to.stored, _mm512_extracti64x4_epi64(codes, 1));
  } else {
    _mm512_mask_storeu_epi8(dst, to.stored, codes);
  }
}

/// Requantises and stores P pixels of V vectors, 4 vectors at a time where pixels are that narrow.
INLINE void finish(uint8_t *dst, const __m512i *acc, ck_codes to, const int P, const int V) {
  const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
  const int group = V == 1 ? 4 : V == 2 ? 2 : 1;
  UNROLL for (int p = 0; p < P; p += group) {
    __m512i q[4];
    UNROLL for (int i = 0; i < 4; i++) {
      const int vector = V == 3 ? (i < 3 ? i : 0) : i % V, pixel = V < 3 ? p + i / V : p;
      q[i] = pixel < P && !(V == 3 && i == 3)
                 ? scaled(acc[pixel * V + vector], _mm512_loadu_ps(to.multiplier + 16 * vector))
                 : q[0];
    }
    store_pixels(dst + p * to.step, _mm512_permutexvar_epi32(order, clamped(q, to.zero_points)), to, P - p, V);
  }
}

/// `tiles` tiles of P pixels from pixel x on.
///
/// The halves a and b of a tile take turns at its ends, see ck_turn: a begins before the b of the last tile is done.
INLINE void row_tiles(const ck_row *row, int32_t x, int32_t tiles, const int P, const int V) {
  const int A = (P + 1) / 2, B = P / 2;
  const int32_t last = row->segments - 1, head = ck_turn(row, 0), tail = ck_turn(row, last);
  const ck_codes to = ck_codes_of(row);
  __m512i acc[24];  // P * V of them; an array sized by parameters would not be kept in registers
  __m512i *const a = acc, *const b = acc + A * V;
  uint8_t *dst = row->dst + x * to.step;
  for (int32_t tile = 0; tile < tiles; tile++, x += P, dst += P * to.step) {
    ptrdiff_t step = row->pixel_step[0];
    const uint8_t *src = row->src[0] + x * step;
    const int8_t *weights = row->weights;
    start(a, row->bias, A, V);
    add_products(a, src, step, weights, head, A, V);
    if (tile > 0) finish(dst - B * to.step, b, to, B, V);
    start(b, row->bias, B, V);
    add_products(b, src + A * step, step, weights, head, B, V);
    weights += 64 * V * head;
    src += 4 * head;
    for (int32_t s = 0, begin = head; s <= last; s++, begin = 0) {
      const int32_t steps = row->steps[s] - begin - (s == last ? tail : 0);
      step = row->pixel_step[s];
      src = row->src[s] + x * step + 4 * begin;
      add_products(acc, src, step, weights, steps, P, V);
      weights += 64 * V * steps;
      src += 4 * steps;
    }
    add_products(a, src, step, weights, tail, A, V);
    add_products(b, src + A * step, step, weights, tail, B, V);
    finish(dst, a, to, A, V);
  }
  finish(dst - B * to.step, b, to, B, V);
}

typedef void row_function(const ck_row *row, int32_t x, int32_t tiles);

// clang-format off
#define TILE(P, V) \
  static void tile_##P##x##V(const ck_row *row, int32_t x, int32_t tiles) { row_tiles(row, x, tiles, P, V); }
TILE(1, 1) TILE(12, 1) TILE(13, 1) TILE(14, 1) TILE(15, 1) TILE(16, 1) TILE(17, 1) TILE(18, 1) TILE(19, 1) TILE(20, 1)
TILE(21, 1) TILE(22, 1) TILE(23, 1) TILE(24, 1)
TILE(1, 2) TILE(6, 2) TILE(7, 2) TILE(8, 2) TILE(9, 2) TILE(10, 2) TILE(11, 2) TILE(12, 2)
TILE(1, 3) TILE(4, 3) TILE(5, 3) TILE(6, 3) TILE(7, 3) TILE(8, 3)
TILE(1, 4) TILE(3, 4) TILE(4, 4) TILE(5, 4) TILE(6, 4)
    // clang-format on

    /// The tiles for one number of vectors: of one pixel, and of most / 2 to most pixels.
    static const struct {
  int32_t most;
  row_function *one, *from_half[13];
} tilings[4] = {
    {24,
     tile_1x1,
     {tile_12x1, tile_13x1, tile_14x1, tile_15x1, tile_16x1, tile_17x1, tile_18x1, tile_19x1, tile_20x1, tile_21x1,
      tile_22x1, tile_23x1, tile_24x1}},
    {12, tile_1x2, {tile_6x2, tile_7x2, tile_8x2, tile_9x2, tile_10x2, tile_11x2, tile_12x2}},
    {8, tile_1x3, {tile_4x3, tile_5x3, tile_6x3, tile_7x3, tile_8x3}},
    {6, tile_1x4, {tile_3x4, tile_4x4, tile_5x4, tile_6x4}},
};

void ck_row_avx512vnni(const ck_row *row, int32_t width, int32_t vectors) {
  if (vectors == 2 && row->stored <= 24) {
    ck_row24_avx512vnni(row, width);
    return;
  }
  const int32_t most = tilings[vectors - 1].most, half = most / 2;
  if (width < half) {  // so narrow a picture is not worth more functions
    tilings[vectors - 1].one(row, 0, width);
    return;
  }
  // Tiles of nearly equal size: a narrow last tile would leave the multipliers waiting for accumulators.
  const int32_t tiles = (width + most - 1) / most, pixels = width / tiles, wider = width % tiles;
  row_function *const *functions = tilings[vectors - 1].from_half;
  if (wider) functions[pixels + 1 - half](row, 0, wider);
  functions[pixels - half](row, wider * (pixels + 1), tiles - wider);
}

#pragma clang attribute pop
#endif
