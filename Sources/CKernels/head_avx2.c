// Tier `avx2`: the head, 8 pixels at a time with a pixel in each lane, so that the argmax is a compare per class.
#include "tile_avx2.h"

#if CK_X86
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)

/// Most runs of 4 channels that a tile holds, 256 channels, and most classes.
enum { MOST_STEPS = 64, MOST_CLASSES = 255, PIXELS = 8 };

// Packed: tier c's weights, for what falls back on it, then s16 [class][channel / 4][channels 0, 2, 1, 3 of the four].

size_t ck_head_packed_size_avx2(int32_t c, int32_t classes) { return 3 * ck_head_packed_size_c(c, classes); }

void ck_head_pack_avx2(int8_t *packed, const int8_t *weights, int32_t logical, int32_t c, int32_t classes) {
  static const int order[4] = {0, 2, 1, 3};
  ck_head_pack_c(packed, weights, logical, c, classes);
  const ptrdiff_t count = (ptrdiff_t)ck_head_packed_size_c(c, classes);
  for (ptrdiff_t i = 0; i < count; i++) {
    const int16_t weight = packed[i / 4 * 4 + order[i % 4]];
    __builtin_memcpy(packed + count + 2 * i, &weight, 2);
  }
}

/// 4 channels of 8 pixels as s16: channels 0 and 2 of pixel i in lane i, and channels 1 and 3.
typedef struct ck_column {
  __m256i even, odd;
} ck_column;

static inline ck_column column_of(__m256i bytes) {
  return (ck_column){_mm256_and_si256(bytes, _mm256_set1_epi16(255)), _mm256_srli_epi16(bytes, 8)};
}

/// All channels of 8 pixels. A last run of less than 16 channels reads on into the bytes that follow, at most 12 past
/// the last pixel, and leaves up to 3 columns that nobody looks at.
static inline void load_columns(ck_column *columns, const uint8_t *src, int32_t channels) {
  for (int32_t c = 0; c < channels; c += 16) {
    __m256i halves[4], quads[4];
    for (int i = 0; i < 4; i++) halves[i] = load_halves(src + c + i * channels, src + c + (i + 4) * channels);
    transpose(quads, halves);
    for (int i = 0; i < 4; i++) columns[c / 4 + i] = column_of(quads[i]);
  }
}

/// The best of the classes seen so far, for 8 pixels.
typedef struct ck_best {
  __m256 score, label;
} ck_best;

static inline __m256i broadcast(const int8_t *four) {
  int32_t value;
  __builtin_memcpy(&value, four, 4);
  return _mm256_set1_epi32(value);
}

/// Scores of `count` classes, up to 4, from class k on: several chains of sums hide the latency of one.
INLINE void rate_classes(ck_best *best, __m256 *scores, const ck_head_args *args, const ck_column *columns, int32_t k,
                         int32_t count) {
  const int32_t channels = args->src.channels;
  const int8_t *weights = args->weights + (ptrdiff_t)channels * (args->classes + 2 * k);
  __m256i acc[4];
  for (int32_t i = 0; i < count; i++) acc[i] = _mm256_set1_epi32(args->bias[k + i]);
  for (int32_t s = 0; s < channels / 4; s++, weights += 8) {
    for (int32_t i = 0; i < count; i++) {
      const int8_t *four = weights + 2 * i * channels;
      const __m256i even = _mm256_madd_epi16(columns[s].even, broadcast(four));
      const __m256i odd = _mm256_madd_epi16(columns[s].odd, broadcast(four + 4));
      acc[i] = _mm256_add_epi32(acc[i], _mm256_add_epi32(even, odd));
    }
  }
  for (int32_t i = 0; i < count; i++) {
    const __m256 score = _mm256_mul_ps(_mm256_cvtepi32_ps(acc[i]), _mm256_set1_ps(args->multiplier[k + i]));
    // Strictly greater: the lowest class keeps a tie.
    const __m256 better = _mm256_cmp_ps(score, best->score, _CMP_GT_OQ);
    best->score = _mm256_max_ps(score, best->score);
    best->label = _mm256_blendv_ps(best->label, _mm256_castsi256_ps(_mm256_set1_epi32(k + i)), better);
    if (args->confidence) scores[k + i] = score;
  }
}

