// Tier `avx512vnni`: the head, 16 pixels at a time with a pixel in each lane, so that the argmax is a compare per
// class.
#include "avx512vnni.h"

#if CK_X86
#pragma clang attribute push(__attribute__((target("avx2,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni"))), \
                             apply_to = function)

/// Most runs of 4 channels that a tile holds, 256 channels, and most classes.
enum { MOST_STEPS = 64, MOST_CLASSES = 255, PIXELS = 16 };

/// 32 bytes of two pixels four apart.
static inline __m512i load_pair(const uint8_t *src, ptrdiff_t channels) {
  const __m512i low = _mm512_castsi256_si512(_mm256_loadu_si256((const __m256i *)src));
  return _mm512_inserti64x4(low, _mm256_loadu_si256((const __m256i *)(src + 4 * channels)), 1);
}

/// 8 pixels by 32 channels to four vectors: with 4 channels each, i of pixels 0-3, 4 + i of 0-3, i of 4-7, 4 + i of
/// 4-7.
static inline void transpose8(__m512i *columns, const uint8_t *src, ptrdiff_t channels) {
  const __m512i r0 = load_pair(src, channels), r1 = load_pair(src + channels, channels);
  const __m512i r2 = load_pair(src + 2 * channels, channels), r3 = load_pair(src + 3 * channels, channels);
  const __m512i low01 = _mm512_unpacklo_epi32(r0, r1), high01 = _mm512_unpackhi_epi32(r0, r1);
  const __m512i low23 = _mm512_unpacklo_epi32(r2, r3), high23 = _mm512_unpackhi_epi32(r2, r3);
  columns[0] = _mm512_unpacklo_epi64(low01, low23);
  columns[1] = _mm512_unpackhi_epi64(low01, low23);
  columns[2] = _mm512_unpacklo_epi64(high01, high23);
  columns[3] = _mm512_unpackhi_epi64(high01, high23);
}

/// All channels of 16 pixels, 4 channels of pixel i in lane i of a vector. A last run of less than 32 channels reads on
/// into the bytes that follow, at most 28 past the last pixel, and leaves up to 7 vectors that nobody looks at.
static inline __attribute__((always_inline)) void load_columns(__m512i *columns, const uint8_t *src, int32_t steps) {
  for (int32_t s = 0; s < steps; s += 8) {
    __m512i first[4], second[4];
    transpose8(first, src + 4 * s, 4 * steps);
    transpose8(second, src + 4 * s + 32 * steps, 4 * steps);
    for (int i = 0; i < 4; i++) {
      columns[s + i] = _mm512_shuffle_i32x4(first[i], second[i], _MM_SHUFFLE(2, 0, 2, 0));
      columns[s + 4 + i] = _mm512_shuffle_i32x4(first[i], second[i], _MM_SHUFFLE(3, 1, 3, 1));
    }
  }
}

/// The best of the classes seen so far, for 16 pixels.
typedef struct ck_best {
  __m512 score;
  __m512i label;
  __m512i next;  ///< the class that comes next
} ck_best;

/// Scores of `count` classes, up to 4, from class k on: several chains of sums hide the latency of one.
static inline __attribute__((always_inline)) void rate_classes(ck_best *best, __m512 *scores, const ck_head_args *args,
                                                               const __m512i *columns, int32_t steps, int32_t k,
                                                               int32_t count) {
  const int8_t *weights = args->weights + (ptrdiff_t)k * 4 * steps;
  __m512i acc[4];
  for (int32_t i = 0; i < count; i++) acc[i] = _mm512_set1_epi32(args->bias[k + i]);
  for (int32_t s = 0; s < steps; s++) {
    for (int32_t i = 0; i < count; i++) {
      int32_t four;
      __builtin_memcpy(&four, weights + 4 * (i * steps + s), 4);
      acc[i] = _mm512_dpbusd_epi32(acc[i], columns[s], _mm512_set1_epi32(four));
    }
  }
  for (int32_t i = 0; i < count; i++) {
    const __m512 score = _mm512_mul_ps(_mm512_cvtepi32_ps(acc[i]), _mm512_set1_ps(args->multiplier[k + i]));
    // Strictly greater: the lowest class keeps a tie.
    const __mmask16 better = _mm512_cmp_ps_mask(score, best->score, _CMP_GT_OQ);
    best->score = _mm512_max_ps(score, best->score);
    best->label = _mm512_mask_mov_epi32(best->label, better, best->next);
    best->next = _mm512_add_epi32(best->next, _mm512_set1_epi32(1));
    if (args->confidence) scores[k + i] = score;
  }
}

