// Tier `avx512vnni`: the register tile for 24 output channels (17 to 24), a width that small U-Nets like.
//
// One and a half vectors: outputs 16 to 23 of two neighbouring pixels share a vector, so that three products do what
// four with a half-empty vector would.
#include "tile_avx512vnni.h"

#if CK_X86
#pragma clang attribute push(__attribute__((target("avx2,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni"))), \
                             apply_to = function)

INLINE void start(__m512i *acc, const int32_t *bias, const int P) {
  UNROLL for (int p = 0; p < P; p++) {
    acc[3 * p] = acc[3 * p + 1] = _mm512_loadu_si512(bias);
    acc[3 * p + 2] = _mm512_broadcast_i32x8(_mm256_loadu_si256((const __m256i *)(bias + 16)));
  }
}

/// Adds `steps` steps of products to P pairs of pixels.
INLINE void add_products(__m512i *acc, const uint8_t *src, ptrdiff_t pixel_step, const int8_t *weights, int32_t steps,
                         __mmask16 upper, const int P) {
  NO_UNROLL for (int32_t k = 0; k < steps; k++, src += 4, weights += 128) {
    const __m512i first = _mm512_load_si512(weights), rest = _mm512_load_si512(weights + 64);
    UNROLL for (int p = 0; p < P; p++) {
      const __m512i a = broadcast4(src + 2 * p * pixel_step), b = broadcast4(src + (2 * p + 1) * pixel_step);
      acc[3 * p] = _mm512_dpbusd_epi32(acc[3 * p], a, first);
      acc[3 * p + 1] = _mm512_dpbusd_epi32(acc[3 * p + 1], b, first);
      acc[3 * p + 2] = _mm512_dpbusd_epi32(acc[3 * p + 2], _mm512_mask_blend_epi32(upper, a, b), rest);
    }
  }
}

/// Requantises and stores P pairs of pixels: outputs 0...15 of each, and 16...23 of both.
INLINE void finish(uint8_t *dst, const __m512i *acc, ck_codes to, const int P) {
  const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 2, 6, 1, 5, 9, 13, 10, 14, 3, 7, 11, 15);
  const __m512 first = _mm512_loadu_ps(to.multiplier);
  const __m512 rest = _mm512_broadcast_f32x8(_mm256_loadu_ps(to.multiplier + 16));
  UNROLL for (int p = 0; p < P; p++, dst += 2 * to.step) {
    const __m512i both = scaled(acc[3 * p + 2], rest);
    const __m512i q[4] = {scaled(acc[3 * p], first), scaled(acc[3 * p + 1], first), both, both};
    const __m512i codes = _mm512_permutexvar_epi32(order, clamped(q, to.zero_points));
    // Bytes 0...23 are one pixel, 24...47 the other: neighbours in most layers.
    const bool adjoin = to.step == 24 && to.stored == 0xffffff;
    _mm512_mask_storeu_epi8(dst, adjoin ? (1ull << 48) - 1 : to.stored, codes);
    if (!adjoin) _mm512_mask_storeu_epi8(dst + to.step - 24, to.stored << 24, codes);
  }
}

/// `tiles` tiles of P pairs of pixels from pixel x on; see row_tiles.
INLINE void row_pairs(const ck_row *row, int32_t x, int32_t tiles, const int P) {
  const int A = (P + 1) / 2, B = P / 2;
  const int32_t last = row->segments - 1;
  const int32_t head = ck_turn(row, 0), tail = ck_turn(row, last);
  const ck_codes to = ck_codes_of(row);
  __mmask16 upper = 0xff00;
  // Opaque: a mask that the compiler knows becomes a permutation, which waits for the ports of the products.
  __asm__("" : "+Yk"(upper));
  __m512i acc[24];  // 3 * P of them
  __m512i *const a = acc, *const b = acc + 3 * A;
  uint8_t *dst = row->dst + x * to.step;
  for (int32_t tile = 0; tile < tiles; tile++, x += 2 * P, dst += 2 * P * to.step) {
    ptrdiff_t step = row->pixel_step[0];
    const uint8_t *src = row->src[0] + x * step;
    const int8_t *weights = row->weights;
    start(a, row->bias, A);
    add_products(a, src, step, weights, head, upper, A);
    if (tile > 0) finish(dst - 2 * B * to.step, b, to, B);
    start(b, row->bias, B);
    add_products(b, src + 2 * A * step, step, weights, head, upper, B);
    weights += 128 * head;
    src += 4 * head;
    for (int32_t s = 0, begin = head; s <= last; s++, begin = 0) {
      const int32_t steps = row->steps[s] - begin - (s == last ? tail : 0);
      step = row->pixel_step[s];
      src = row->src[s] + x * step + 4 * begin;
      add_products(acc, src, step, weights, steps, upper, P);
      weights += 128 * steps;
      src += 4 * steps;
    }
    add_products(a, src, step, weights, tail, upper, A);
    add_products(b, src + 2 * A * step, step, weights, tail, upper, B);
    finish(dst, a, to, A);
  }
  finish(dst - 2 * B * to.step, b, to, B);
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