/// ck_exp of 8 numbers.
static inline __m256 exponential(__m256 x) {
  const __m256 t = _mm256_max_ps(_mm256_mul_ps(x, _mm256_set1_ps(CK_EXP_LOG2_E)), _mm256_set1_ps(-126));
  const __m256i n = _mm256_cvtps_epi32(t);
  const __m256 f = _mm256_sub_ps(t, _mm256_cvtepi32_ps(n));
  __m256 power = _mm256_set1_ps(CK_EXP_5);
  power = _mm256_add_ps(_mm256_mul_ps(power, f), _mm256_set1_ps(CK_EXP_4));
  power = _mm256_add_ps(_mm256_mul_ps(power, f), _mm256_set1_ps(CK_EXP_3));
  power = _mm256_add_ps(_mm256_mul_ps(power, f), _mm256_set1_ps(CK_EXP_2));
  power = _mm256_add_ps(_mm256_mul_ps(power, f), _mm256_set1_ps(CK_EXP_1));
  power = _mm256_add_ps(_mm256_mul_ps(power, f), _mm256_set1_ps(1));
  const __m256i scale = _mm256_slli_epi32(_mm256_add_epi32(n, _mm256_set1_epi32(127)), 23);
  return _mm256_mul_ps(power, _mm256_castsi256_ps(scale));
}

/// ck_confidence of 8 pixels.
static inline __m256i confidences(const __m256 *scores, int32_t classes, __m256 best) {
  __m256 sum = _mm256_setzero_ps();
  for (int32_t k = 0; k < classes; k++) sum = _mm256_add_ps(sum, exponential(_mm256_sub_ps(scores[k], best)));
  return _mm256_cvtps_epi32(_mm256_div_ps(_mm256_set1_ps(255), sum));
}

/// 8 numbers of 0...255 to bytes.
static inline void store_bytes(uint8_t *dst, __m256i numbers) {
  const __m128i wide = _mm_packus_epi32(_mm256_castsi256_si128(numbers), _mm256_extracti128_si256(numbers, 1));
  _mm_storel_epi64((__m128i *)dst, _mm_packus_epi16(wide, wide));
}

/// Labels of the 8 pixels from (y, x) on, and their confidence.
static inline void label_tile(const ck_head_args *args, int32_t y, int32_t x) {
  ck_column columns[MOST_STEPS + 3];
  __m256 scores[MOST_CLASSES];
  const int32_t channels = args->src.channels, classes = args->classes;
  load_columns(columns, ck_pixel(&args->src, y, x), channels);
  ck_best best = {_mm256_set1_ps(-INFINITY), _mm256_setzero_ps()};
  int32_t k = 0;
  for (; k + 4 <= classes; k += 4) rate_classes(&best, scores, args, columns, k, 4);
  for (; k < classes; k++) rate_classes(&best, scores, args, columns, k, 1);
  store_bytes(args->labels + y * args->labels_stride + x, _mm256_castps_si256(best.label));
  if (!args->confidence) return;
  store_bytes(args->confidence + y * args->confidence_stride + x, confidences(scores, classes, best.score));
}

void ck_head_argmax_u8s8_avx2(const ck_head_args *args) {
  const int32_t last = args->src.width - PIXELS;
  if (args->logits || last < 0 || args->src.channels > 4 * MOST_STEPS) return ck_head_argmax_u8s8_c(args);
  for (int32_t y = args->row_begin; y < args->row_end; y++) {
    // The last tile reaches back over pixels that are done: they get the same labels again.
    for (int32_t x = 0; x < last + PIXELS; x += PIXELS) label_tile(args, y, x < last ? x : last);
  }
}

#pragma clang attribute pop
#endif