/// ck_exp of 16 numbers.
static inline __m512 exponential(__m512 x) {
  const __m512 t = _mm512_max_ps(_mm512_mul_ps(x, _mm512_set1_ps(CK_EXP_LOG2_E)), _mm512_set1_ps(-126));
  const __m512i n = _mm512_cvtps_epi32(t);
  const __m512 f = _mm512_sub_ps(t, _mm512_cvtepi32_ps(n));
  __m512 power = _mm512_set1_ps(CK_EXP_5);
  power = _mm512_add_ps(_mm512_mul_ps(power, f), _mm512_set1_ps(CK_EXP_4));
  power = _mm512_add_ps(_mm512_mul_ps(power, f), _mm512_set1_ps(CK_EXP_3));
  power = _mm512_add_ps(_mm512_mul_ps(power, f), _mm512_set1_ps(CK_EXP_2));
  power = _mm512_add_ps(_mm512_mul_ps(power, f), _mm512_set1_ps(CK_EXP_1));
  power = _mm512_add_ps(_mm512_mul_ps(power, f), _mm512_set1_ps(1));
  const __m512i scale = _mm512_slli_epi32(_mm512_add_epi32(n, _mm512_set1_epi32(127)), 23);
  return _mm512_mul_ps(power, _mm512_castsi512_ps(scale));
}

/// ck_confidence of 16 pixels.
static inline __m128i confidences(const __m512 *scores, int32_t classes, __m512 best) {
  __m512 sum = _mm512_setzero_ps();
  for (int32_t k = 0; k < classes; k++) sum = _mm512_add_ps(sum, exponential(_mm512_sub_ps(scores[k], best)));
  return _mm512_cvtepi32_epi8(_mm512_cvtps_epi32(_mm512_div_ps(_mm512_set1_ps(255), sum)));
}

/// Labels of the 16 pixels from (y, x) on, and their confidence.
static inline __attribute__((always_inline)) void label_tile(const ck_head_args *args, int32_t y, int32_t x,
                                                             int32_t steps) {
  __m512i columns[MOST_STEPS + 7];
  __m512 scores[MOST_CLASSES];
  ck_best best = {_mm512_set1_ps(-INFINITY), _mm512_setzero_si512(), _mm512_setzero_si512()};
  load_columns(columns, ck_pixel(&args->src, y, x), steps);
  int32_t k = 0;
  for (; k + 4 <= args->classes; k += 4) rate_classes(&best, scores, args, columns, steps, k, 4);
  switch (args->classes - k) {
    case 3:
      rate_classes(&best, scores, args, columns, steps, k, 3);
      break;
    case 2:
      rate_classes(&best, scores, args, columns, steps, k, 2);
      break;
    case 1:
      rate_classes(&best, scores, args, columns, steps, k, 1);
      break;
  }
  _mm_storeu_si128((__m128i *)(args->labels + y * args->labels_stride + x), _mm512_cvtepi32_epi8(best.label));
  if (!args->confidence) return;
  _mm_storeu_si128((__m128i *)(args->confidence + y * args->confidence_stride + x),
                   confidences(scores, args->classes, best.score));
}

/// All rows. Where `steps` is a constant, a tile's columns stay in registers and all loops over them are unrolled.
static inline __attribute__((always_inline)) void label_rows(const ck_head_args *args, int32_t steps) {
  const int32_t last = args->src.width - PIXELS;
  for (int32_t y = args->row_begin; y < args->row_end; y++) {
    // The last tile reaches back over pixels that are done: they get the same labels again.
    for (int32_t x = 0; x < last + PIXELS; x += PIXELS) label_tile(args, y, x < last ? x : last, steps);
  }
}

void ck_head_argmax_u8s8_avx512vnni(const ck_head_args *args) {
  const int32_t steps = args->src.channels / 4;
  if (args->logits || args->src.width < PIXELS || steps > MOST_STEPS) return ck_head_argmax_u8s8_c(args);
  switch (steps) {
    case 4:
      return label_rows(args, 4);
    case 6:
      return label_rows(args, 6);
    case 8:
      return label_rows(args, 8);
    case 16:
      return label_rows(args, 16);
    default:
      return label_rows(args, steps);
  }
}

#pragma clang attribute pop
#endif
