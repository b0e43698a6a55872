// Tier `avx512vnni`: the head, 16 pixels at a time with a pixel in each lane, so that the argmax is a compare per
// class.
#include "avx512vnni.h"

#if CK_X86
#pragma clang attribute push(__attribute__((target("avx2,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni"))), \
                             apply_to = function)

/// Most runs of 4 channels that a tile holds: 256 channels.
enum { MOST_STEPS = 64, PIXELS = 16 };

/// Bytes src[channels * 4 * lane + 0...15] of four pixels four apart, one per lane of 128 bits.
static inline __m512i load_quarter(const uint8_t *src, ptrdiff_t channels) {
  __m512i quarter = _mm512_castsi128_si512(_mm_loadu_si128((const __m128i *)src));
  quarter = _mm512_inserti32x4(quarter, _mm_loadu_si128((const __m128i *)(src + 4 * channels)), 1);
  quarter = _mm512_inserti32x4(quarter, _mm_loadu_si128((const __m128i *)(src + 8 * channels)), 2);
  return _mm512_inserti32x4(quarter, _mm_loadu_si128((const __m128i *)(src + 12 * channels)), 3);
}

/// 16 pixels by 16 channels to four vectors with 4 channels of pixel i in lane i.
static inline void transpose16(__m512i *columns, const uint8_t *src, ptrdiff_t channels) {
  const __m512i r0 = load_quarter(src, channels), r1 = load_quarter(src + channels, channels);
  const __m512i r2 = load_quarter(src + 2 * channels, channels), r3 = load_quarter(src + 3 * channels, channels);
  const __m512i low01 = _mm512_unpacklo_epi32(r0, r1), high01 = _mm512_unpackhi_epi32(r0, r1);
  const __m512i low23 = _mm512_unpacklo_epi32(r2, r3), high23 = _mm512_unpackhi_epi32(r2, r3);
  columns[0] = _mm512_unpacklo_epi64(low01, low23);
  columns[1] = _mm512_unpackhi_epi64(low01, low23);
  columns[2] = _mm512_unpacklo_epi64(high01, high23);
  columns[3] = _mm512_unpackhi_epi64(high01, high23);
}

/// All channels of 16 pixels, 4 channels a vector. A last run of less than 16 channels reads on into the bytes that
/// follow, at most 12 past the last pixel, and leaves up to 3 vectors that nobody looks at.
static inline void load_columns(__m512i *columns, const uint8_t *src, int32_t channels) {
  for (int32_t c = 0; c < channels; c += 16) transpose16(columns + c / 4, src + c, channels);
}

/// Scores of the classes k ... k + 3 for 16 pixels; four chains of sums hide the latency of one.
static inline void four_scores(__m512 *scores, const ck_head_args *args, const __m512i *columns, int32_t k) {
  const int32_t steps = args->src.channels / 4;
  __m512i acc[4];
  const int8_t *weights[4];
  for (int i = 0; i < 4; i++) {
    // Past the last class, its scores again: they are no greater than themselves.
    const int32_t class = k + i < args->classes ? k + i : args->classes - 1;
    acc[i] = _mm512_set1_epi32(args->bias[class]);
    weights[i] = args->weights + (ptrdiff_t) class * 4 * steps;
    scores[i] = _mm512_set1_ps(args->multiplier[class]);
  }
  for (int32_t s = 0; s < steps; s++) {
    for (int i = 0; i < 4; i++) {
      int32_t four;
      __builtin_memcpy(&four, weights[i] + 4 * s, 4);
      acc[i] = _mm512_dpbusd_epi32(acc[i], columns[s], _mm512_set1_epi32(four));
    }
  }
  for (int i = 0; i < 4; i++) scores[i] = _mm512_mul_ps(_mm512_cvtepi32_ps(acc[i]), scores[i]);
}

/// Labels of 16 pixels.
static inline void label_tile(const ck_head_args *args, const uint8_t *src, uint8_t *labels) {
  __m512i columns[MOST_STEPS + 3], label = _mm512_setzero_si512();
  load_columns(columns, src, args->src.channels);
  __m512 best = _mm512_setzero_ps();
  for (int32_t k = 0; k < args->classes; k += 4) {
    __m512 scores[4];
    four_scores(scores, args, columns, k);
    if (k == 0) best = scores[0];
    for (int i = 0; i < 4; i++) {
      // Strictly greater: the lowest class keeps a tie.
      const __mmask16 better = _mm512_cmp_ps_mask(scores[i], best, _CMP_GT_OQ);
      best = _mm512_mask_mov_ps(best, better, scores[i]);
      label = _mm512_mask_mov_epi32(label, better, _mm512_set1_epi32(k + i));
    }
  }
  _mm_storeu_si128((__m128i *)labels, _mm512_cvtepi32_epi8(label));
}

void ck_head_argmax_u8s8_avx512vnni(const ck_head_args *args) {
  const int32_t width = args->src.width;
  if (args->logits || width < PIXELS || args->src.channels > 4 * MOST_STEPS) {
    ck_head_argmax_u8s8_c(args);
    return;
  }
  for (int32_t y = args->row_begin; y < args->row_end; y++) {
    uint8_t *labels = args->labels + y * args->labels_stride;
    for (int32_t x = 0; x < width; x += PIXELS) {
      // The last tile reaches back over pixels that are done: they get the same labels again.
      const int32_t from = x + PIXELS <= width ? x : width - PIXELS;
      label_tile(args, ck_pixel(&args->src, y, from), labels + from);
    }
  }
}

#pragma clang attribute pop
#endif
